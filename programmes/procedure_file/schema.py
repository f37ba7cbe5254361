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
from programmes.windows import CalendarEntry


class Examination(enum.StrEnum):
    """Who verifies the dossiers: the service of the school ranked first, or one office for all."""

    FIRST_CHOICE = "first_choice"
    CENTRAL = "central"


class Judgement(enum.StrEnum):
    """Who judges: one jury on the dossier for all, or each programme on the choice that names it."""

    COMMON = "common"
    BY_PROGRAMME = "by_programme"


class StepKind(enum.StrEnum):
    """What is done at a step of the selection."""

    OPINION = "opinion"
    ADMISSIBILITY = "admissibility"
    TESTS = "tests"
    EVALUATION = "evaluation"
    ADMISSION = "admission"


class DecidedBy(enum.StrEnum):
    """Who decides at a step: the jury, or the service that verifies."""

    JURY = "jury"
    SERVICE = "service"


class Order(enum.StrEnum):
    """In which order dossiers are decided: any, or as they arrived."""

    ANY = "any"
    ARRIVAL = "arrival"


class Booking(enum.StrEnum):
    """Who gives a candidate a slot."""

    STAFF = "staff"
    CANDIDATE = "candidate"


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
class TestDay:
    """A day on which a school holds its tests."""

    __test__ = False  # not a test class for pytest

    school: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class JurySession:
    """One of several meetings of a jury; of one programme's, or of all. It studies what came before `closes_at`."""

    programme: str
    closes_at: dt.datetime | None
    meets_at: dt.datetime
    results_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the selection, in its order. A jury that meets several times has sessions, and no other meeting."""

    code: str
    kind: StepKind
    label: Text
    meets_at: dt.datetime | None
    results_at: dt.datetime | None
    test_days: tuple[TestDay, ...]
    decided_by: DecidedBy = DecidedBy.JURY
    order: Order = Order.ANY
    notify_within: int | None = None  # working days from the decision to the candidate's notice
    booking: Booking = Booking.STAFF
    booking_closes_hours: int | None = None  # before the slot begins: then the candidate changes it no more
    sessions: tuple[JurySession, ...] = ()


@dataclass(frozen=True, slots=True)
class Programme:
    """What is studied, in one school."""

    code: str
    school: str
    title: Text
    description: Text
    starts_on: dt.date | None = None


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
    audience: Text
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
    examination: Examination = Examination.FIRST_CHOICE
    judgement: Judgement = Judgement.COMMON
    retention_months: int = 24


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """A procedure's file, read whole and without fault."""

    code: str
    live: Live
    rules: Rules
    warnings: tuple[Remark, ...] = field(default=())
