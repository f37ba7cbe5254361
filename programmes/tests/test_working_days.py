"""Working days: what a delay of so many of them means. Rules: BS-03, BS-06."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.words import PARIS
from programmes.working_days import due_after, is_working_day, working_days_after

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
COUNTS = st.integers(0, 40)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-05-07", True),
        ("2024-05-08", False),  # the victory of 1945
        ("2024-05-09", False),  # Ascension
        ("2024-05-11", False),  # a Saturday
        ("2024-05-20", False),  # Whit Monday
        ("2024-07-14", False),
        ("2026-04-06", False),  # Easter Monday
        ("2026-04-07", True),
    ],
)
def test_french_holidays_and_weekends_are_off(day, works):
    assert is_working_day(dt.date.fromisoformat(day)) is works


def test_a_decision_before_two_holidays_and_a_weekend():
    """Decided on Tuesday 7 May 2024: Wednesday and Thursday are off; Friday is the first day, Monday the second."""
    assert working_days_after(dt.date(2024, 5, 7), 2) == dt.date(2024, 5, 13)


def test_it_is_due_at_the_end_of_the_last_day():
    decided = dt.datetime(2024, 5, 7, 16, tzinfo=PARIS)
    end = dt.datetime(2024, 5, 14, tzinfo=PARIS)
    assert due_after(decided, 2) == end


def test_late_in_the_evening_is_that_day_in_paris():
    """At 23:30 in Paris it is still Friday, whatever UTC says."""
    decided = dt.datetime(2024, 6, 7, 21, 30, tzinfo=dt.UTC)
    assert due_after(decided, 1).astimezone(PARIS) == dt.datetime(2024, 6, 11, tzinfo=PARIS)


@given(DAYS, COUNTS)
def test_just_so_many_working_days_pass(day, count):
    end = working_days_after(day, count)
    between = [day + dt.timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(is_working_day(one) for one in between) == count
    assert count == 0 or is_working_day(end)


@given(DAYS, COUNTS, COUNTS)
def test_delays_add_up(day, first, second):
    assert working_days_after(working_days_after(day, first), second) == working_days_after(day, first + second)


def test_a_delay_of_years_is_a_mistake():
    with pytest.raises(ValueError, match="250"):
        working_days_after(dt.date(2024, 1, 1), 251)
