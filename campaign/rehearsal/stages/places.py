"""Places: whoever is offered one confirms it, gives it up or keeps silent; programmes look at what came, and pass on.

What comes due (automatic releases and calls, lapses) is not played: the due acts do it. Rules: BS-07, NE-05, IIM-05,
IIM-06, IIM-08.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from applicants.deposits import deposit_of
from applicants.models import Dossier
from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.people import Habit, Person
from campaign.rehearsal.stages.applications import deposit, pay
from campaign.rehearsal.stages.decisions import rounds
from documents.models import SupportingDocument
from offers.confirmation import DEPOSIT, WORD, Need, Progress
from offers.models import Place
from offers.place_confirmation import confirm_by_word
from offers.place_desk import review_paper_of_place
from offers.place_endings import decline_place, release_place
from offers.place_needs import is_sent, needs_of
from offers.start_letters import send_start_letters, untold
from offers.waiting_list import call_next, freed_and_not_called_for, lines_of, next_in_line, pools_of
from payments.models import Charge, Payment
from payments.transfers import confirm_transfer

ANSWERS = dt.timedelta(days=2)  # after a round of decisions
LOOKS = dt.timedelta(days=4)
LETTERS = dt.timedelta(days=7)  # after the last round
SHARE_WHO_GO_ELSEWHERE = 0.12


def events(company: Company) -> Iterator[Event]:
    """After each round of decisions the candidates' answers, then what programmes make of them; the last letters."""
    if not (moments := rounds(company)):
        return
    for moment in moments:
        yield Event(moment + ANSWERS, partial(answer, company))
        yield Event(moment + LOOKS, partial(look, company))
    yield Event(moments[-1] + LETTERS, partial(tell_when_it_starts, company))


def answer(company: Company) -> None:
    """Each candidate with a place to confirm does what it asks, gives it up, or leaves it."""
    for place in _places(company, Place.State.OFFERED):
        place.dossier = company.anew(place.dossier)
        if place.dossier.place_until is None:  # another place was confirmed, and this one given up by that
            continue
        person = company.person(place.dossier)
        if person.draw(f"place {place.choice.programme.code}").random() < SHARE_WHO_GO_ELSEWHERE:
            company.attempt(decline_place, place.pk, by=place.dossier.candidate.user)
        elif not person.has(Habit.SILENT, "place"):
            for need in needs_of(place):
                _give(company, person, place, need)


def look(company: Company) -> None:
    """The programmes accept the papers, note the transfers, release what is overdue, and call the next ones."""
    for place in _places(company, Place.State.OFFERED):
        verifier = company.staff.verifier(place.choice.programme.school)
        for document in _to_review(place.dossier):
            company.attempt(review_paper_of_place, place.pk, document.pk, accepted=True, by=verifier)
        if place.is_late and not is_sent(place, needs_of(place)):
            company.attempt(release_place, place.pk, by=verifier)
    _note_transfers(company)
    for pool in pools_of(company.procedure, lines_of(company.procedure)):
        for _ in range(freed_and_not_called_for(pool)):
            if (waiting := next_in_line(pool).first()) is not None:
                verifier = company.staff.verifier(pool.programme.school)
                company.attempt(call_next, pool.pk, waiting.pk, by=verifier)


def tell_when_it_starts(company: Company) -> None:
    """Each programme writes to its entrants when it starts."""
    for programme in company.procedure.programmes.select_related("school", "procedure"):
        if programme.starts_on is not None and untold([programme]):
            company.attempt(send_start_letters, programme.pk, by=company.staff.office)


# --- Below ----------------------------------------------------------------------------------------------------------


def _places(company: Company, state: str) -> list[Place]:
    related = ("choice__programme__school", "dossier__procedure", "dossier__candidate__user")
    places = Place.objects.filter(dossier__procedure=company.procedure, state=state)
    return list(places.select_related(*related).order_by("offered_at", "pk"))


def _give(company: Company, person: Person, place: Place, need: Need) -> None:
    if need.progress not in (Progress.TODO, Progress.AGAIN):
        return
    user = place.dossier.candidate.user
    if need.what == WORD:
        company.attempt(confirm_by_word, place.pk, by=user)
    elif need.what == DEPOSIT:
        charge, rule = deposit_of(place.dossier, place.choice.programme), place.dossier.rules.deposit
        if charge is not None and rule is not None:
            pay(company, person, charge, rule.means, user)
    elif (paper := place.dossier.rules.paper(need.what)) is not None:
        deposit(company, person, place.dossier, paper)


def _to_review(dossier: Dossier) -> list[SupportingDocument]:
    """The files that confirm a place, checked, and not looked at yet."""
    rule = dossier.rules.confirmation
    waiting = SupportingDocument.objects.current().filter(
        folder=dossier.folder_id,
        kind__in=rule.papers if rule else (),
        review=SupportingDocument.Review.UNREVIEWED,
        check_state=SupportingDocument.Check.PASSED,
    )
    return list(waiting)


def _note_transfers(company: Company) -> None:
    """The deposits that were announced have come."""
    announced = Charge.objects.filter(
        account__procedure=company.procedure, reason=DEPOSIT, payments__state=Payment.State.DECLARED
    )
    for charge in announced.select_related("payee").order_by("created_at"):
        accountant = company.staff.accountants[charge.payee.school_id]
        company.attempt(confirm_transfer, charge.pk, by=accountant, received_on=company.procedure.today())
