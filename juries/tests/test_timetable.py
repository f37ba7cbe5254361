"""The timetable of the tests, on made-up days."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from juries.timetable import Slot, can_be_sat_together, cut_day, make_sittings

DAY = dt.date(2026, 5, 18)
PAUSE_MINUTES = 10


def at(minute: int, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8), dt.UTC) + dt.timedelta(minutes=minute)


def slot(key: int, test: str, begins: int, minutes: int, day: dt.date = DAY) -> Slot:
    return Slot(key, test, day, at(begins, day), at(begins + minutes, day))


@st.composite
def free_slots(draw: st.DrawFn, tests: tuple[str, ...] = ("interview", "english"), most: int = 5) -> list[Slot]:
    slots: list[Slot] = []
    for test, minutes in zip(tests, (25, 15, 20), strict=False):
        for _ in range(draw(st.integers(0, most))):
            day = DAY + dt.timedelta(days=draw(st.integers(0, 1)))
            slots.append(slot(len(slots), test, draw(st.integers(0, 12)) * 10, minutes, day))
    return slots


def most_sittings(slots: list[Slot]) -> int:
    """The best that any timetable for two tests can do, by trying all."""
    interviews = [one for one in slots if one.test == "interview"]
    others = [one for one in slots if one.test == "english"]

    @cache
    def best(position: int, left: frozenset[int]) -> int:
        if position == len(interviews):
            return 0
        found = best(position + 1, left)
        for number in left:
            if can_be_sat_together((interviews[position], others[number]), PAUSE_MINUTES):
                found = max(found, 1 + best(position + 1, left - {number}))
        return found

    return best(0, frozenset(range(len(others))))


def test_a_day_is_cut_around_its_pause_and_no_slot_overruns() -> None:
    times = cut_day(at(0), at(180), minutes=25, between=5, pause=(at(55), at(100)))
    assert times == [(at(0), at(25)), (at(30), at(55)), (at(100), at(125)), (at(130), at(155))]


@given(st.integers(5, 60), st.integers(0, 20), st.integers(0, 200), st.integers(0, 90), st.integers(30, 400))
def test_slots_of_a_panel_never_touch_each_other_nor_the_pause(
    minutes: int, between: int, pause_from: int, pause_for: int, until: int
) -> None:
    pause = (at(pause_from), at(pause_from + pause_for))
    times = cut_day(at(0), at(until), minutes=minutes, between=between, pause=pause)
    for (_, ended), (began, _) in pairwise(times):
        assert began - ended >= dt.timedelta(minutes=between) or began == pause[1]
        assert began >= ended
    for began, ended in times:
        assert ended <= pause[0] or began >= pause[1]
        assert ended <= at(until)


@given(free_slots(), st.integers(0, 6))
def test_a_sitting_has_every_test_once_on_one_day_never_two_at_once(slots: list[Slot], count: int) -> None:
    sittings = make_sittings(["interview", "english"], slots, count=count, between=PAUSE_MINUTES)
    used = [one.key for sitting in sittings for one in sitting]
    assert len(used) == len(set(used))
    assert len(sittings) <= count
    for sitting in sittings:
        assert sorted(one.test for one in sitting) == ["english", "interview"]
        assert len({one.day for one in sitting}) == 1
        before, after = sorted(sitting, key=lambda one: one.starts_at)
        assert after.starts_at - before.ends_at >= dt.timedelta(minutes=PAUSE_MINUTES)


@given(free_slots(), st.integers(0, 6))
def test_no_timetable_places_more_candidates(slots: list[Slot], count: int) -> None:
    """A first-come assignment can strand candidates that a cleverer one places."""
    sittings = make_sittings(["interview", "english"], slots, count=count, between=PAUSE_MINUTES)
    assert len(sittings) == min(count, most_sittings(slots))


@given(free_slots(), st.randoms(use_true_random=False))
def test_the_order_of_the_slots_changes_nothing(slots: list[Slot], chance: random.Random) -> None:
    shuffled = list(slots)
    chance.shuffle(shuffled)
    tests = ["interview", "english"]
    assert make_sittings(tests, slots, count=9, between=5) == make_sittings(tests, shuffled, count=9, between=5)


@given(free_slots(("interview", "english", "case")))
def test_three_tests_are_joined_without_clash(slots: list[Slot]) -> None:
    sittings = make_sittings(["interview", "english", "case"], slots, count=9, between=PAUSE_MINUTES)
    for sitting in sittings:
        assert len(sitting) == 3
        assert can_be_sat_together(sitting, PAUSE_MINUTES)


@given(free_slots(("interview",)), st.integers(0, 6))
def test_a_single_test_takes_the_earliest_slots(slots: list[Slot], count: int) -> None:
    sittings = make_sittings(["interview"], slots, count=count, between=0)
    earliest = sorted(slots, key=lambda one: (one.starts_at, one.ends_at, one.key))[:count]
    assert [sitting[0] for sitting in sittings] == earliest


def test_a_full_day_of_a_school_is_placed_whole() -> None:
    """Three interview panels and two examiners of English, all their slots free: every English slot can be used."""
    times = {"interview": (25, 3), "english": (15, 2)}
    slots: list[Slot] = []
    for test, (minutes, panels) in times.items():
        cut = cut_day(at(0), at(480), minutes=minutes, between=5, pause=(at(240), at(300)))
        slots += [
            Slot(len(slots) + key, test, DAY, begins, ends)
            for key, ((begins, ends), _) in enumerate(product(cut, range(panels)))
        ]
    interviews = sum(one.test == "interview" for one in slots)
    assert len(make_sittings(["interview", "english"], slots, count=99, between=PAUSE_MINUTES)) == min(
        interviews, len(slots) - interviews
    )
