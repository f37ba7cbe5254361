"""The acts on the database against the simulation: the same case must give the same offers, removals and places."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from applicants.models import Dossier
from journal.models import Entry
from offers.allocation import Reply, allowed_replies
from offers.models import Enrolment, PeriodSeats
from offers.outlook import read_outlook
from offers.periods import current_period
from offers.replies import situation_in
from offers.seats import CannotMove, move_seats
from offers.simulation import Case, PeriodOutcome, PeriodPlan, simulate
from offers.tests import market as scene
from offers.tests.market import answer, end, market, offered, pool_of, start
from programmes.models import Procedure

SCHOOLS = ("albi", "ales", "nord-europe")
NAMES = tuple("abcdef")


@st.composite
def markets(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, str], dict[str, str]]:
    """Seats, lists and choices; some candidates are on no list, some pools have nobody."""
    seats = {school: draw(st.integers(0, 2)) for school in SCHOOLS}
    choices = {name: draw(st.lists(st.sampled_from(SCHOOLS), min_size=1, unique=True)) for name in NAMES}
    lists = {
        school: "".join(
            name for name in draw(st.permutations(NAMES)) if school in choices[name] and draw(st.integers(0, 4))
        )
        for school in SCHOOLS
    }
    return seats, lists, {name: " ".join(ranked) for name, ranked in choices.items()}


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=markets(), data=st.data())
def test_the_acts_do_what_the_simulation_says(
    case: tuple[dict[str, int], dict[str, str], dict[str, str]],
    data: st.DataObject,
    procedure: Procedure,
    president: User,
) -> None:
    seats, lists, choices = case
    with transaction.atomic():
        dossiers = market(procedure, lists, choices, seats)
        names = {str(dossier.pk): name for name, dossier in dossiers.items()}
        plans, periods = [], []
        for number in (1, 2, 3, 4):
            calls = _move_a_seat(procedure, data, by=president) if number > 1 else {}
            start(procedure, number)
            replies = {}
            for name, dossier in dossiers.items():
                reply = data.draw(st.none() | st.sampled_from(_allowed(procedure, dossier)))
                if reply is not None:
                    answer(dossier, reply)
                    replies[name] = reply
            end(procedure, number)
            plans.append(PeriodPlan(calls, replies))
            periods.append(
                PeriodOutcome(
                    dict(sorted(offered(procedure, number, dossiers).items())),
                    _last_called(procedure, number),
                    tuple(sorted(names[removed] for removed in _removed(procedure, number))),
                )
            )
        final = {
            names[str(dossier_id)]: school
            for dossier_id, school in Enrolment.objects.standing().values_list("dossier_id", "pool__programme__code")
        }
        expected = simulate(
            Case(
                seats,
                {school: tuple(ranking) for school, ranking in lists.items()},
                {name: tuple(ranked.split()) for name, ranked in choices.items()},
                tuple(plans),
            )
        )
        transaction.set_rollback(True)
    assert tuple(periods) == expected.periods
    assert dict(sorted(final.items())) == expected.final


def _allowed(procedure: Procedure, dossier: Dossier) -> list[Reply | None]:
    period = current_period(procedure)
    assert period is not None
    situation, outlook = situation_in(period, dossier), read_outlook(dossier)
    assert outlook.standing == situation.standing, "the candidate’s page and the act see the same"
    assert (outlook.offer.pool_id if outlook.offer else None) == situation.offered
    return [None, *sorted(allowed_replies(situation.standing, situation.offered))]


def _move_a_seat(procedure: Procedure, data: st.DataObject, *, by: User) -> dict[str, int]:
    """Try to move one seat between two schools; returns the new calls of both, or nothing if it was refused."""
    source, target = data.draw(st.permutations(SCHOOLS))[:2]
    pools = {school: pool_of(procedure, school) for school in (source, target)}
    try:
        with transaction.atomic():
            move_seats(pools[source].pk, pools[target].pk, 1, reason="essai", by=by, across_schools=True)
    except CannotMove:
        return {}
    return {school: pool_of(procedure, school).capacity for school in (source, target)}


def _last_called(procedure: Procedure, number: int) -> dict[str, int]:
    rows = PeriodSeats.objects.filter(period__procedure=procedure, period__number=number, pool__track__code="L3")
    reached = rows.values_list("pool__programme__code", "last_called")
    return {school: rank for school, rank in reached if rank is not None}


def _removed(procedure: Procedure, number: int) -> list[str]:
    entry = Entry.objects.get(event="period.closed", subject_id=str(scene.period(procedure, number).pk))
    removed: list[str] = entry.details["removed"]
    return removed
