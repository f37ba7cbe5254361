"""The reduced fee: staff accept the paper that proves it, or refuse it, and then the difference is due by a date.

Unpaid then, the dossier is not studied, and nothing is paid back. Rule: APP-12.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from applicants.corrections import close, open_correction, still_missing, waiting_corrections
from applicants.dossiers import home_of, lock_for_staff, require_role_on
from applicants.editing import PAYMENT
from applicants.fees import claims_reduction, fee_charges, keep_fee_in_step, school_of_fee
from applicants.given import answers_of
from applicants.models import Dossier, Status
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from payments.models import CASHIERS, Charge, Reduction
from programmes.typed import reason_typed
from programmes.words import money


class NothingClaimed(Refused):
    """The candidate claims no reduced fee, or the dossier is not with the staff."""


@transaction.atomic
def decide_reduction(dossier_id: UUID, *, accepted: bool, reason: str = "", by: User) -> Reduction:
    """Accept a claim to the reduced fee, or refuse it for a reason: then the difference is due within the days that
    the rules leave. Deciding again in the same way is no error; what was decided by mistake can be decided anew.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not work for the school that is paid.
        NothingClaimed: no reduced fee is claimed, or the dossier is not with the staff.
        Refused: a refusal without a reason.
    Rule: APP-12.
    """
    reason = reason_typed(reason)
    if not accepted and not reason:
        raise Refused(gettext("Indiquez le motif du refus : il est écrit au candidat."))
    dossier, held = lock_for_staff(Dossier.objects.filter(pk=dossier_id), by=by)
    require_role_on(dossier, held, *CASHIERS, school=school_of_fee(dossier))
    is_with_staff = dossier.status in (Status.SUBMITTED, Status.VALIDATED)
    if not is_with_staff or not claims_reduction(dossier.rules.fee, answers_of(dossier)):
        raise NothingClaimed(gettext("Aucun tarif réduit n’attend de décision pour ce dossier."))
    state = Reduction.State.ACCEPTED if accepted else Reduction.State.REFUSED
    decided = Reduction.objects.filter(account=dossier.account).first() or Reduction(account=dossier.account)
    if decided.state == state:
        return decided
    decided.state, decided.reason = state, "" if accepted else reason
    decided.decided_at, decided.decided_by = dossier.procedure.now(), by
    decided.save()
    record(f"reduction.{state}", dossier, by=by)
    if accepted:
        _take_back_complement(dossier, by=by)
    else:
        _ask_for_difference(dossier, reason, by=by)
    return decided


def _ask_for_difference(dossier: Dossier, reason: str, *, by: User) -> None:
    """What is owed beside what was paid, due by a date that the candidate is told with what follows."""
    fee = dossier.rules.fee
    assert fee is not None
    assert fee.reduction is not None
    until = dossier.procedure.now() + dt.timedelta(days=fee.reduction.complement_days)
    keep_fee_in_step(dossier, by=by, complement_due_at=until)
    owed = sum(charge.amount for charge in fee_charges(dossier) if charge.state == Charge.State.DUE)
    if not owed:
        return
    with translation.override(dossier.candidate.user.language):
        said = gettext(
            "Votre tarif réduit n’est pas retenu : %(reason)s\n\nRéglez la différence, %(amount)s, dans le délai "
            "indiqué. Passé ce délai, votre dossier ne sera pas étudié, et ce que vous avez déjà réglé ne sera pas "
            "rendu."
        ) % {"reason": reason, "amount": money(owed)}
    open_correction(dossier, opens=[PAYMENT], reason=said, until=until, by=by)


def _take_back_complement(dossier: Dossier, *, by: User) -> None:
    """The reduced fee holds: what a refusal asked for is owed no more, unless it is paid."""
    keep_fee_in_step(dossier, by=by)
    for correction in waiting_corrections(dossier):
        if correction.opens == [PAYMENT] and not still_missing(dossier, correction):
            close(dossier, correction, by=None)
    queue_mail(
        "reduction_accepted",
        to=dossier.candidate.user,
        key=f"reduction-accepted:{dossier.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        reference=dossier.reference,
        path=home_of(dossier),
    )
