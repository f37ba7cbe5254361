"""Card providers: the bank whose page a payer is sent to, behind one small interface."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from payments.models import Payment


class Outcome(enum.StrEnum):
    """What became of a card payment, as the provider tells it."""

    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Checkout:
    """The bank's page for one payment: the provider's own reference of it, and where to send the payer."""

    reference: str
    url: str


class Provider(Protocol):
    """A bank that takes cards."""

    def checkout(self, payment: Payment, *, return_url: str) -> Checkout:
        """The page on which `payment` is made, and from which the payer comes back to `return_url`.

        Asked again for the same payment it gives the same page. It may use the network, so it is called
        outside of any transaction.
        """
        ...
