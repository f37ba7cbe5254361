"""The evaluation grid: what an evaluator's marks come to, and the mean of all evaluators. Pure.

A mark is the sum of the criteria brought to 20. Marks and means are kept to the hundredth, rounded half up: what is
shown is what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from programmes.rules import EvaluationRule

SCALE = Decimal(20)
HUNDREDTH = Decimal("0.01")


def mark_of(rule: EvaluationRule, marks: Mapping[str, Decimal]) -> Decimal:
    """What one evaluator gave, out of 20; `marks` has every criterion."""
    most = sum((criterion.out_of for criterion in rule.criteria), Decimal(0))
    given = sum((marks[criterion.code] for criterion in rule.criteria), Decimal(0))
    return _kept(given * SCALE / most)


def mean_of(marks: Sequence[Decimal]) -> Decimal:
    """The mean of the evaluators' marks, of which there is at least one."""
    return _kept(sum(marks, Decimal(0)) / len(marks))


def _kept(number: Decimal) -> Decimal:
    return number.quantize(HUNDREDTH, ROUND_HALF_UP)
