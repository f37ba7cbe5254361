"""Fee amounts: how much a dossier owes for its programmes, and what is still owed after something was paid for.

Pure. All amounts are in cents. What was paid for is kept as bases, not as sums: when the office changes the amounts,
nobody owes more for what they have paid already. Rules: APP-11, APP-12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from programmes.rules import FeeRule
from programmes.text import Text

Lines = list[tuple[Text, int]]
FEE = Text(fr="Frais de dossier", en="Application fee")
COVERED = Text(fr="Déjà réglé", en="Already paid")


@dataclass(frozen=True, slots=True)
class Basis:
    """What the fee is computed from: the number of programmes chosen, and whether it is the reduced one."""

    programmes: int = 1
    is_reduced: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """The basis that a charge keeps; one that keeps none was opened for one programme at the full price."""
        return cls(programmes=kept.get("programmes", 1), is_reduced=kept.get("is_reduced", False))

    def as_json(self) -> dict[str, Any]:
        """The form in which a charge keeps it."""
        return {"programmes": self.programmes, "is_reduced": self.is_reduced}


def total(fee: FeeRule, basis: Basis) -> int:
    """What a dossier owes in all."""
    return sum(cents for _, cents in lines(fee, basis))


def lines(fee: FeeRule, basis: Basis) -> Lines:
    """The same, line by line: the first programme, then the others; nothing without a programme."""
    price = fee.reduction if basis.is_reduced and fee.reduction else fee
    others = basis.programmes - 1
    if others < 0:
        return []
    if not others or not price.further:
        return [(FEE, price.amount)]
    return [(_first(basis.is_reduced), price.amount), (_others(others), others * price.further)]


def still_owed(fee: FeeRule, now: Basis, paid_for: Iterable[Basis]) -> int:
    """What is owed beside what was paid for; never less than nothing, since nothing of a fee is given back."""
    return max(0, total(fee, now) - covered(fee, paid_for))


def complement_lines(fee: FeeRule, now: Basis, paid_for: Iterable[Basis]) -> Lines:
    """The lines of a complement: the whole fee as it now is, less what is covered."""
    return [*lines(fee, now), (COVERED, -covered(fee, paid_for))]


def covered(fee: FeeRule, paid_for: Iterable[Basis]) -> int:
    """What the charges opened so far amount to: each complement makes up for the difference to the greatest."""
    return max((total(fee, basis) for basis in paid_for), default=0)


def _first(is_reduced: bool) -> Text:
    if is_reduced:
        return Text(fr="Première formation, tarif réduit", en="First programme, reduced fee")
    return Text(fr="Première formation", en="First programme")


def _others(count: int) -> Text:
    if count == 1:
        return Text(fr="1 autre formation", en="1 further programme")
    return Text(fr=f"{count} autres formations", en=f"{count} further programmes")
