"""Planning: panels, slots, one day for each candidate, the summons."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from accounts.models import User
from applicants.models import Dossier
from applicants.tests import scenario
from documents.models import Notice
from journal.errors import NotAllowed
from juries.models import Panel, TestSlot
from juries.planning import (
    NotPlannable,
    add_panel,
    assign_candidates,
    change_panel,
    place_candidate,
    plan_slots,
    remove_panel,
    send_summons,
)
from juries.summons import summons_of
from juries.tests import rows
from notifications.models import Mail
from notifications.rendering import render
from programmes.models import Procedure, School, Step

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def panels(tests_step: Step, albi: School, verifier: User) -> list[Panel]:
    """Two panels for the interview and one examiner of English."""
    return [
        add_panel(tests_step.pk, albi.pk, test=test, name=name, room=f"Salle {name}", by=verifier)
        for test, name in [("interview", "Jury A"), ("interview", "Jury B"), ("english", "Anglais")]
    ]


@pytest.fixture
def planned(panels: list[Panel], tests_step: Step, albi: School, verifier: User) -> int:
    """Their slots on the school's two days."""
    return plan_slots(tests_step.pk, albi.pk, by=verifier)


@pytest.fixture
def three(procedure: Procedure, admissibility: Step) -> list[Dossier]:
    """Three admissible candidates of the school."""
    made = rows.admissible(procedure, 3)
    rows.published(admissibility)
    return made


def sitting(dossier: Dossier) -> list[TestSlot]:
    return list(dossier.test_slots.select_related("panel").order_by("starts_at"))


def test_slots_fill_the_schools_days_and_leave_the_pause(planned: int, panels: list[Panel]) -> None:
    slots = TestSlot.objects.filter(panel=panels[0])
    local = [(one.starts_at.astimezone(PARIS), one.ends_at.astimezone(PARIS)) for one in slots]
    assert {begins.date() for begins, _ in local} == {dt.date(2026, 5, 18), dt.date(2026, 5, 19)}
    assert all(ends - begins == dt.timedelta(minutes=25) for begins, ends in local)
    assert not any(begins.time() < dt.time(13, 30) and ends.time() > dt.time(12, 30) for begins, ends in local)
    assert local[0][0].time() == dt.time(8, 30)
    assert planned == TestSlot.objects.count()


