"""Bank transfers: announced by the payer, seen on the bank's statement by the school.

A payment made on a page outside of the portal goes the same way: staff see it on that page's own list.
Rules: AST-10, NE-06.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.followups import state_fact
from journal.record import record
from notifications.outbox import queue_mail
from payments import charges
from payments.charges import DUE_AGAIN_FACT, PayerAct
from payments.models import Charge, Payment
from programmes.typed import reason_typed

DECLARING = {Payment.Means.TRANSFER: PayerAct.DECLARE_TRANSFER, Payment.Means.LINK: PayerAct.DECLARE_LINK}


class NothingDeclared(Refused):
    """Nothing is announced for this charge."""


@transaction.atomic
def declare_transfer(
    charge_id: UUID, *, on: dt.date, by: User, means: Payment.Means = Payment.Means.TRANSFER
) -> Payment:
    """Announce a payment made on the day `on`. Announcing again corrects the day and the means.

    A request for exemption that was not decided yet is dropped: one does not ask to be spared what one pays.

    Raises:
        Charge.DoesNotExist: not this person's charge.
        Closed, Refused: the payer may not act now, there is nothing to pay, or the day is in the future.
    Rules: AST-10, NE-06.
    """
    charge = charges.lock_for_payer(charge_id, DECLARING[means], by=by)
    if on > charge.procedure.today():
        raise Refused(_to_come(means))
    payment = charges.announced_payment(charge) or Payment(charge=charge, amount=charge.amount)
    payment.means = means
    payment.declared_on = on
    payment.save()
    charges.drop_request(charge, by=by)
    record("transfer.declared", charge, by=by, payment=str(payment.pk), on=on.isoformat())
    return payment


@transaction.atomic
def withdraw_declaration(charge_id: UUID, *, by: User) -> None:
    """Take back an announcement: the transfer was not made. Nothing announced is no error.

    Raises:
        Charge.DoesNotExist: not this person's charge.
        Closed, Refused: the payer may not act now.
    """
    charge = charges.lock_for_payer(charge_id, PayerAct.WITHDRAW_DECLARATION, by=by)
    if payment := charges.announced_payment(charge):
        _fail(payment)
        record("transfer.declaration_withdrawn", charge, by=by, payment=str(payment.pk))


@transaction.atomic
def confirm_transfer(charge_id: UUID, *, by: User, received_on: dt.date) -> Payment:
    """Note that a transfer is on the school's account, announced or not. Noting it twice is no error.

    Raises:
        NotAllowed: `by` does not work for the school that is paid.
        NotDue: nothing is owed, and no transfer was announced.
        Refused: the day is in the future.
    Rule: AST-10.
    """
    charge = charges.lock_for_staff(charge_id, by=by)
    if received_on > charge.procedure.today():
        raise Refused(gettext("Indiquez le jour où le virement est arrivé : il ne peut pas être à venir."))
    payment = charges.announced_payment(charge)
    if payment is None:
        noted = charge.payments.filter(means__in=Payment.ANNOUNCED_BY_PAYER, state=Payment.State.CONFIRMED)
        received = noted.first()
        if received is not None:
            return received
        charges.require_due(charge)
        payment = Payment(charge=charge, means=Payment.Means.TRANSFER, amount=charge.amount)
    return charges.receive(charge, payment, received_on=received_on, by=by)


@transaction.atomic
def refuse_transfer(charge_id: UUID, *, by: User, reason: str) -> None:
    """Note that an announced transfer never came: if it still is, the sum is due, and the payer is told why.

    Raises:
        NotAllowed: `by` does not work for the school that is paid.
        NothingDeclared: no transfer is announced.
        Refused: no reason given.
    Rule: AST-10.
    """
    reason = reason_typed(reason)
    if not reason:
        raise Refused(gettext("Indiquez le motif : il est écrit au candidat."))
    charge = charges.lock_for_staff(charge_id, by=by)
    payment = charges.announced_payment(charge)
    if payment is None:
        raise NothingDeclared(gettext("Aucun virement n’est annoncé pour cette somme."))
    _fail(payment)
    record("transfer.refused", charge, by=by, payment=str(payment.pk))
    if charge.state != Charge.State.DUE:
        return  # it was paid otherwise meanwhile: the payer owes nothing
    queue_mail(
        "transfer_not_received",
        to=charge.account.payer,
        key=f"transfer-not-received:{payment.pk}",
        procedure=charge.procedure,
        school=charge.payee.school.name,
        amount=charge.amount,
        reason=reason,
    )
    state_fact(DUE_AGAIN_FACT, charge.pk)


def _to_come(means: Payment.Means) -> str:
    if means == Payment.Means.LINK:
        return gettext("Indiquez le jour où vous avez payé : il ne peut pas être à venir.")
    return gettext("Indiquez le jour où vous avez ordonné le virement : il ne peut pas être à venir.")


def _fail(payment: Payment) -> None:
    payment.state = Payment.State.FAILED
    payment.save(update_fields=["state"])
