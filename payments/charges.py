"""Charges: what is owed, to whom, and the two ways in which it ends: the money comes, or it is no longer owed.

The functions here are parts of acts: they run inside an act's transaction, on a charge that the act has
locked. A charge goes to one school for good: when another is to be paid, the charge is cancelled and a new
one opened, so that money that still arrives for the first is seen to have gone to the wrong place.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from journal.clock import instant
from journal.errors import Refused
from journal.followups import state_fact
from journal.record import record
from notifications.outbox import queue_mail
from payments import ledger
from payments.models import CASHIERS, Account, Charge, ChargeQuerySet, Exemption, Payment
from programmes.models import Participation
from programmes.roles import require_role
from programmes.text import Text
from programmes.words import money

SETTLED_FACT = "charge_settled"
DUE_AGAIN_FACT = "charge_due_again"


class NotDue(Refused):
    """The charge is settled, waived or cancelled: there is nothing to pay."""


class Committed(Refused):
    """Money is on its way, or there: the school that is paid cannot change."""


class PayerAct(enum.StrEnum):
    """What a payer may want to do about a charge."""

    DECLARE_TRANSFER = "declare_transfer"
    DECLARE_LINK = "declare_link"
    WITHDRAW_DECLARATION = "withdraw_declaration"
    PAY_BY_CARD = "pay_by_card"
    ASK_EXEMPTION = "ask_exemption"
    WITHDRAW_EXEMPTION = "withdraw_exemption"


Guard = Callable[[Charge, PayerAct], None]
_guards: dict[str, Guard] = {}


def guards(reason: str) -> Callable[[Guard], Guard]:
    """Register who says whether the payer may act now on charges opened for `reason`.

    Only the app that opens such charges knows their deadline. Its guard locks the rows that stand above a
    charge, and raises `Refused` if the payer may not.
    """

    def register(guard: Guard) -> Guard:
        _guards[reason] = guard
        return guard

    return register


def lock_for_payer(charge_id: UUID, act: PayerAct, *, by: User) -> Charge:
    """The charge, locked, for its payer who may do `act` now.

    Raises:
        Charge.DoesNotExist: not this person's charge.
        Refused: the guard's reason.
        NotDue: there is nothing to pay.
    """
    charge = Charge.objects.select_related("account__procedure").get(pk=charge_id, account__payer=by)
    _guards[charge.reason](charge, act)
    charge = lock(charge_id)
    require_due(charge)
    return charge


def lock_for_staff(charge_id: UUID, *, by: User) -> Charge:
    """The charge, locked, for a member of the school that is paid, or of the office.

    Raises:
        NotAllowed: `by` has no such role.
    """
    charge = lock(charge_id)
    require_role(by, charge.procedure, *CASHIERS, school=charge.payee.school)
    return charge


def lock(charge_id: UUID) -> Charge:
    """The charge with its school and its procedure, locked until the act ends."""
    return _locked().get(pk=charge_id)


def lock_paid_as(provider_reference: str) -> Charge:
    """The charge, locked, that somebody began to pay under that reference of a provider.

    Raises:
        Payment.DoesNotExist: no payment has this reference.
    """
    charge = _locked().filter(payments__provider_reference=provider_reference).first()
    if charge is None:
        raise Payment.DoesNotExist
    return charge


def require_due(charge: Charge) -> None:
    """Raise `NotDue`, saying why, unless the charge is to be paid."""
    match charge.state:
        case Charge.State.SETTLED:
            raise NotDue(gettext("Cette somme est déjà réglée : il n’y a plus rien à payer."))
        case Charge.State.WAIVED:
            raise NotDue(gettext("Une exonération a été accordée : il n’y a rien à payer."))
        case Charge.State.CANCELLED:
            raise NotDue(gettext("Cette somme n’est plus due. Revenez à la page des frais de votre dossier."))


def open_charge(
    account: Account,
    *,
    payee: Participation,
    reason: str,
    amount: int,
    lines: Sequence[tuple[Text, int]],
    reference: str,
    needed_for: str,
    subject: str = "",
    basis: Mapping[str, Any] | None = None,
    due_at: dt.datetime | None = None,
) -> Charge:
    """Open a charge of `amount` cents to `payee`, made of `lines` (label, cents).

    `subject` tells apart what is owed for one reason, `basis` is kept for whoever opens it, and `due_at` (procedure's
    time) is when it should be there.

    Raises:
        ValueError: the lines do not sum to the amount.
    """
    if sum(cents for _, cents in lines) != amount:
        raise ValueError("the lines of a charge sum to its amount")
    charge = Charge.objects.create(
        account=account,
        payee=payee,
        reason=reason,
        subject=subject,
        amount=amount,
        reference=reference,
        needed_for=needed_for,
        basis=dict(basis or {}),
        due_at=due_at,
    )
    charge.lines.bulk_create(charge.lines.model(charge=charge, label=label, amount=cents) for label, cents in lines)
    ledger.book_opened(charge)
    record("charge.opened", charge, amount=amount, school=payee.school.code)
    return charge


def live_charge(account_id: UUID, reason: str, subject: str = "") -> Charge | None:
    """The charge of that reason, and on that subject, which was not cancelled."""
    charges = Charge.objects.live().filter(account=account_id, reason=reason, subject=subject)  # one at most
    return next(iter(charges.select_related("payee__school", "exemption").order_by()), None)


def reopen_charge(
    charge: Charge, *, payee: Participation, lines: Sequence[tuple[Text, int]], basis: Mapping[str, Any] | None = None
) -> Charge:
    """Cancel a charge on which nothing was paid and open it anew, to another school or of other lines.

    A request for exemption follows, and goes to the new school even if the first had granted it; a refusal
    stands. Returns the new charge.

    Raises:
        Committed: a payment was announced, or the charge is settled.
    Rule: AST-10.
    """
    cancel_charge(charge)
    opened = open_charge(
        charge.account,
        payee=payee,
        reason=charge.reason,
        amount=sum(cents for _, cents in lines),
        lines=lines,
        reference=charge.reference,
        needed_for=charge.needed_for,
        subject=charge.subject,
        basis=basis,
        due_at=charge.due_at,
    )
    Exemption.objects.filter(charge=charge).update(charge=opened)
    granted = Exemption.objects.filter(charge=opened, state=Exemption.State.ACCEPTED)
    granted.update(state=Exemption.State.ASKED, decided_at=None, decided_by=None)
    return opened


def set_reference(charge: Charge, reference: str) -> None:
    """Change the text that the transfer must bear, until one is announced: from then on the bank's statement has it."""
    if charge.reference != reference and is_free(charge):
        charge.reference = reference
        charge.save(update_fields=["reference"])


