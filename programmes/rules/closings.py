"""Closing hours of some: who is asked to apply earlier than everyone else."""

from __future__ import annotations

from dataclasses import dataclass

from programmes.rules.conditions import Condition


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """Who is to apply by the end of the calendar's entry `code`.

    Where it is strict nothing of theirs is taken later; else it is advised, and they are told. Rule: NE-01.
    """

    code: str
    when: Condition
    strict: bool = False
