"""Decisions of the programmes: each studies what has come as far as it, round by round, or at the sessions of its jury.

What a step decides lets candidates go on to the next one, so each round goes through the steps in their order. Rules:
APP-15, BS-03, BS-06, NE-01, NE-04, IIM-01, IIM-04, IIM-05.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from accounts.models import User
from applicants.editing import APPLICATIONS
from applicants.models import Choice
from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.people import Person
from juries.choice_decisions import decide_choice, undecided_choices
from juries.choice_publication import publish_decisions, publish_session, studies, unpublished
from juries.models import Decision
from programmes.models import JurySession, Step
from programmes.words import PARIS

Outcome = Decision.Outcome
ROUNDS = dt.timedelta(days=7)  # between two
FIRST_ROUND = dt.timedelta(days=7)  # after the opening
AFTER_CLOSING = dt.timedelta(days=60)  # the last round
HOUR = dt.time(10, 30)
BARS = {Outcome.ADMISSIBLE: 9.5, Outcome.ADMITTED: 11.5, Outcome.WAITING: 10.5}  # out of 20, as juries see candidates
REASONS = (
    "Le parcours ne prépare pas à cette formation.",
    "Le projet reste à préciser.",
    "Les résultats de la dernière année sont fragiles.",
)


def events(company: Company) -> Iterator[Event]:
    """The rounds, week after week from the opening on, and the sessions of the juries."""
    window = company.window(APPLICATIONS)
    if window is None:
        return
    for moment in _rounds(window):
        yield Event(moment, partial(work_through, company))
    for session in JurySession.objects.filter(step__procedure=company.procedure).select_related("step"):
        yield Event(session.meets_at, partial(meet, company, session))
    for step in company.procedure.steps.filter(kind__in=BY_HAND):
        if step.meets_at is not None:
            yield Event(step.meets_at, partial(decide_all, company, step))


def work_through(company: Company) -> None:
    """Each step that needs no meeting decides on what has come before it, and tells it."""
    for step in company.procedure.steps.filter(kind__in=BY_HAND, meets_at=None, sessions=None):
        decide_all(company, step)


def meet(company: Company, session: JurySession) -> None:
    """A session of a jury: it decides on what it studies, and its results are made ready."""
    for choice in list(_undecided(session.step)):
        if studies(session, choice):
            _decide(company, session.step, choice)
    if any(decision.choice and studies(session, decision.choice) for decision in _to_publish(session.step)):
        programme = session.programme_id
        company.attempt(publish_session, session.pk, by=_publisher(company, session.step, programme))


def decide_all(company: Company, step: Step) -> None:
    """Decide on all that is before a step, in the order of arrival, and publish it programme by programme."""
    for choice in list(_undecided(step)):
        _decide(company, step, choice)
    by_programme: dict[int, list[int]] = {}
    for decision in _to_publish(step):
        assert decision.choice is not None
        by_programme.setdefault(decision.choice.programme_id, []).append(decision.pk)
    for programme, decisions in sorted(by_programme.items()):
        company.attempt(publish_decisions, decisions, by=_publisher(company, step, programme))


# --- Below ----------------------------------------------------------------------------------------------------------

BY_HAND = (Step.Kind.ADMISSIBILITY, Step.Kind.ADMISSION)


def _rounds(window: tuple[dt.datetime, dt.datetime]) -> Iterator[dt.datetime]:
    day = (window[0] + FIRST_ROUND).astimezone(PARIS).date()
    last = (window[1] + AFTER_CLOSING).astimezone(PARIS).date()
    while day <= last:
        yield dt.datetime.combine(day, HOUR, PARIS)
        day += ROUNDS


def _undecided(step: Step) -> list[Choice]:
    related = ("dossier__candidate__user", "programme__school")
    return list(undecided_choices(step).select_related(*related))


def _to_publish(step: Step) -> list[Decision]:
    return list(unpublished(step).select_related("choice__dossier").order_by("pk"))


def _decide(company: Company, step: Step, choice: Choice) -> None:
    """What somebody of the programme, or of the service, makes of a choice."""
    outcome, reason = _verdict(company.person(choice.dossier), step, choice)
    company.attempt(
        decide_choice, choice.pk, step.pk, outcome=outcome, reason=reason, by=_decider(company, step, choice)
    )


def _verdict(person: Person, step: Step, choice: Choice) -> tuple[str, str]:
    dice = person.draw(f"{step.code} {choice.programme.code}")
    worth = person.ability + dice.gauss(0, 1.2)
    if step.kind == Step.Kind.ADMISSIBILITY:
        is_kept = worth >= BARS[Outcome.ADMISSIBLE]
        return (Outcome.ADMISSIBLE, "") if is_kept else (Outcome.NOT_ADMISSIBLE, dice.choice(REASONS))
    if worth >= BARS[Outcome.ADMITTED]:
        return Outcome.ADMITTED, ""
    return (Outcome.WAITING, "") if worth >= BARS[Outcome.WAITING] else (Outcome.REFUSED, dice.choice(REASONS))


def _decider(company: Company, step: Step, choice: Choice) -> User:
    if step.decided_by == Step.DecidedBy.SERVICE:
        return company.staff.verifier(choice.programme.school)
    return company.staff.programmes[choice.programme_id].jury.juror


def _publisher(company: Company, step: Step, programme_id: int | None) -> User:
    """The presidency of the programme; of results for all programmes, or of what the service decides, the office."""
    if programme_id is None or step.decided_by == Step.DecidedBy.SERVICE:
        return company.staff.office
    return company.staff.programmes[programme_id].jury.president