def cancel_charge(charge: Charge) -> None:
    """Cancel a charge on which nothing was paid.

    Raises:
        Committed: a payment was announced, or the charge is settled.
    """
    require_uncommitted(charge)
    drop_charge(charge)


def drop_charge(charge: Charge) -> None:
    """The charge is no longer owed, be money on its way: what still comes is a surplus that the school pays back."""
    if charge.state == Charge.State.DUE:
        ledger.book_dropped(charge)
    charge.state = Charge.State.CANCELLED
    charge.save(update_fields=["state"])
    record("charge.cancelled", charge)


def postpone(charge: Charge, *, until: dt.datetime) -> None:
    """Give more time to pay: until an instant of the procedure's time."""
    charge.due_at = until
    charge.save(update_fields=["due_at"])


def drop_due(account_id: UUID, *, needed_for: str, subject: str) -> None:
    """Drop what is still due for that and about that subject: what was paid stays."""
    due = _locked().filter(account=account_id, needed_for=needed_for, subject=subject, state=Charge.State.DUE)
    for charge in due.order_by("pk"):
        drop_charge(charge)


def require_uncommitted(charge: Charge) -> None:
    """Raise `Committed`, saying what can be done, if money is on its way or there."""
    names = {"school": charge.payee.school.name, "amount": money(charge.amount), "email": charge.payee.email}
    if charge.state == Charge.State.SETTLED:
        raise Committed(
            gettext(
                "Les frais de %(amount)s ont été réglés à %(school)s, l’école de votre premier vœu : elle doit le "
                "rester. Pour en parler, écrivez à %(email)s."
            )
            % names
        )
    if announced_payment(charge) is not None:
        raise Committed(
            gettext(
                "Vous avez annoncé un virement à %(school)s, l’école de votre premier vœu. Pour placer une autre "
                "école en premier, retirez d’abord cette annonce sur la page des frais, et ne faites pas ce virement."
            )
            % names
        )