def test_each_candidate_gets_one_day_with_every_test(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    placement = assign_candidates(tests_step.pk, albi.pk, by=verifier)
    assert (placement.placed, placement.left_over) == (3, 0)
    assert scenario.events(tests_step.pk).count("tests.assigned") == 1
    for dossier in three:
        first, second = sitting(dossier)
        assert {first.test, second.test} == {"interview", "english"}
        assert first.starts_at.astimezone(PARIS).date() == second.starts_at.astimezone(PARIS).date()
        assert second.starts_at - first.ends_at >= dt.timedelta(minutes=10)


def test_assigning_again_moves_nobody(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User, procedure: Procedure
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    before = {dossier.pk: [one.pk for one in sitting(dossier)] for dossier in three}
    late = rows.admissible(procedure, 1, first=9)[0]
    assert assign_candidates(tests_step.pk, albi.pk, by=verifier).placed == 1
    assert {dossier.pk: [one.pk for one in sitting(dossier)] for dossier in three} == before
    assert len(sitting(late)) == 2


def test_only_the_admissible_who_ranked_the_school_first_sit_there(
    planned: int, procedure: Procedure, admissibility: Step, tests_step: Step, albi: School, verifier: User
) -> None:
    rows.admissible(procedure, 1, choices=("ales", "albi"))
    rows.decided(rows.dossier(procedure, 5), admissibility, "not_admissible")
    rows.published(admissibility)
    assert assign_candidates(tests_step.pk, albi.pk, by=verifier).placed == 0


def test_nobody_is_placed_before_admissibility_is_public(
    planned: int, procedure: Procedure, tests_step: Step, albi: School, verifier: User
) -> None:
    """A planner of the school would learn who is admissible."""
    rows.admissible(procedure, 1)
    assert assign_candidates(tests_step.pk, albi.pk, by=verifier).placed == 0


def test_who_finds_no_slot_is_counted(
    panels: list[Panel], three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    rows.admissible(three[0].procedure, 2, first=4)
    nine, five_to_ten = dt.time(9), dt.time(9, 55)
    plan_slots(tests_step.pk, albi.pk, by=verifier, day_start=nine, day_end=five_to_ten, pause_start=None)
    placement = assign_candidates(tests_step.pk, albi.pk, by=verifier)
    # A day has English at 9 h, 9 h 20, 9 h 40 and interviews at 9 h and 9 h 30: two sittings, on two days.
    assert (placement.placed, placement.left_over) == (4, 1)


def test_planning_again_keeps_the_slots_given(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    before = [one.pk for one in sitting(three[0])]
    plan_slots(tests_step.pk, albi.pk, by=verifier, day_start=dt.time(9, 10))
    assert [one.pk for one in sitting(three[0])] == before
    for panel in Panel.objects.all():
        slots = list(panel.slots.order_by("starts_at"))
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(slots))


def test_planning_again_replaces_the_free_slots_of_the_school_and_no_others(
    planned: int, procedure: Procedure, tests_step: Step, albi: School, verifier: User, stranger: User
) -> None:
    ales = School.objects.get(code="ales")
    add_panel(tests_step.pk, ales.pk, test="english", name="Anglais", room="1", by=stranger)
    elsewhere = plan_slots(tests_step.pk, ales.pk, by=stranger)
    fewer = plan_slots(tests_step.pk, albi.pk, by=verifier, day_start=dt.time(14))
    assert 0 < fewer < planned
    slots = TestSlot.objects.filter(panel__school=albi)
    assert all(slot.starts_at.astimezone(PARIS).time() >= dt.time(14) for slot in slots)
    assert TestSlot.objects.filter(panel__school=ales).count() == elsewhere


def test_a_panel_is_moved_to_another_room_and_who_comes_is_told(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User, panels: list[Panel]
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    send_summons(tests_step.pk, albi.pk, by=verifier)
    english = panels[2]
    change_panel(english.pk, room=" B12 ", remote_url="", by=verifier)
    english.refresh_from_db()
    assert english.room == "B12"
    assert scenario.events(english.pk).count("panel.changed") == 1
    assert Mail.objects.filter(kind="summons").count() == 6


def test_the_summons_is_mail_calendar_notice_and_site(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    assert summons_of(three[0]) is None
    assert send_summons(tests_step.pk, albi.pk, by=verifier) == 3
    assert send_summons(tests_step.pk, albi.pk, by=verifier) == 0
    summons = summons_of(three[0])
    assert summons is not None
    assert [one.starts_at for one in summons.sittings] == [one.starts_at for one in sitting(three[0])]
    mail = Mail.objects.get(kind="summons", recipient=three[0].candidate.user)
    rendered = render(mail)
    assert "lundi 18 mai 2026" in rendered.subject
    assert "Campus Jarlard" in rendered.text
    assert "Salle Jury A" in rendered.text
    assert {str(event["summary"]) for event in Calendar.from_ical(mail.calendar).walk("VEVENT")} == {
        "Entretien avec le jury – IMT Mines Albi",
        "Épreuve d’anglais – IMT Mines Albi",
    }
    assert Notice.objects.filter(kind="summons", school=albi).count() == 3


def test_a_panel_held_at_a_distance_is_told_with_its_link(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User, panels: list[Panel]
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    send_summons(tests_step.pk, albi.pk, by=verifier)
    for panel in panels:
        change_panel(panel.pk, room="", remote_url=f"https://visio.example.org/{panel.pk}", by=verifier)
    mails = Mail.objects.filter(kind="summons", recipient=three[0].candidate.user).order_by("queued_at", "pk")
    last = next(mail for mail in mails if mail.context["is_remote"])
    assert "votre convocation change" in render(last).subject
    assert "https://visio.example.org/" in last.calendar
    assert "Campus Jarlard" not in render(last).text


def test_a_candidate_is_moved_to_another_day_and_told(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    send_summons(tests_step.pk, albi.pk, by=verifier)
    free = TestSlot.objects.filter(dossier=None, starts_at__gte=dt.datetime(2026, 5, 19, tzinfo=PARIS))
    english = free.filter(test="english").latest("starts_at")
    earlier = free.filter(test="interview").earliest("starts_at")
    place_candidate(three[0].pk, [earlier.pk, english.pk], by=verifier)
    assert {one.pk for one in sitting(three[0])} == {earlier.pk, english.pk}
    assert all(one.summoned_at for one in sitting(three[0]))
    assert TestSlot.objects.filter(dossier=None, summoned_at__isnull=False).count() == 0
    assert Mail.objects.filter(kind="summons", recipient=three[0].candidate.user).count() == 2
    assert "tests.moved" in scenario.events(three[0].pk)


def test_a_candidate_can_keep_one_of_the_two_slots(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    first, second = sitting(three[0])
    later = TestSlot.objects.filter(dossier=None, test=second.test, starts_at__gt=second.starts_at)[0]
    place_candidate(three[0].pk, [first.pk, later.pk], by=verifier)
    assert [one.pk for one in sitting(three[0])] == [first.pk, later.pk]


def test_moves_that_cannot_be_are_refused(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, verifier: User
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    free = TestSlot.objects.filter(dossier=None)
    interviews, english = free.filter(test="interview"), free.filter(test="english")
    taken = sitting(three[1])
    halfway = [
        next(slot.pk for slot in taken if slot.test == "english"),
        interviews.filter(starts_at__gte=taken[-1].ends_at).earliest("starts_at").pk,
    ]
    clash = next(
        (one.pk, other.pk)
        for one in interviews
        for other in english
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    )
    last_day = interviews.latest("starts_at")
    first_day = english.earliest("starts_at")
    for slots in (
        [one.pk for one in taken],
        halfway,
        clash,
        [last_day.pk, first_day.pk],
        [last_day.pk],
        [last_day.pk, interviews.earliest("starts_at").pk],
        [],
    ):
        with pytest.raises(NotPlannable):
            place_candidate(three[0].pk, slots, by=verifier)
    assert len(sitting(three[0])) == len(sitting(three[1])) == 2


def test_panels_are_named_once_and_have_a_place(tests_step: Step, albi: School, verifier: User) -> None:
    add_panel(tests_step.pk, albi.pk, test="english", name="A", room="12", by=verifier)
    for name, room, test in [("A", "13", "english"), (" ", "13", "english"), ("B", "", "english"), ("C", "1", "golf")]:
        with pytest.raises(NotPlannable):
            add_panel(tests_step.pk, albi.pk, test=test, name=name, room=room, by=verifier)
    assert Panel.objects.count() == 1


def test_a_panel_that_sees_candidates_stays(
    planned: int, three: list[Dossier], panels: list[Panel], tests_step: Step, albi: School, verifier: User
) -> None:
    assign_candidates(tests_step.pk, albi.pk, by=verifier)
    busy = Panel.objects.filter(slots__dossier__isnull=False)[0]
    with pytest.raises(NotPlannable):
        remove_panel(busy.pk, by=verifier)
    TestSlot.objects.update(dossier=None)
    remove_panel(busy.pk, by=verifier)
    assert Panel.objects.count() == 2


def test_planning_needs_panels_and_hours_in_order(tests_step: Step, albi: School, verifier: User) -> None:
    with pytest.raises(NotPlannable):
        plan_slots(tests_step.pk, albi.pk, by=verifier)
    add_panel(tests_step.pk, albi.pk, test="english", name="A", room="12", by=verifier)
    for hours in (
        {"day_start": dt.time(18), "day_end": dt.time(9)},
        {"pause_start": dt.time(14), "pause_end": dt.time(13)},
        {"minutes_between": -1},
    ):
        with pytest.raises(NotPlannable):
            plan_slots(tests_step.pk, albi.pk, by=verifier, **hours)


def test_another_school_plans_nothing_here(
    planned: int, three: list[Dossier], tests_step: Step, albi: School, stranger: User, panels: list[Panel]
) -> None:
    for act in (
        lambda: add_panel(tests_step.pk, albi.pk, test="english", name="Z", room="1", by=stranger),
        lambda: change_panel(panels[0].pk, room="9", remote_url="", by=stranger),
        lambda: remove_panel(panels[0].pk, by=stranger),
        lambda: plan_slots(tests_step.pk, albi.pk, by=stranger),
        lambda: assign_candidates(tests_step.pk, albi.pk, by=stranger),
        lambda: send_summons(tests_step.pk, albi.pk, by=stranger),
        lambda: place_candidate(three[0].pk, [panels[0].slots.all()[0].pk], by=stranger),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_one_test_twice_is_impossible(planned: int, three: list[Dossier]) -> None:
    one, other = TestSlot.objects.filter(test="english")[:2]
    one.dossier = three[0]
    one.save()
    other.dossier = three[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


@pytest.mark.postgresql
class TestExclusion:
    """The database itself keeps panels and candidates from being in two places at once."""

    def test_a_panel_never_sees_two(self, panels: list[Panel]) -> None:
        begins = dt.datetime(2026, 5, 18, 8, tzinfo=dt.UTC)
        half_hour = dt.timedelta(minutes=30)
        TestSlot.objects.create(panel=panels[0], test="interview", starts_at=begins, ends_at=begins + half_hour)
        with pytest.raises(IntegrityError), transaction.atomic():
            TestSlot.objects.create(
                panel=panels[0], test="interview", starts_at=begins + half_hour / 2, ends_at=begins + 2 * half_hour
            )

    def test_a_candidate_is_never_at_two_tests(self, planned: int, three: list[Dossier]) -> None:
        interview = TestSlot.objects.filter(test="interview")[0]
        english = TestSlot.objects.filter(
            test="english", starts_at__lt=interview.ends_at, ends_at__gt=interview.starts_at
        )[0]
        with pytest.raises(IntegrityError), transaction.atomic():
            TestSlot.objects.filter(pk__in=[interview.pk, english.pk]).update(dossier=three[0])
