"""The selection: how many programmes one chooses, what is sat and marked, what may be corrected."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from programmes.text import Text


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """How many programmes a dossier may rank."""

    min_count: int = 1
    max_count: int | None = None


@dataclass(frozen=True, slots=True)
class TestRule:
    """A test that admissible candidates sit, marked out of `out_of`; a mark of `eliminatory` or less eliminates."""

    __test__ = False  # not a test class for pytest

    code: str
    label: Text
    minutes: int
    examiners: Text = Text("", "")
    out_of: Decimal = Decimal(20)
    eliminatory: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """How many days a candidate has to answer a correction that opens by itself; staff who ask set another date."""

    days: int = 7
