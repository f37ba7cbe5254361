"""Bills: a sum that a dossier owes, as its candidate looks at it: how far it is settled, and the ways to pay it now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from payments import charges
from payments.cards import takes_cards
from payments.models import Charge, ChargeLine, Payment
from payments.standing import Standing
from programmes.rules import Link, Means
from programmes.text import Text


@dataclass(frozen=True)
class Bill:
    """A charge, how far it is settled, the means by which this candidate may pay it, and whether that is open now."""

    charge: Charge
    standing: Standing
    means: Collection[Means]
    is_open: bool
    link: Link | None = None

    @cached_property
    def title(self) -> Text:
        """What it is owed for."""
        return Text.of(self.charge.lines.all()[0].label)

    @property
    def is_payable(self) -> bool:
        """Whether the candidate may pay it now."""
        return self.is_open and self.standing == Standing.DUE

    @cached_property
    def lines(self) -> list[ChargeLine]:
        """What it is made of; none where that says no more than the sum."""
        lines = list(self.charge.lines.all())
        return lines if len(lines) > 1 else []

    @cached_property
    def announced(self) -> Payment | None:
        """The payment that is on its way."""
        return charges.announced_payment(self.charge)

    @property
    def by_transfer(self) -> bool:
        """Whether it may be paid by bank transfer."""
        return Means.TRANSFER in self.means and bool(self.charge.payee.iban)

    @cached_property
    def by_card(self) -> bool:
        """Whether it may be paid by card, and the school takes cards."""
        return Means.CARD in self.means and takes_cards(self.charge)

    @property
    def by_link(self) -> bool:
        """Whether it may be paid on a page outside of the portal."""
        return self.link is not None and Means.LINK in self.means

    @cached_property
    def is_card_refused(self) -> bool:
        """Whether the bank refused the last attempt to pay by card."""
        last = self.charge.payments.filter(means=Payment.Means.CARD).last()
        return self.by_card and last is not None and last.state == Payment.State.FAILED
