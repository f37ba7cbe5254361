"""What a procedure's file says, as plain values.

`Live` is what an office may change at any time; it has the same shape whether it comes from a file or from
the database, so that the two can be compared. `programmes.rules.Rules` is what becomes a version. Instants
are aware datetimes; money is in cents; accounts are written without spaces.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field

from programmes.procedure_file.nodes import Remark
from programmes.rules import Rules
from programmes.text import Text


class StepKind(enum.StrEnum):
    """What is decided at a step of the selection."""

    ADMISSIBILITY = "admissibility"
    TESTS = "tests"
    ADMISSION = "admission"


@dataclass(frozen=True, slots=True)
class School:
    """A school, how to reach it in this procedure, and where to pay it."""

    code: str
    name: str
    website: str
    accent: str
    department: str
    address: str
    email: str
    phone: str
    presentation: Text
    iban: str
    bic: str
    account_holder: str
    takes_cards: bool


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A window, or an instant, of the calendar."""

    code: str
    label: Text
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class TestDay:
    """A day on which a school holds its tests."""

    __test__ = False  # not a test class for pytest

    school: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the selection, in its order."""

    code: str
    kind: StepKind
    label: Text
    meets_at: dt.datetime | None
    results_at: dt.datetime | None
    test_days: tuple[TestDay, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """What is studied, in one school."""

    code: str
    school: str
    title: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Track:
    """The route by which one enters a programme, and the year one enters."""

    code: str
    label: Text
    entry_year: int


@dataclass(frozen=True, slots=True)
class Pool:
    """The seats of a programme for one track, and how many offers may stand at once (None: as many)."""

    programme: str
    track: str
    seats: int
    calls: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A window in which offers are answered."""

    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Live:
    """What an office may change at any time: names, people to reach, calendar, seats, texts."""

    title: Text
    short_title: Text
    introduction: Text
    year: int
    contact_email: str
    website: str
    schools: tuple[School, ...]
    calendar: tuple[CalendarEntry, ...]
    steps: tuple[Step, ...]
    programmes: tuple[Programme, ...]
    tracks: tuple[Track, ...]
    pools: tuple[Pool, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """A procedure's file, read whole and without fault."""

    code: str
    live: Live
    rules: Rules
    warnings: tuple[Remark, ...] = field(default=())
