"""Working days: when something is due that must be done within so many of them. Pure.

Saturdays, Sundays and the public holidays of mainland France are no working days. A delay is counted in full days: what
happened on a day, at whatever hour, and must be done within two working days, is due at the end of the second working
day after it.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import holidays

from programmes.words import PARIS

SATURDAY = 5
MOST_DAYS = 250  # a year of them: more is a mistake, and would be counted day by day


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on that day."""
    return day.weekday() < SATURDAY and day not in _public_holidays(day.year)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The `count`th working day after `day`; `day` itself for 0.

    Raises:
        ValueError: `count` is negative, or of more than a year.
    """
    if not 0 <= count <= MOST_DAYS:
        raise ValueError("a delay has from 0 to 250 working days")
    while count:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day


def due_after(happened_at: dt.datetime, working_days: int) -> dt.datetime:
    """Until when (UTC, strictly before it) what must follow within so many working days is in time.

    Rules: BS-03, BS-06.
    """
    last = working_days_after(happened_at.astimezone(PARIS).date(), working_days)
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time(0), PARIS).astimezone(dt.UTC)


@cache
def _public_holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("FR", years=year)
