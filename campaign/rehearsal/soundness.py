"""Soundness: what must hold at the end of a rehearsal, whatever people did. Each rule yields what breaks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from django.db.models import Count, F, QuerySet, Sum

from applicants.editing import LATE_PAPERS
from applicants.models import Choice, Dossier, Receipt, Status
from applicants.proof import is_title_sent, with_title_accepted
from documents.models import Notice
from journal.sealing import seal_entries, verify
from juries.models import Decision, TestSlot
from notifications.models import Mail
from offers.allocation import Reply
from offers.enrolment import key_of
from offers.models import Enrolment, Offer, PeriodSeats, Place
from offers.standings import last_replies
from payments.ledger import OWED
from payments.models import Charge, LedgerLine
from programmes.models import Procedure

TOLD_OF_SEATS = ("seat_taken", "place_confirmed", "admission_pronounced")


def broken_rules(procedure: Procedure) -> dict[str, list[str]]:
    """For each rule what breaks it; empty lists when all is well. The journal is sealed first, then verified."""
    return {rule.__name__.replace("_", " "): list(rule(procedure)) for rule in RULES}


def no_pool_is_over_filled(procedure: Procedure) -> Iterator[str]:
    """AST-20."""
    for seats in PeriodSeats.objects.filter(period__procedure=procedure).select_related("period", "pool"):
        made = Offer.objects.filter(period=seats.period, pool=seats.pool).count()
        if made > seats.calls:
            yield f"{seats.pool}, {seats.period}: {made} > {seats.calls}"
    taken = Enrolment.objects.standing().filter(dossier__procedure=procedure).values("pool").annotate(count=Count("pk"))
    for row in taken.annotate(seats=F("pool__seats"), calls=F("pool__calls")):
        if row["count"] > (row["seats"] if row["calls"] is None else row["calls"]):
            yield f"{row}"


def no_programme_has_more_places_than_seats(procedure: Procedure) -> Iterator[str]:
    """IIM-05, NE-05."""
    standing = Place.objects.standing().filter(dossier__procedure=procedure).values("pool").annotate(count=Count("pk"))
    for row in standing.annotate(seats=F("pool__seats"), calls=F("pool__calls")):
        if row["count"] > (row["seats"] if row["calls"] is None else row["calls"]):
            yield f"{row}"


def no_offer_gets_worse(procedure: Procedure) -> Iterator[str]:
    """AST-20: of two offers the later is never of a worse choice, and one that was held is not lost."""
    ranks = {
        (choice.dossier_id, choice.programme_id): choice.rank
        for choice in Choice.objects.filter(dossier__procedure=procedure)
    }
    periods = list(procedure.periods.filter(opened_at__isnull=False).order_by("number"))
    best: dict[object, int] = {}
    for before, after in [(None, period) for period in periods[:1]] + list(pairwise(periods)):
        offers = {
            offer.dossier_id: ranks[offer.dossier_id, offer.pool.programme_id]
            for offer in Offer.objects.filter(period=after).select_related("pool")
        }
        for dossier, rank in offers.items():
            if rank > best.get(dossier, rank):
                yield f"{dossier}, {after}"
            best[dossier] = rank
        if before is not None:
            kept = {dossier for dossier, given in last_replies(before).items() if given == Reply.ACCEPT_BUT}
            in_play = Dossier.objects.filter(pk__in=kept, status=Status.VALIDATED).values_list("pk", flat=True)
            yield from (f"{dossier}, {after}" for dossier in set(in_play) - offers.keys())


def everyone_is_told(procedure: Procedure) -> Iterator[str]:
    """AST-25: each receipt, published decision, first offer and seat has its mail."""
    mails = set(Mail.objects.filter(procedure=procedure).values_list("key", flat=True))
    receipts = Receipt.objects.filter(dossier__procedure=procedure).values_list("dossier", flat=True)
    expected = [f"dossier-submitted:{dossier}" for dossier in receipts] + _results(procedure)
    offers = Offer.objects.filter(period__procedure=procedure).order_by("-period__number")
    first_offers = dict(offers.values_list("dossier", "period"))
    expected += [f"offer_made:{period}:{dossier}" for dossier, period in first_offers.items()]
    yield from (key for key in expected if key not in mails)
    for seat in _seats(procedure):
        keys = {key_of(kind, seat.dossier, seat.pool) for kind in TOLD_OF_SEATS}
        if mails.isdisjoint(keys):
            yield f"seat {seat.dossier_id}"


def everyone_has_a_letter(procedure: Procedure) -> Iterator[str]:
    """AST-25: each published decision and definitive admission has its numbered letter."""
    letters = set(Notice.objects.filter(procedure=procedure).values_list("key", flat=True))
    definitive = _seats(procedure).filter(state=Enrolment.State.DEFINITIVE)
    enrolled = [key_of("enrolment", seat.dossier, seat.pool) for seat in definitive]
    yield from (key for key in [*_results(procedure), *enrolled] if key not in letters)


def no_mail_leaves(procedure: Procedure) -> Iterator[str]:
    """ALL-02."""
    yield from Mail.objects.filter(procedure=procedure).exclude(state=Mail.State.KEPT).values_list("key", flat=True)


def the_ledger_sums_to_zero(procedure: Procedure) -> Iterator[str]:
    """Each movement does, and nothing is owed on a charge that ended."""
    lines = LedgerLine.objects.filter(charge__account__procedure=procedure)
    sums = lines.values("movement").annotate(sum=Sum("amount")).order_by()
    yield from (str(movement) for movement in sums.exclude(sum=0).values_list("movement", flat=True))
    ended = Charge.objects.filter(account__procedure=procedure).exclude(state=Charge.State.DUE)
    owed = lines.filter(ledger=OWED, charge__in=ended).values("charge").annotate(sum=Sum("amount")).order_by()
    yield from (str(charge) for charge in owed.exclude(sum=0).values_list("charge", flat=True))


def nobody_is_in_two_places(procedure: Procedure) -> Iterator[str]:
    """AST-14: neither a candidate nor a panel."""
    by_place: dict[object, list[TestSlot]] = defaultdict(list)
    slots = TestSlot.objects.filter(panel__step__procedure=procedure).exclude(dossier=None).order_by("starts_at")
    for slot in slots:
        by_place[slot.panel_id].append(slot)
        by_place[slot.dossier_id].append(slot)
    for place, own in by_place.items():
        yield from (
            f"{place}: {before}, {after}" for before, after in pairwise(own) if after.starts_at < before.ends_at
        )


def only_titles_make_admissions_definitive(procedure: Procedure) -> Iterator[str]:
    """AST-22: definitive with the title accepted, and only so; waiting only with the title sent in time."""
    enrolments = Enrolment.objects.standing().filter(dossier__procedure=procedure)
    dossiers = Dossier.objects.filter(enrolment__in=enrolments).select_related("candidate", "enrolment")
    accepted = with_title_accepted(dossiers)
    entry = procedure.calendar.get(LATE_PAPERS)
    is_over = entry is not None and entry.ends_at is not None and procedure.now() >= entry.ends_at
    for dossier in dossiers:
        is_definitive = dossier.enrolment.state == Enrolment.State.DEFINITIVE
        if is_definitive != (dossier.pk in accepted) or (is_over and not is_definitive and not is_title_sent(dossier)):
            yield dossier.reference


def the_journal_verifies(_procedure: Procedure) -> Iterator[str]:
    """ALL-04, for all that the database holds."""
    seal_entries()
    found = verify()
    yield from found.faults
    if found.unsealed:
        yield f"{found.unsealed} entries are not sealed"


RULES: tuple[Callable[[Procedure], Iterator[str]], ...] = (
    no_pool_is_over_filled,
    no_programme_has_more_places_than_seats,
    no_offer_gets_worse,
    everyone_is_told,
    everyone_has_a_letter,
    no_mail_leaves,
    the_ledger_sums_to_zero,
    nobody_is_in_two_places,
    only_titles_make_admissions_definitive,
    the_journal_verifies,
)


def _seats(procedure: Procedure) -> QuerySet[Enrolment]:
    """The seats taken, with what their keys are made of."""
    seats = Enrolment.objects.filter(dossier__procedure=procedure)
    return seats.select_related("pool", "dossier")


def _results(procedure: Procedure) -> list[str]:
    """The key of the mail and of the letter of each decision that is public."""
    published = Decision.objects.published(procedure).filter(dossier__status=Status.VALIDATED)
    return [
        f"decision:{step}:{dossier}" + (f":{choice}" if choice else "")
        for step, dossier, choice in published.values_list("step", "dossier", "choice")
    ]