def is_free(charge: Charge) -> bool:
    """Whether the charge is due and nothing is on its way: its amount may still change."""
    return charge.state == Charge.State.DUE and announced_payment(charge) is None


def announced_payment(charge: Charge) -> Payment | None:
    """The transfer, or payment on a page outside of the portal, that the payer says is on its way."""
    return charge.payments.announced().first()


def request_on(charge: Charge) -> Exemption | None:
    """The request made for this charge, decided or not."""
    return Exemption.objects.filter(charge=charge).first()


def has_request(charge: Charge) -> bool:
    """Whether a request was made for this charge, which was read with it."""
    return getattr(charge, "exemption", None) is not None


def drop_request(charge: Charge, *, by: User | None) -> None:
    """Drop a request not decided yet: one does not ask to be spared what one pays."""
    dropped, _ = Exemption.objects.filter(charge=charge, state=Exemption.State.ASKED).delete()
    if dropped:
        record("exemption.withdrawn", charge, by=by)


def receive(charge: Charge, payment: Payment, *, received_on: dt.date | None, by: User | None) -> Payment:
    """The money of `payment` is there: it settles the charge, or is a surplus if nothing is owed any more."""
    is_owed = charge.state == Charge.State.DUE
    payment.state = Payment.State.CONFIRMED if is_owed else Payment.State.SURPLUS
    payment.received_on = received_on
    payment.confirmed_at = instant()
    payment.confirmed_by = by
    payment.save()
    if is_owed:
        _settle(charge, payment, by=by)
    else:
        ledger.book_surplus(charge, payment)
        record("payment.surplus", charge, by=by, payment=str(payment.pk), amount=payment.amount)
        _mail_school_of_surplus(charge, payment)
    return payment


def waive(charge: Charge) -> None:
    """The charge is no longer owed: an exemption was granted."""
    charge.state = Charge.State.WAIVED
    charge.settled_at = charge.procedure.now()
    charge.save(update_fields=["state", "settled_at"])
    ledger.book_dropped(charge)
    state_fact(SETTLED_FACT, charge.pk)


def _locked() -> ChargeQuerySet:
    """Charges with their school and procedure, locked as they are read until the act ends."""
    charges = Charge.objects.select_for_update(of=("self",))
    return charges.select_related("account__procedure", "account__payer", "payee__school")


def _settle(charge: Charge, payment: Payment, *, by: User | None) -> None:
    charge.state = Charge.State.SETTLED
    charge.settled_at = charge.procedure.now()
    charge.save(update_fields=["state", "settled_at"])
    drop_request(charge, by=by)
    ledger.book_received(charge, payment)
    record("payment.received", charge, by=by, payment=str(payment.pk), means=payment.means, amount=payment.amount)
    queue_mail(
        "payment_received",
        to=charge.account.payer,
        key=f"payment-received:{payment.pk}",
        procedure=charge.procedure,
        school=charge.payee.school.name,
        amount=payment.amount,
        means=payment.means,
    )
    state_fact(SETTLED_FACT, charge.pk)


def _mail_school_of_surplus(charge: Charge, payment: Payment) -> None:
    address = charge.payee.email or charge.procedure.contact_email
    if not address:
        return
    queue_mail(
        "payment_surplus",
        to=address,
        key=f"payment-surplus:{payment.pk}",
        procedure=charge.procedure,
        amount=payment.amount,
        means=payment.means,
        reference=charge.reference,
    )
