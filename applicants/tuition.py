"""Tuition: what studying a programme costs a candidate, and when which part is due.

Pure. All amounts are in cents. Rule: NE-08.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from programmes.rules import TuitionRule
from programmes.text import Text

TUITION = Text(fr="Frais de scolarité", en="Tuition")
FIRST = Text(fr="Première échéance de scolarité", en="First instalment of tuition")


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment: which, on which day (None: at admission), how much."""

    number: int
    on: dt.date | None
    amount: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a candidate owes, line by line, and the instalments that make it up."""

    lines: tuple[tuple[Text, int], ...]
    dues: tuple[Due, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(cents for _, cents in self.lines)

    @property
    def first_lines(self) -> list[tuple[Text, int]]:
        """What the first instalment is made of: a part of the price, and what is due whole."""
        extras = list(self.lines[1:])
        return [(FIRST, self.dues[0].amount - sum(cents for _, cents in extras)), *extras]


def schedule(rule: TuitionRule, programme: str, answers: Mapping[str, str]) -> Schedule | None:
    """The candidate's own schedule for `programme`; None as long as their answer has no price."""
    price = rule.price(programme, answers.get(rule.by, ""))
    if price is None:
        return None
    extras = tuple((extra.label, extra.amount) for extra in rule.extras if extra.when.holds(answers))
    beside = sum(cents for _, cents in extras)
    parts = split(price, len(rule.instalments))
    dues = (
        Due(number, instalment.due_on, part + (beside if number == 1 else 0))
        for number, (instalment, part) in enumerate(zip(rule.instalments, parts, strict=True), start=1)
    )
    return Schedule(((TUITION, price), *extras), tuple(dues))


def split(amount: int, parts: int) -> list[int]:
    """`amount` in so many parts of the same size to the cent; the first ones take the cents that are left over."""
    share, left_over = divmod(amount, parts)
    return [share + (number < left_over) for number in range(parts)]
