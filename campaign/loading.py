"""Loading a procedure that candidates are already in: what a file may not take away, and how drafts follow.

`programmes.loading` stores the file; this module knows the dossiers, lists, offers and decisions that it
could harm. Submitted dossiers keep the rules they were submitted under; but programmes, tracks, seats, steps
and periods are live, and those on which a submitted dossier stands must stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.versions import fit_draft, move_draft
from journal.errors import Refused
from offers.models import Offer
from offers.seats import held_seats
from payments.charges import Committed
from programmes import loading
from programmes.models import Pool, Procedure
from programmes.procedure_file.schema import Live, ProcedureFile
from programmes.rules import Rules


class WouldHarm(Refused):
    """The file would take from submitted dossiers what they stand on; `reasons` are sentences, all of them."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def load(
    file: ProcedureFile,
    *,
    rehearsal: bool,
    by: User | None = None,
    replace: bool = False,
    slug: str | None = None,
) -> Procedure:
    """Load `file`, whole or not at all; drafts move to the new version of the rules.

    Raises:
        WouldHarm: submitted dossiers stand on what the file takes away.
        ChangedSince, Refused: see `programmes.loading.store`.
    Rule: ALL-02.
    """
    slug = slug or loading.slug_of(file.code, rehearsal=rehearsal)
    procedure = Procedure.objects.filter(slug=slug).first()
    lost: dict[UUID, bool] = {}
    if procedure is not None:
        drafts = _lock_drafts(procedure)
        if reasons := list(harms(procedure, file.live)):
            raise WouldHarm(reasons)
        if not loading.has_rules(procedure, file.rules):
            lost = {draft: _fit(draft, file.rules, by=by) for draft in drafts}
    procedure = loading.store(file, rehearsal=rehearsal, by=by, replace=replace, slug=slug)
    for draft, lost_something in lost.items():
        move_draft(draft, lost=lost_something, by=by)
    return procedure


def harms(procedure: Procedure, live: Live) -> Iterator[str]:
    """Why `live` may not replace what the database has, in sentences; nothing where it may."""
    yield from _lost_schools(procedure, live)
    yield from _lost_programmes(procedure, live)
    yield from _lost_tracks(procedure, live)
    yield from _lost_seats(procedure, live)
    yield from _lost_steps(procedure, live)
    yield from _changed_periods(procedure, live)


def _lock_drafts(procedure: Procedure) -> list[UUID]:
    """Every dossier is locked, so that none is submitted meanwhile; the drafts are returned.

    The periods come first, as for whoever opens or closes one and then locks the dossiers in play.
    """
    list(procedure.periods.select_for_update(of=("self",), no_key=True).order_by("pk"))
    dossiers = procedure.dossiers.select_for_update(no_key=True).order_by("pk")
    return [pk for pk, status in dossiers.values_list("pk", "status") if status == Status.DRAFT]


def _fit(draft: UUID, rules: Rules, *, by: User | None) -> bool:
    try:
        return fit_draft(draft, rules, by=by)
    except Committed as committed:
        reference = Dossier.objects.values_list("reference", flat=True).get(pk=draft)
        sentence = gettext("Le dossier %(reference)s a réglé, ou annoncé, les frais d’une école qui disparaît.")
        raise WouldHarm([sentence % {"reference": reference}]) from committed


def _lost_schools(procedure: Procedure, live: Live) -> Iterator[str]:
    """A school that was ever owed a fee stays in the accounts, though its programmes may go."""
    kept = [given.code for given in live.schools]
    owed = procedure.participations.exclude(school__code__in=kept).filter(charges__isnull=False).distinct()
    for participation in owed.select_related("school"):
        yield gettext(
            "L’école « %(code)s » disparaît, mais des frais lui ont été demandés : gardez-la, sans formation."
        ) % {"code": participation.school.code}


