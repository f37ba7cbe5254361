"""Who leaves before the tests frees the slots, and is not summoned any more. Rules: AST-14, AST-24."""

from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from applicants.endings import withdraw_dossier
from applicants.models import Dossier
from applicants.tests import scenario
from applicants.tests.test_races import both
from journal.clock import at_one_instant, instant
from juries.departures import free_slots
from juries.models import Panel, TestSlot
from juries.planning import (
    Placement,
    add_panel,
    assign_candidates,
    change_panel,
    plan_slots,
    remove_panel,
    send_summons,
)
from juries.publication import confirm_correction, propose_correction
from juries.tests import rows
from notifications.models import Mail
from programmes.models import Procedure, School, Step

AFTER_THE_TESTS = "2026-05-20 10:00"


@pytest.fixture
def summoned(
    procedure: Procedure, admissibility: Step, tests_step: Step, albi: School, verifier: User
) -> list[Dossier]:
    """Two admissible candidates with their slots and their summons."""
    made = rows.admissible(procedure, 2)
    rows.published(admissibility)
    for test in ("interview", "english"):
        add_panel(tests_step.pk, albi.pk, test=test, name=test, room="B12", by=verifier)
    plan_slots(tests_step.pk, albi.pk, by=verifier)
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    send_summons(tests_step.pk, albi.pk, by=verifier)
    return made


def summonses_of(dossier: Dossier) -> int:
    return Mail.objects.filter(kind="summons", recipient=dossier.candidate.user).count()


def test_who_withdraws_leaves_the_slots_to_others_and_hears_of_no_other_room(
    summoned: list[Dossier], verifier: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    gone, stays = summoned
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_dossier(gone.pk, by=gone.candidate.user)
    change_panel(Panel.objects.get(test="interview").pk, room="A1", remote_url="", by=verifier)
    assert (gone.test_slots.count(), stays.test_slots.count()) == (0, 2)
    assert (summonses_of(gone), summonses_of(stays)) == (1, 2)
    assert "tests.freed" in scenario.events(gone.pk)


def test_so_does_who_is_not_admissible_after_all(
    summoned: list[Dossier],
    office: User,
    president: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    decision = summoned[0].decisions.get()
    proposed = propose_correction(decision.pk, outcome="not_admissible", reason="Doublon", by=office)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_correction(proposed.pk, by=president)
    assert summoned[0].test_slots.count() == 0


def test_what_was_sat_stays(procedure: Procedure, summoned: list[Dossier], verifier: User) -> None:
    scenario.set_clock(procedure, AFTER_THE_TESTS)
    withdraw_dossier(summoned[0].pk, by=summoned[0].candidate.user)
    free_slots(str(summoned[0].pk))
    change_panel(Panel.objects.get(test="interview").pk, room="A1", remote_url="", by=verifier)
    assert summoned[0].test_slots.count() == 2
    assert [summonses_of(dossier) for dossier in summoned] == [1, 1]


def test_nobody_is_placed_on_a_day_that_is_over(
    procedure: Procedure, summoned: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    rows.admissible(procedure, 1, first=3)
    scenario.set_clock(procedure, AFTER_THE_TESTS)
    assert assign_candidates(tests_step.pk, albi.pk, by=verifier) == Placement(placed=0, left_over=1)


def test_a_panel_that_sees_nobody_any_more_can_be_removed(
    summoned: list[Dossier], verifier: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for dossier in summoned:
            withdraw_dossier(dossier.pk, by=dossier.candidate.user)
    remove_panel(Panel.objects.get(test="interview").pk, by=verifier)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_slot_given_while_the_candidate_withdraws_is_freed_after_all(
    summoned: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    gone, moment = summoned[0], instant()
    gone.test_slots.update(dossier=None, summoned_at=None)

    def place() -> Placement:
        with at_one_instant(moment):
            return assign_candidates(tests_step.pk, albi.pk, by=verifier)

    def withdraw() -> Dossier:
        with at_one_instant(moment):
            return withdraw_dossier(gone.pk, by=gone.candidate.user)

    placed, withdrawn = both(place, withdraw)
    assert (placed, withdrawn) == (Placement(placed=1, left_over=0), gone)
    assert not TestSlot.objects.filter(dossier=gone).exists()
