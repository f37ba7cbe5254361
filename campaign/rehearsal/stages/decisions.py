"""Decisions of the programmes: each studies what has come as far as it, round by round, or at the sessions of its jury.

What a step decides lets candidates go on to the next one, so each round goes through the steps in their order. Rules:
APP-15, BS-03, BS-06, NE-01, NE-04, IIM-01, IIM-04, IIM-05.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

from accounts.models import User
from applicants.editing import APPLICATIONS
from applicants.models import Choice
from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.people import Person
from campaign.rehearsal.stages.hearings import evaluate, give_opinions, hold_interviews, see_to_supplements
from juries.choice_decisions import decide_choice, undecided_choices
from juries.choice_publication import publish_decisions, publish_session, studies, unpublished
from juries.hearing import Hearing, hear
from juries.models import Decision
from juries.presentability import objection
from programmes.models import JurySession, Step
from programmes.words import PARIS

Outcome = Decision.Outcome
ROUNDS = dt.timedelta(days=7)  # between two
FIRST_ROUND = dt.timedelta(days=7)  # after the opening
AFTER_CLOSING = dt.timedelta(days=60)  # the last round, unless results come later
AFTER_RESULTS = dt.timedelta(days=35)
HOUR = dt.time(10, 30)
BARS = {Outcome.ADMISSIBLE: 9.5, Outcome.ADMITTED: 11.5, Outcome.WAITING: 10.5}  # out of 20, as juries see candidates
NOT_COME = "La personne ne s’est pas présentée à l’entretien."
REASONS = (
    "Le parcours ne prépare pas à cette formation.",
    "Le projet reste à préciser.",
    "Les résultats de la dernière année sont fragiles.",
)


def events(company: Company) -> Iterator[Event]:
    """The rounds, week after week from the opening on, and the sessions of the juries."""
    for moment in rounds(company):
        yield Event(moment, partial(work_through, company))
    for session in JurySession.objects.filter(step__procedure=company.procedure).select_related("step"):
        yield Event(session.meets_at, partial(meet, company, session))
    for step in company.procedure.steps.filter(kind__in=BY_HAND):
        if step.meets_at is not None:
            yield Event(step.meets_at, partial(decide_all, company, step))


def work_through(company: Company) -> None:
    """Each step in its order: what it hears is said; one that needs no meeting decides, and tells what it decided."""
    for step in company.procedure.steps.prefetch_related("sessions"):
        if step.kind in HEARD:
            HEARD[step.kind](company, step)
        elif step.kind == Step.Kind.ADMISSION:
            see_to_supplements(company, step)
        if step.kind in BY_HAND and step.meets_at is None and not step.sessions.all():
            decide_all(company, step)


def meet(company: Company, session: JurySession) -> None:
    """A session of a jury: it decides on what it studies, and its results are made ready."""
    _decide(company, session.step, [choice for choice in _undecided(session.step) if studies(session, choice)])
    if any(decision.choice and studies(session, decision.choice) for decision in _to_publish(session.step)):
        programme = session.programme_id
        company.attempt(publish_session, session.pk, by=_publisher(company, session.step, programme))


def decide_all(company: Company, step: Step) -> None:
    """Decide on all that is before a step, in the order of arrival, and publish it programme by programme."""
    _decide(company, step, _undecided(step))
    by_programme: dict[int, list[int]] = {}
    for decision in _to_publish(step):
        assert decision.choice is not None
        by_programme.setdefault(decision.choice.programme_id, []).append(decision.pk)
    for programme, decisions in sorted(by_programme.items()):
        company.attempt(publish_decisions, decisions, by=_publisher(company, step, programme))


def rounds(company: Company) -> list[dt.datetime]:
    """The moments of the rounds: each week, from one after the opening until all places have had their time."""
    window = company.window(APPLICATIONS)
    if window is None:
        return []
    results = [*company.procedure.steps.values_list("results_at", flat=True)]
    sessions = JurySession.objects.filter(step__procedure=company.procedure)
    results += [at for pair in sessions.values_list("meets_at", "results_at") for at in pair]
    last = max([window[1] + AFTER_CLOSING, *(at + AFTER_RESULTS for at in results if at is not None)])
    first = (window[0] + FIRST_ROUND).astimezone(PARIS)
    count = (last - first) // ROUNDS + 1
    return [dt.datetime.combine(first.date() + number * ROUNDS, HOUR, PARIS) for number in range(count)]


# --- Below ----------------------------------------------------------------------------------------------------------

HEARD: dict[str, Callable[[Company, Step], None]] = {
    Step.Kind.OPINION: give_opinions,
    Step.Kind.TESTS: hold_interviews,
    Step.Kind.EVALUATION: evaluate,
}
BY_HAND = (Step.Kind.ADMISSIBILITY, Step.Kind.ADMISSION)


def _undecided(step: Step) -> list[Choice]:
    related = ("dossier__candidate__user", "programme__school")
    return list(undecided_choices(step).select_related(*related).prefetch_related("programme__pools"))


def _to_publish(step: Step) -> list[Decision]:
    return list(unpublished(step).select_related("choice__dossier").order_by("pk"))


def _decide(company: Company, step: Step, choices: list[Choice]) -> None:
    """What somebody of each programme, or of the service, makes of those who chose it."""
    hearings = hear(step, choices)
    for choice in choices:
        outcome, reason = _verdict(company.person(choice.dossier), step, choice)
        heard = hearings[choice.pk].heard
        keeps = outcome not in (Outcome.NOT_ADMISSIBLE, Outcome.REFUSED)
        if keeps and (not heard.came or (heard.is_short and heard.supplement is False)):
            keeps, outcome, reason = False, Outcome.REFUSED, REASONS[0] if heard.came else NOT_COME
        if objection(heard, keeps=keeps) or _is_to_be_seen(step, hearings[choice.pk]):
            continue
        decider = _decider(company, step, choice)
        company.attempt(decide_choice, choice.pk, step.pk, outcome=outcome, reason=reason, by=decider)


def _verdict(person: Person, step: Step, choice: Choice) -> tuple[str, str]:
    dice = person.draw(f"{step.code} {choice.programme.code}")
    worth = person.ability + dice.gauss(0, 1.2)
    if step.kind == Step.Kind.ADMISSIBILITY:
        is_kept = worth >= BARS[Outcome.ADMISSIBLE]
        return (Outcome.ADMISSIBLE, "") if is_kept else (Outcome.NOT_ADMISSIBLE, dice.choice(REASONS))
    if worth >= BARS[Outcome.ADMITTED] and not _is_full(step, choice):
        return Outcome.ADMITTED, ""
    return (Outcome.WAITING, "") if worth >= BARS[Outcome.WAITING] else (Outcome.REFUSED, dice.choice(REASONS))


def _is_full(step: Step, choice: Choice) -> bool:
    """Whether the jury has admitted as many as the programme has seats for the candidate's track."""
    admitted = Decision.objects.filter(
        step=step,
        choice__programme=choice.programme_id,
        dossier__track=choice.dossier.track_id,
        outcome__in=[Outcome.ADMITTED, Outcome.CONDITIONAL],
    )
    pool = next(pool for pool in choice.programme.pools.all() if pool.track_id == choice.dossier.track_id)
    return admitted.count() >= pool.capacity


def _is_to_be_seen(step: Step, hearing: Hearing) -> bool:
    """Whether an interview comes before `step`, and the candidate has not been to it yet."""
    earlier = [one.kind for one in step.procedure.steps_in_order if one.position < step.position]
    is_over = hearing.slot is not None and hearing.slot.ends_at <= step.procedure.now()
    return Step.Kind.TESTS in earlier and not is_over


def _decider(company: Company, step: Step, choice: Choice) -> User:
    if step.decided_by == Step.DecidedBy.SERVICE:
        return company.staff.verifier(choice.programme.school)
    return company.staff.programmes[choice.programme_id].jury.juror


def _publisher(company: Company, step: Step, programme_id: int | None) -> User:
    """The presidency of the programme; of results for all programmes, or of what the service decides, the office."""
    if programme_id is None or step.decided_by == Step.DecidedBy.SERVICE:
        return company.staff.office
    return company.staff.programmes[programme_id].jury.president
