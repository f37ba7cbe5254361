"""Cards: the payer is sent to a bank's page; the bank tells what became of it, once, twice, late or out of order.

Rule: AST-10.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from payments import charges
from payments.charges import PayerAct
from payments.models import Charge, Payment
from payments.providers import Outcome, Provider
from payments.test_bank import TestBank
from programmes.models import Procedure


class NoCards(Refused):
    """This school takes no cards in this procedure."""


def takes_cards(charge: Charge) -> bool:
    """Whether the school that is paid takes cards, and somebody takes them for it."""
    return charge.payee.takes_cards and provider_for(charge.procedure) is not None


def provider_for(procedure: Procedure) -> Provider | None:
    """Who takes the cards of `procedure`: the test bank for a rehearsal, nobody for a real one."""
    return TestBank() if procedure.is_rehearsal else None


def begin_card_payment(charge_id: UUID, *, by: User, return_url: str) -> str:
    """Begin a payment by card, or go on with the one begun. Returns the address of the bank's page.

    Raises:
        Charge.DoesNotExist: not this person's charge.
        Closed, Refused: the payer may not act now, or there is nothing to pay.
        Committed: a transfer is announced.
        NoCards: the school takes no cards.
    """
    payment = _begun(charge_id, by=by)
    provider = provider_for(payment.charge.procedure)
    if provider is None:
        raise _no_cards()
    checkout = provider.checkout(payment, return_url=return_url)
    Payment.objects.filter(pk=payment.pk).update(provider_reference=checkout.reference)
    return checkout.url


@transaction.atomic
def settle(provider_reference: str, outcome: Outcome) -> Payment:
    """Take note of what the bank says of a payment. Saying it again changes nothing.

    Money that came stays there: PAID after FAILED counts, FAILED after PAID does not. When nothing is owed
    any more, the money is a surplus that the school pays back.

    Raises:
        Payment.DoesNotExist: no payment has this reference.
    """
    charge = charges.lock_paid_as(provider_reference)
    payment = Payment.objects.get(provider_reference=provider_reference)  # under the charge's lock
    if payment.state in (Payment.State.CONFIRMED, Payment.State.SURPLUS):
        return payment
    if outcome == Outcome.PAID:
        return charges.receive(charge, payment, received_on=None, by=None)
    if payment.state == Payment.State.DECLARED:
        payment.state = Payment.State.FAILED
        payment.save(update_fields=["state"])
        record("card.failed", charge, payment=str(payment.pk))
    return payment


@transaction.atomic
def _begun(charge_id: UUID, *, by: User) -> Payment:
    charge = charges.lock_for_payer(charge_id, PayerAct.PAY_BY_CARD, by=by)
    if not takes_cards(charge):
        raise _no_cards()
    on_its_way = {payment.means: payment for payment in charge.payments.filter(state=Payment.State.DECLARED)}
    if not on_its_way.keys().isdisjoint(Payment.ANNOUNCED_BY_PAYER):
        raise charges.Committed(
            gettext("Vous avez annoncé un virement : retirez d’abord cette annonce pour payer par carte.")
        )
    if Payment.Means.CARD in on_its_way:
        return on_its_way[Payment.Means.CARD]
    payment = Payment.objects.create(charge=charge, means=Payment.Means.CARD, amount=charge.amount)
    record("card.begun", charge, by=by, payment=str(payment.pk))
    return payment


def _no_cards() -> NoCards:
    return NoCards(gettext("Cette école ne prend pas la carte. Réglez par virement."))
