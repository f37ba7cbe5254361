"""The test bank: takes the place of a card provider in rehearsals, where no money is real.

Its page (`payments.views.test_bank`) says what it is, and lets the person choose what the bank answers.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from payments.models import Payment
from payments.providers import Checkout

RETURN_PARAMETER = "retour"


class TestBank:
    """A bank of paper: each payment has a page of the portal."""

    __test__ = False  # not a test class for pytest

    def checkout(self, payment: Payment, *, return_url: str) -> Checkout:
        """The test bank's page for `payment`."""
        query = urlencode({RETURN_PARAMETER: return_url})
        return Checkout(reference_of(payment), f"{reverse('payments:test_bank', args=[payment.pk])}?{query}")


def reference_of(payment: Payment) -> str:
    """The reference under which the test bank knows a payment."""
    return f"test-bank-{payment.pk}"
