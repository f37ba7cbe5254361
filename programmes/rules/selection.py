"""The selection: how many programmes one chooses, what is sat, marked and evaluated, what may be corrected."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from programmes.rules.conditions import Option
from programmes.text import Text


class Order(enum.StrEnum):
    """How the programmes of a dossier stand to each other."""

    RANKED = "ranked"  # in the candidate's order of preference
    UNRANKED = "unranked"  # side by side: each decides by itself
    SINGLE = "single"  # there is one only


@dataclass(frozen=True, slots=True)
class ProgrammeRule(Option):
    """A programme as the rules know it: a column of the eligibility tables, a choice to offer."""

    statuses: tuple[str, ...] = ()  # those under which it is studied; none named: the first that the choices know
    takes_early: bool = False  # selects candidates who go abroad ahead of the others


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """How many programmes a dossier may choose, in what order, and under which statuses they can be studied."""

    min_count: int = 1
    max_count: int | None = None
    order: Order = Order.RANKED
    statuses: tuple[Option, ...] = ()  # such as apprentice, student; none where nobody is asked

    early_field: str = ""  # the yes or no of the form by which a candidate asks to be studied early

    def status(self, code: str) -> Option | None:
        """The status of that code."""
        return next((status for status in self.statuses if status.code == code), None)


@dataclass(frozen=True, slots=True)
class TestRule:
    """A test that admissible candidates sit, marked out of `out_of`; a mark of `eliminatory` or less eliminates.

    One that is not `marked` is an interview of which no mark is kept.
    """

    __test__ = False  # not a test class for pytest

    code: str
    label: Text
    minutes: int
    examiners: Text = Text("", "")
    out_of: Decimal = Decimal(20)
    eliminatory: Decimal | None = None
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the evaluation grid, marked from 0 to `out_of`."""

    code: str
    label: Text
    out_of: Decimal = Decimal(20)


@dataclass(frozen=True, slots=True)
class EvaluationRule:
    """The marked evaluation of a choice: by how many, on what, and the mean (out of 20) below which one is not
    presented to the jury as it stands. Rules: BS-04, BS-05.
    """

    evaluators: int
    criteria: tuple[Criterion, ...]
    enough: Decimal


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """How many days a candidate has to answer a correction that opens by itself; staff who ask set another date."""

    days: int = 7


class Who(enum.StrEnum):
    """Who does what falls due: the portal by itself, or staff, who see that it is."""

    AUTOMATIC = "automatic"
    BY_STAFF = "by_staff"


@dataclass(frozen=True, slots=True)
class ConfirmationRule:
    """How somebody who is admitted keeps the place: within so many days of the notice, and by what besides saying so.

    A place that is not confirmed in time is released, and one that is free goes to the next of the waiting list.
    Rules: BS-07, NE-05, IIM-05, IIM-06.
    """

    days: int
    release: Who = Who.BY_STAFF
    call_next: Who = Who.BY_STAFF
    papers: tuple[str, ...] = ()  # codes of papers of the stage "place"
    papers_checked: bool = True  # they must be accepted; else it is enough that they are there
    deposit: bool = False
