"""Refunds: a sum that was paid is asked back in a case that the rules name; staff decide on the proof, and note the day
on which it was paid back.

Which case applies to whom is for the app that opened the charge to say.
Rules: BS-07, NE-08, IIM-07.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from payments import charges, ledger
from payments.models import Charge, Refund
from programmes.typed import reason_typed

State = Refund.State


class NotRefundable(Refused):
    """The sum is not paid, or was asked back already, or no rule pays it back."""


class NotWaiting(Refused):
    """The refund does not wait for this any more."""


def open_refund(charge: Charge, *, refund: Refund, by: User) -> Refund:
    """Ask the whole of a charge back, inside an act that checked the case and locked the charge: `refund` says why and
    to which account.

    Raises:
        NotRefundable: nothing was received for the charge, or it is asked back already.
    """
    received = charge.payments.filter(state="confirmed").first()
    if charge.state != Charge.State.SETTLED or received is None:
        raise NotRefundable(gettext("Cette somme n’a pas été réglée : il n’y a rien à rembourser."))
    if charge.refunds.exclude(state=State.REFUSED).exists():
        raise NotRefundable(gettext("Le remboursement de cette somme est déjà demandé."))
    refund.charge, refund.amount = charge, received.amount
    refund.asked_at = charge.procedure.now()
    refund.save()
    record("refund.asked", charge, by=by, refund=str(refund.pk), rule=refund.rule, amount=refund.amount)
    return refund


@transaction.atomic
def decide_refund(refund_id: UUID, *, accepted: bool, reason: str = "", by: User) -> Refund:
    """Grant a refund, or refuse it for a reason; the payer is told. Deciding again in the same way is no error.

    Raises:
        Refund.DoesNotExist: none that `by` may see.
        NotAllowed: `by` does not work for the school that was paid.
        NotWaiting: it was decided otherwise.
        Refused: a refusal without a reason.
    """
    reason = reason_typed(reason)
    if not accepted and not reason:
        raise Refused(gettext("Indiquez le motif du refus : il est écrit au candidat."))
    refund = _lock(refund_id, by=by)
    decided = State.GRANTED if accepted else State.REFUSED
    if refund.state == decided:
        return refund
    if refund.state != State.ASKED:
        raise NotWaiting(gettext("Cette demande de remboursement est déjà décidée."))
    refund.state, refund.reason = decided, "" if accepted else reason
    refund.decided_at, refund.decided_by = refund.procedure.now(), by
    refund.save()
    if accepted:
        ledger.book_refund_granted(refund.charge, refund.amount)
    record(f"refund.{decided}", refund.charge, by=by, refund=str(refund.pk), amount=refund.amount)
    _mail_payer(refund)
    return refund


@transaction.atomic
def note_refund_paid(refund_id: UUID, *, on: dt.date, by: User) -> Refund:
    """Note that a refund granted has left the school's account. Noting it twice is no error.

    Raises:
        Refund.DoesNotExist: none that `by` may see.
        NotAllowed: `by` does not work for the school that was paid.
        NotWaiting: it is not granted.
        Refused: the day is in the future.
    """
    refund = _lock(refund_id, by=by)
    if refund.state == State.PAID:
        return refund
    if refund.state != State.GRANTED:
        raise NotWaiting(gettext("Ce remboursement n’est pas accordé : il ne se verse pas."))
    if on > refund.procedure.today():
        raise Refused(gettext("Indiquez le jour où le virement est parti : il ne peut pas être à venir."))
    refund.state, refund.paid_on, refund.paid_by = State.PAID, on, by
    refund.save()
    ledger.book_refund_paid(refund.charge, refund.amount)
    record("refund.paid", refund.charge, by=by, refund=str(refund.pk), amount=refund.amount, on=on.isoformat())
    _mail_payer(refund)
    return refund


def _lock(refund_id: UUID, *, by: User) -> Refund:
    """The refund, read under the lock of its charge."""
    found = Refund.objects.visible_to(by).get(pk=refund_id)
    charge = charges.lock_for_staff(found.charge_id, by=by)
    refund = Refund.objects.get(pk=refund_id)
    refund.charge = charge
    return refund


def _mail_payer(refund: Refund) -> None:
    queue_mail(
        f"refund_{refund.state}",
        to=refund.charge.account.payer,
        key=f"refund-{refund.state}:{refund.pk}",
        procedure=refund.procedure,
        school=refund.charge.payee.school.name,
        amount=refund.amount,
        what=refund.label,
        reason=refund.reason,
    )