def _lost_programmes(procedure: Procedure, live: Live) -> Iterator[str]:
    """A programme that submitted dossiers ranked must stay, in its school."""
    schools = {given.code: given.school for given in live.programmes}
    transmitted = Count("choices", filter=~Q(choices__dossier__status=Status.DRAFT))
    for programme in procedure.programmes.select_related("school").annotate(chosen=transmitted):
        if programme.chosen and schools.get(programme.code) != programme.school.code:
            yield ngettext(
                "La formation « %(code)s » disparaît ou change d’école : %(count)d dossier transmis l’a classée.",
                "La formation « %(code)s » disparaît ou change d’école : %(count)d dossiers transmis l’ont classée.",
                programme.chosen,
            ) % {"code": programme.code, "count": programme.chosen}


def _lost_tracks(procedure: Procedure, live: Live) -> Iterator[str]:
    kept = [given.code for given in live.tracks]
    transmitted = Count("dossiers", filter=~Q(dossiers__status=Status.DRAFT))
    for track in procedure.tracks.exclude(code__in=kept).annotate(used=transmitted):
        if track.used:
            yield ngettext(
                "La filière « %(code)s » disparaît : %(count)d dossier transmis en dépend.",
                "La filière « %(code)s » disparaît : %(count)d dossiers transmis en dépendent.",
                track.used,
            ) % {"code": track.code, "count": track.used}


def _lost_seats(procedure: Procedure, live: Live) -> Iterator[str]:
    """A pool with a list stays, and has room for the offers that are held."""
    given = {(pool.programme, pool.track): pool for pool in live.pools}
    offered = _offered_seats(procedure)
    pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme", "track")
    for pool in pools.annotate(listed=Count("entries")):
        words = {"programme": pool.programme.code, "track": pool.track.code}
        wanted = given.get((pool.programme.code, pool.track.code))
        if wanted is None:
            if pool.listed:
                yield gettext("Les places de %(programme)s en %(track)s ont déjà leur tableau d’admission.") % words
        elif (wanted.seats if wanted.calls is None else wanted.calls) < (held := offered.get(pool.pk, 0)):
            words |= {"held": str(held)}
            yield (
                gettext("%(programme)s en %(track)s : %(held)s propositions sont tenues, il faut autant de places.")
                % words
            )


def _offered_seats(procedure: Procedure) -> dict[int, int]:
    """How many seats of each pool are spoken for: by the offers of the period under way, or held between two."""
    under_way = procedure.periods.filter(opened_at__isnull=False, closed_at=None)
    offers = Offer.objects.filter(period__in=under_way).values_list("pool").annotate(Count("pk"))
    return held_seats(procedure) | dict(offers)


def _lost_steps(procedure: Procedure, live: Live) -> Iterator[str]:
    """Decisions, panels and publications belong to a step: it stays, and stays what it is."""
    kinds = {given.code: given.kind for given in live.steps}
    for step in procedure.steps.annotate(
        decided=Count("decisions", distinct=True),
        panelled=Count("panels", distinct=True),
        published=Count("publications", distinct=True),
    ):
        if kinds.get(step.code) != step.kind and (step.decided or step.panelled or step.published):
            yield gettext("L’étape « %(code)s » a commencé : elle ne peut ni disparaître ni changer de nature.") % {
                "code": step.code
            }


def _changed_periods(procedure: Procedure, live: Live) -> Iterator[str]:
    """A period that was opened keeps its start, and one that is closed its end."""
    given = dict(enumerate(live.periods, start=1))
    for period in procedure.periods.filter(opened_at__isnull=False):
        wanted = given.get(period.number)
        starts_otherwise = wanted is None or wanted.starts_at != period.starts_at
        ends_otherwise = wanted is None or wanted.ends_at != period.ends_at
        if starts_otherwise or (period.closed_at is not None and ends_otherwise):
            yield gettext("La %(period)s a eu lieu, ou est en cours : ses dates ne changent plus.") % {"period": period}
