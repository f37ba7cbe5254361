"""Money: what is owed, by whom, and how it may be paid. Amounts are in cents."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from programmes.rules.conditions import ALWAYS, Condition
from programmes.text import Text


class Needed(enum.StrEnum):
    """By when a fee must be settled."""

    SUBMISSION = "submission"
    VALIDATION = "validation"


class Means(enum.StrEnum):
    """The ways to pay that a procedure allows."""

    TRANSFER = "transfer"
    CARD = "card"
    LINK = "link"  # on a page outside of the portal; staff note what came


@dataclass(frozen=True, slots=True)
class Link:
    """A payment page outside of the portal, for those who answer so."""

    url: str
    label: Text
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who owes no fee: those who answer so, on a paper that staff accept."""

    label: Text
    when: Condition
    paper: str


@dataclass(frozen=True, slots=True)
class Reduction:
    """Who owes a smaller fee: those who answer so, on a paper without which nothing is submitted.

    When staff refuse it, the difference is due within `complement_days`; unpaid then, the dossier is not studied.
    """

    label: Text
    when: Condition
    paper: str
    amount: int
    further: int = 0
    complement_days: int = 15


@dataclass(frozen=True, slots=True)
class FeeRule:
    """The application fee: `amount` for the first programme chosen, `further` for each other one."""

    amount: int
    means: tuple[Means, ...]
    reference: str  # the transfer's reference, with names in braces that are replaced
    needed_for: Needed = Needed.VALIDATION
    exemption: Exemption | None = None
    further: int = 0
    payee: str = ""  # a school's code; none: the school of the first choice
    link: Link | None = None
    reduction: Reduction | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """What one owes who gave that answer to the question that prices hang on."""

    answer: str
    amount: int


@dataclass(frozen=True, slots=True)
class ProgrammePrices:
    """The prices of one programme, where they are its own."""

    programme: str
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """What some owe beside the price of their studies; due whole with the first instalment."""

    code: str
    label: Text
    amount: int
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the price, due on a day; on none: at admission."""

    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TuitionRule:
    """What studying costs, by the answer to the question `by`, in instalments of the same size.

    The first is paid at admission, the others are debited under a mandate, where `mandate` says so. Rule: NE-08.
    """

    by: str
    amounts: tuple[Price, ...]
    instalments: tuple[Instalment, ...]
    programmes: tuple[ProgrammePrices, ...] = ()
    extras: tuple[Extra, ...] = ()
    mandate: bool = False
    means: tuple[Means, ...] = (Means.TRANSFER, Means.CARD)
    reference: str = ""

    def price(self, programme: str, answer: str) -> int | None:
        """What one owes for `programme` who gave that answer; None for none that has a price."""
        own = next((listed.prices for listed in self.programmes if listed.programme == programme), self.amounts)
        return next((price.amount for price in own if price.answer == answer), None)


class Refundable(enum.StrEnum):
    """What may be paid back at all; the values are the reasons of charges."""

    APPLICATION_FEE = "application_fee"
    DEPOSIT = "deposit"
    INSTALMENT = "instalment"


@dataclass(frozen=True, slots=True)
class RefundRule:
    """A case in which sums are paid back whole, on a paper that staff accept. What no rule names never is.

    It may be asked for until the calendar's entry `until` ends, or `days` after the sum was paid; with neither, always.
    """

    code: str
    of: tuple[Refundable, ...]
    label: Text
    paper: Text
    help: Text = Text("", "")
    until: str = ""
    days: int | None = None
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class DepositRule:
    """What confirms a place, paid to its school. Rules: BS-07, IIM-06."""

    amount: int
    means: tuple[Means, ...]
    label: Text
    reference: str
