"""Adjustments for a disability: who notes and sees them, and that panels, summons and slots leave the time. ALL-07."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.endings import withdraw_dossier
from applicants.models import Dossier
from applicants.tests import scenario
from documents.models import Notice
from journal.errors import NotAllowed
from journal.models import Entry
from juries.adjustments import NoRoom, WrongAdjustment, note_adjustment
from juries.models import Adjustment, Panel, TestSlot
from juries.planning import add_panel, assign_candidates, place_candidate, plan_slots, send_summons
from juries.summons import summons_of
from juries.tests import rows
from notifications.models import Mail
from programmes.models import School, Step

THIRD = "Un tiers de temps en plus, salle au rez-de-chaussée"


@pytest.fixture
def planned(tests_step: Step, albi: School, verifier: User) -> list[Panel]:
    """One panel for the interview and one for English, with their slots."""
    panels = [
        add_panel(tests_step.pk, albi.pk, test=test, name=name, room=f"Salle {name}", by=verifier)
        for test, name in [("interview", "Jury A"), ("english", "Anglais")]
    ]
    plan_slots(tests_step.pk, albi.pk, by=verifier)
    return panels


@pytest.fixture
def two(procedure, admissibility: Step) -> list[Dossier]:
    """Two admissible candidates of the school."""
    made = rows.admissible(procedure, 2)
    rows.published(admissibility)
    return made


def minutes(slot: TestSlot) -> int:
    return int((slot.ends_at - slot.starts_at).total_seconds() // 60)


def sitting(dossier: Dossier) -> dict[str, TestSlot]:
    return {slot.test: slot for slot in dossier.test_slots.select_related("panel")}


def slot(panel: Panel, number: int) -> TestSlot:
    return list(panel.slots.order_by("starts_at"))[number]


def free_slots(planned: list[Panel]) -> list[int]:
    """A slot of each test that one candidate can sit one after the other, the English much later."""
    return [slot(planned[0], 0).pk, slot(planned[1], 8).pk]


def test_the_slots_of_the_candidate_are_longer_and_the_panel_has_no_other_in_that_time(
    planned: list[Panel], two: list[Dossier], verifier: User
) -> None:
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    next_one = slot(planned[0], 1)
    place_candidate(two[0].pk, free_slots(planned), by=verifier)
    given = sitting(two[0])
    assert (minutes(given["interview"]), minutes(given["english"])) == (25 + 9, 15 + 9)
    assert not TestSlot.objects.filter(pk=next_one.pk).exists()
    after = planned[0].slots.filter(starts_at__gt=given["interview"].starts_at).earliest("starts_at")
    assert after.starts_at >= given["interview"].ends_at


def test_no_room_is_refused_where_the_panel_sees_somebody_else(
    planned: list[Panel], two: list[Dossier], verifier: User
) -> None:
    place_candidate(two[1].pk, [slot(planned[0], 1).pk, slot(planned[1], 12).pk], by=verifier)
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    with pytest.raises(NoRoom):
        place_candidate(two[0].pk, free_slots(planned), by=verifier)
    assert not two[0].test_slots.exists()
    assert minutes(slot(planned[0], 0)) == 25


def test_whoever_has_more_time_is_left_to_be_placed_by_hand(
    planned: list[Panel], two: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    placement = assign_candidates(tests_step.pk, albi.pk, by=verifier)
    assert (placement.placed, placement.left_over, placement.by_hand) == (1, 0, 1)
    assert not two[0].test_slots.exists()


def test_a_room_alone_changes_no_slot(
    planned: list[Panel], two: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    note_adjustment(two[0].pk, arrangements="Salle accessible", extra_minutes=0, by=verifier)
    assert assign_candidates(tests_step.pk, albi.pk, by=verifier).placed == 2


def test_noted_after_the_summons_the_slots_grow_and_the_candidate_is_told_again(
    planned: list[Panel], two: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    place_candidate(two[0].pk, free_slots(planned), by=verifier)
    send_summons(tests_step.pk, albi.pk, by=verifier)
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    summons = summons_of(scenario.reloaded(two[0].pk))
    assert summons is not None
    assert [s.ends_at - s.starts_at for s in summons.sittings] == [dt.timedelta(minutes=34), dt.timedelta(minutes=24)]
    assert Mail.objects.filter(kind="summons", recipient=two[0].candidate.user).count() == 2
    letters = Notice.objects.filter(kind="summons", recipient=two[0].candidate.user)
    standing = letters.get(replaced_by=None)
    assert (letters.get(replaced_by=standing).context["replaces"], standing.context["replaces"]) == (False, True)


def test_where_the_next_slot_is_taken_the_board_says_that_the_time_lacks(
    planned: list[Panel], two: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    place_candidate(two[0].pk, free_slots(planned), by=verifier)
    place_candidate(two[1].pk, [slot(planned[0], 1).pk, slot(planned[1], 12).pk], by=verifier)
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    assert minutes(sitting(two[0])["interview"]) == 25
    client = Client()
    client.force_login(verifier)
    board = client.get(reverse("admin:juries_planning", args=[tests_step.pk, albi.code])).content.decode()
    assert "créneau trop court" in board
    assert THIRD in board


def test_who_leaves_gives_back_a_slot_of_the_usual_length(
    planned: list[Panel], two: list[Dossier], verifier: User, django_capture_on_commit_callbacks
) -> None:
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    place_candidate(two[0].pk, free_slots(planned), by=verifier)
    first = sitting(two[0])["interview"].pk
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_dossier(two[0].pk, by=two[0].candidate.user)
    freed = TestSlot.objects.get(pk=first)
    assert freed.dossier is None
    assert minutes(freed) == 25


def test_only_who_examines_the_dossier_notes_it(two: list[Dossier], stranger: User, jury: User) -> None:
    with pytest.raises(Dossier.DoesNotExist):
        note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=stranger)
    with pytest.raises(NotAllowed):
        note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=jury)


@pytest.mark.parametrize(("arrangements", "extra"), [("", 9), (THIRD, 121), (THIRD, -1)])
def test_minutes_need_words_and_a_measure(two: list[Dossier], verifier: User, arrangements: str, extra: int) -> None:
    with pytest.raises(WrongAdjustment):
        note_adjustment(two[0].pk, arrangements=arrangements, extra_minutes=extra, by=verifier)


def test_the_journal_keeps_no_word_of_it_and_nothing_takes_it_back(two: list[Dossier], verifier: User) -> None:
    note_adjustment(two[0].pk, arrangements=THIRD, extra_minutes=9, by=verifier)
    assert "temps" not in str(Entry.objects.get(event="adjustment.noted").details)
    note_adjustment(two[0].pk, arrangements="", extra_minutes=0, by=verifier)
    assert not Adjustment.objects.exists()


def test_it_is_noted_on_the_dossiers_page_and_seen_where_people_are_placed_and_summoned(
    planned: list[Panel], two: list[Dossier], tests_step: Step, albi: School, verifier: User, stranger: User
) -> None:
    client = Client()
    client.force_login(verifier)
    page = reverse("admin:applicants_dossier_change", args=[two[0].pk])
    client.post(page, {"act": "adjust", "arrangements": THIRD, "extra_minutes": "9"})
    assert THIRD in client.get(page).content.decode()
    move = client.get(reverse("admin:juries_move", args=[tests_step.pk, albi.code, two[0].pk])).content.decode()
    assert THIRD in move
    place_candidate(two[0].pk, free_slots(planned), by=verifier)
    summons = client.get(reverse("admin:juries_summons", args=[tests_step.pk, albi.code])).content.decode()
    assert THIRD in summons
    candidate = Client()
    candidate.force_login(two[0].candidate.user)
    send_summons(tests_step.pk, albi.pk, by=verifier)
    assert THIRD not in "".join(str(mail.context) for mail in Mail.objects.filter(kind="summons"))
