"""Exemptions: a payer who owes nothing by the rules says so, and staff decide on the paper that proves it.
Rule: AST-10.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.clock import instant
from journal.errors import Refused
from journal.followups import state_fact
from journal.record import record
from notifications.outbox import queue_mail
from payments import charges
from payments.charges import DUE_AGAIN_FACT, PayerAct
from payments.models import Charge, Exemption
from programmes.typed import reason_typed


class AlreadyRefused(Refused):
    """The exemption was refused; it cannot be asked for again."""


class NothingAsked(Refused):
    """No exemption waits for a decision."""


@transaction.atomic
def ask_exemption(charge_id: UUID, *, by: User) -> Exemption:
    """Ask to owe nothing. Asking twice is no error.

    Raises:
        Charge.DoesNotExist: not this person's charge.
        Closed, Refused: the payer may not act now, or is not among those whom the rules exempt.
        AlreadyRefused: staff have refused it.
        Committed: a transfer is announced.
    Rule: AST-10.
    """
    charge = charges.lock_for_payer(charge_id, PayerAct.ASK_EXEMPTION, by=by)
    if (exemption := charges.request_on(charge)) is not None:
        if exemption.state == Exemption.State.REFUSED:
            raise AlreadyRefused(gettext("L’exonération a été refusée : les frais sont à régler."))
        return exemption
    if charges.announced_payment(charge) is not None:
        raise charges.Committed(
            gettext("Vous avez annoncé un virement : retirez d’abord cette annonce pour demander l’exonération.")
        )
    exemption = Exemption.objects.create(charge=charge)
    record("exemption.asked", charge, by=by)
    return exemption


@transaction.atomic
def withdraw_exemption(charge_id: UUID, *, by: User) -> None:
    """Take a request back before it is decided. Nothing asked is no error.

    Raises:
        Charge.DoesNotExist: not this person's charge.
        Closed, Refused: the payer may not act now.
    """
    charge = charges.lock_for_payer(charge_id, PayerAct.WITHDRAW_EXEMPTION, by=by)
    charges.drop_request(charge, by=by)


@transaction.atomic
def decide_exemption(charge_id: UUID, *, accepted: bool, reason: str = "", by: User) -> Exemption:
    """Grant an exemption, or refuse it for a reason: then the sum is due again. The payer is told.

    Deciding again in the same way is no error. What was refused by mistake can be granted as long as the sum is due.

    Raises:
        NotAllowed: `by` does not work for the school that is paid.
        NothingAsked: no request waits.
        Refused: a refusal without a reason.
    Rule: AST-10.
    """
    reason = reason_typed(reason)
    if not accepted and not reason:
        raise Refused(gettext("Indiquez le motif du refus : il est écrit au candidat."))
    charge = charges.lock_for_staff(charge_id, by=by)
    exemption = charges.request_on(charge)
    decided = Exemption.State.ACCEPTED if accepted else Exemption.State.REFUSED
    if exemption is not None and exemption.state == decided:
        return exemption
    is_open = exemption is not None and (accepted or exemption.state == Exemption.State.ASKED)
    if exemption is None or not is_open or charge.state != Charge.State.DUE:
        raise NothingAsked(gettext("Aucune demande d’exonération n’attend de décision pour cette somme."))
    exemption.state = decided
    exemption.reason = "" if accepted else reason
    exemption.decided_at = instant()
    exemption.decided_by = by
    exemption.save()
    record(f"exemption.{decided}", charge, by=by)
    if accepted:
        charges.waive(charge)
    else:
        state_fact(DUE_AGAIN_FACT, charge.pk)
    _mail_decision(exemption, charge)
    return exemption


def _mail_decision(exemption: Exemption, charge: Charge) -> None:
    queue_mail(
        f"exemption_{exemption.state}",
        to=charge.account.payer,
        key=f"exemption-{exemption.state}:{charge.pk}",  # each school that is asked judges anew
        procedure=charge.procedure,
        school=charge.payee.school.name,
        amount=charge.amount,
        reason=exemption.reason,
    )
