"""Money: what is owed, by whom, and how it may be paid. Amounts are in cents."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from programmes.rules.conditions import Condition
from programmes.text import Text


class Needed(enum.StrEnum):
    """By when a fee must be settled."""

    SUBMISSION = "submission"
    VALIDATION = "validation"


class Means(enum.StrEnum):
    """The ways to pay that a fee allows."""

    TRANSFER = "transfer"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who owes no fee: those who answer so, on a paper that staff accept."""

    label: Text
    when: Condition
    paper: str


@dataclass(frozen=True, slots=True)
class FeeRule:
    """The application fee, in cents, owed to the school of the first choice."""

    amount: int
    means: tuple[Means, ...]
    reference: str  # the transfer's reference; {family_name} and {given_names} are replaced
    needed_for: Needed = Needed.VALIDATION
    exemption: Exemption | None = None
