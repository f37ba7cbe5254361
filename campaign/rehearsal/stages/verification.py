"""Verification: the school ranked first looks at each dossier two or three times, and validates it for the jury.

Between two looks the candidate answers what was asked, or does not. Rules: AST-07, AST-10, AST-24.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from applicants.answers import save_answers
from applicants.corrections import answer_correction, ask_correction, waiting_corrections
from applicants.editing import APPLICATIONS, PAYMENT
from applicants.endings import void_dossier, withdraw_dossier
from applicants.fees import APPLICATION_FEE, is_reduced
from applicants.models import Dossier, Status
from applicants.reductions import decide_reduction
from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.people import Habit, Person, answers_of
from campaign.rehearsal.stages.applications import deposit, see_to_fee, submission_moment
from documents.models import SupportingDocument
from juries.verification import NotValid, review_paper, validate_dossier
from payments.charges import live_charge
from payments.exemptions import decide_exemption
from payments.models import Charge, Reduction
from payments.standing import Standing, standing_of
from payments.transfers import confirm_transfer, refuse_transfer
from programmes.models import JurySession, Step
from programmes.words import PARIS

DAYS = (3, 6, 9)  # after submission: first look, answer, second look
LAST_LOOK = dt.timedelta(days=1)  # before the jury meets
AFTER_CLOSING = dt.timedelta(days=12)
WRONG_YEAR = "L’attestation est celle d’une autre année."
UNCLEAR = "Complétez cette page : une réponse ne correspond pas à vos pièces."


def events(company: Company) -> Iterator[Event]:
    """The looks at each dossier, the answers between them, a last look at all before the jury meets; some leave."""
    meeting = jury_meets(company)
    if meeting is None:
        return
    last_look = meeting - LAST_LOOK
    for person in company.people:
        submitted = submission_moment(company, person)
        if submitted is None:
            continue
        first, answered, second = (_in_office_hours(submitted + dt.timedelta(days=days), person) for days in DAYS)
        yield Event(min(first, last_look), partial(look, company, person))
        yield Event(min(answered, last_look), partial(answer, company, person))
        yield Event(min(second, last_look), partial(look, company, person, again=True))
        if person.has(Habit.WITHDRAWS):
            yield Event(min(second, last_look), partial(withdraw, company, person))
        if person.has(Habit.BREAKS_THE_RULES):
            yield Event(min(second, last_look), partial(void, company, person))
    yield Event(last_look + dt.timedelta(hours=1), partial(look_at_the_rest, company))


def jury_meets(company: Company) -> dt.datetime | None:
    """When the first jury judges: its meeting, or what stands in the calendar for it.

    Where programmes decide at their own dates, the last of these; or some time after the closing hour, where they
    decide as dossiers come.
    """
    if company.procedure.judges_by_programme:
        window = company.window(APPLICATIONS)
        sessions = JurySession.objects.filter(step__procedure=company.procedure)
        last: dt.datetime | None = sessions.aggregate(last=Max("meets_at"))["last"]
        return last or (window[1] + AFTER_CLOSING if window else None)
    step = company.step(Step.Kind.ADMISSIBILITY) or company.step(Step.Kind.ADMISSION)
    return (step.meets_at or step.results_at) if step else None


def look(company: Company, person: Person, *, again: bool = False) -> None:
    """Look at one dossier, if it is with the school."""
    dossier = company.dossier(person)
    if dossier is not None and dossier.status == Status.SUBMITTED:
        examine(company, dossier, again=again)


def look_at_the_rest(company: Company) -> None:
    """Look once more at all dossiers that still wait, those of visitors among them."""
    for dossier in company.dossiers(Q(status=Status.SUBMITTED)):
        examine(company, dossier, again=True)


def examine(company: Company, dossier: Dossier, *, again: bool) -> None:
    """Review the papers, look for the money, ask for what is unclear; validate when nothing remains."""
    person, school = company.person(dossier), dossier.first_choice.school if dossier.first_choice else None
    verifier = company.staff.verifier(school)
    _review_papers(company, person, dossier, verifier, again=again)
    _see_to_money(company, person, dossier, again=again)
    if not again and person.has(Habit.UNCLEAR_PAGE) and not dossier.corrections.filter(reason=UNCLEAR).exists():
        company.attempt(
            ask_correction,
            dossier.pk,
            opens=[f"page:{person.draw('unclear').choice(dossier.rules.pages).code}"],
            reason=UNCLEAR,
            until=company.procedure.now() + dt.timedelta(days=dossier.rules.corrections.days),
            by=verifier,
        )
    company.attempt(_validate_if_nothing_remains, dossier.pk, by=verifier)


def answer(company: Company, person: Person) -> None:
    """The candidate does what was asked, and says so; some never do."""
    dossier = company.dossier(person)
    if dossier is None or person.has(Habit.IGNORES_REQUESTS):
        return
    for correction in waiting_corrections(dossier):
        for place in correction.opens:
            _do(company, person, dossier, place)
        company.attempt(answer_correction, correction.pk, by=dossier.candidate.user)


def withdraw(company: Company, person: Person) -> None:
    """The candidate withdraws."""
    if (dossier := company.dossier(person)) is not None:
        company.attempt(withdraw_dossier, dossier.pk, by=dossier.candidate.user)


def void(company: Company, person: Person) -> None:
    """The office finds a breach of the rules."""
    if (dossier := company.dossier(person)) is not None and dossier.status != Status.DRAFT:
        reason = gettext("Un relevé de notes déposé a été modifié.")
        company.attempt(void_dossier, dossier.pk, reason=reason, by=company.staff.office)


# --- Below ----------------------------------------------------------------------------------------------------------


def _validate_if_nothing_remains(dossier_id: UUID, *, by: User) -> None:
    """Validate a dossier; what stands in the way is no refusal: it is looked at again later."""
    with suppress(NotValid):
        validate_dossier(dossier_id, by=by)


def _review_papers(company: Company, person: Person, dossier: Dossier, verifier: User, *, again: bool) -> None:
    waiting = SupportingDocument.objects.current().filter(
        folder=dossier.folder_id,
        review=SupportingDocument.Review.UNREVIEWED,
        check_state=SupportingDocument.Check.PASSED,
    )
    refused = SupportingDocument.objects.filter(folder=dossier.folder_id, review=SupportingDocument.Review.REFUSED)
    finds_fault = not again and person.has(Habit.POOR_PAPER) and not refused.exists()
    for document in waiting.order_by("kind", "uploaded_at"):
        is_poor = finds_fault and document.kind == _poor_paper(person, dossier)
        reason = "La pièce est coupée : on n’en lit pas le bas." if is_poor else ""
        company.attempt(review_paper, document.pk, accepted=not is_poor, reason=reason, by=verifier)


def _poor_paper(person: Person, dossier: Dossier) -> str:
    papers = [rule for rule in dossier.rules.papers if not rule.per_choice and not rule.when.values]
    required = [rule.code for rule in papers if rule.required and not rule.late]
    return person.draw("poor").choice(required) if required else ""


def _see_to_money(company: Company, person: Person, dossier: Dossier, *, again: bool) -> None:
    charge = live_charge(dossier.account_id, APPLICATION_FEE)
    if charge is None:
        return
    accountant = company.staff.accountants[charge.payee.school_id]
    if not Reduction.objects.filter(account=dossier.account).exists() and is_reduced(dossier):
        _judge_reduction(company, person, dossier, accountant)
    match standing_of(charge):
        case Standing.EXEMPTION_ASKED:
            accepted = not person.has(Habit.DOUBTFUL_CERTIFICATE)
            reason = "" if accepted else WRONG_YEAR
            company.attempt(decide_exemption, charge.pk, accepted=accepted, reason=reason, by=accountant)
        case Standing.ANNOUNCED:
            _look_for_transfer(company, person, charge, accountant, again=again)


def _judge_reduction(company: Company, person: Person, dossier: Dossier, accountant: User) -> None:
    accepted = not person.has(Habit.DOUBTFUL_CERTIFICATE)
    company.attempt(
        decide_reduction, dossier.pk, accepted=accepted, reason="" if accepted else WRONG_YEAR, by=accountant
    )


def _look_for_transfer(company: Company, person: Person, charge: Charge, accountant: User, *, again: bool) -> None:
    is_lost = person.has(Habit.LOST_TRANSFER) and not charge.payments.filter(state="failed").exists()
    if is_lost:
        reason = "Aucun virement à votre nom n’est arrivé."
        company.attempt(refuse_transfer, charge.pk, by=accountant, reason=reason)
    elif again or not person.has(Habit.SLOW_TRANSFER):
        today = company.procedure.today()
        company.attempt(confirm_transfer, charge.pk, by=accountant, received_on=today)


def _do(company: Company, person: Person, dossier: Dossier, place: str) -> None:
    area, _, code = place.partition(":")
    user = dossier.candidate.user
    if area == "paper" and (rule := dossier.rules.paper(code)) is not None:
        deposit(company, person, dossier, rule)
    elif area == "page":
        answers = answers_of(person, dossier.rules)
        page = next(page for page in dossier.rules.pages if page.code == code)
        given = {field.code: answers[field.code] for field in page.fields}
        company.attempt(save_answers, dossier.pk, code, given, by=user)
    elif place == PAYMENT:
        see_to_fee(company, person, dossier, user)


def _in_office_hours(moment: dt.datetime, person: Person) -> dt.datetime:
    """An hour of that day, in Paris, at which schools are at work."""
    day = timezone.localdate(moment, PARIS)
    dice = person.draw(f"hour {day}")
    return dt.datetime.combine(day, dt.time(dice.randint(9, 17), dice.randint(0, 59), person.number % 60), PARIS)
