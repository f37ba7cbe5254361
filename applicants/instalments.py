"""The first instalment of tuition, paid at admission, and the mandate by which the others are debited. Rule: NE-08.

The instalment is opened by the acts on places, which lock the dossier.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.bills import Bill
from applicants.dossiers import lock_own
from applicants.given import answers_of
from applicants.models import Dossier
from applicants.paying import (
    FOR_PLACE,
    account_of,
    bill_in_time,
    reference_for,
    require_in_time,
    require_not_withdrawn,
    school_paid,
)
from applicants.tuition import Schedule, schedule
from journal.errors import Refused
from journal.record import record
from payments import charges
from payments.charges import PayerAct
from payments.models import Charge, Mandate
from programmes.models import Programme
from programmes.rules import Means, Rules

INSTALMENT = "instalment"


class NothingToDebit(Refused):
    """No mandate is asked of this candidate."""


def open_instalment(dossier: Dossier, programme: Programme, *, until: dt.datetime) -> Charge | None:
    """Open the first instalment for a place in `programme`, to be paid before `until` (procedure's time); inside an act
    that locked the dossier. Opened twice it is the same. None where the procedure asks for no tuition.

    Rule: NE-08.
    """
    rule, found = dossier.rules.tuition, schedule_of(dossier, programme.code)
    if rule is None or found is None:
        return None
    if (charge := instalment_of(dossier, programme)) is not None:
        return charge
    return charges.open_charge(
        account_of(dossier),
        payee=school_paid(dossier, programme.school.code),
        reason=INSTALMENT,
        subject=programme.code,
        amount=found.dues[0].amount,
        lines=found.first_lines,
        reference=reference_for(rule.reference, dossier, programme),
        needed_for=FOR_PLACE,
        due_at=until,
    )


def postpone_instalment(dossier: Dossier, programme: Programme, *, until: dt.datetime) -> Charge:
    """Give more time for the first instalment, until an instant of the procedure's time; inside an act that locked the
    dossier.

    Raises:
        Refused: none is to be paid; `until` is past, or no later than what was set.
    """
    charge = instalment_of(dossier, programme)
    if charge is None or charge.state != Charge.State.DUE:
        raise Refused(gettext("Aucune échéance de scolarité n’est à régler pour cette place."))
    if until <= max(charge.due_at or until, dossier.procedure.now()):
        raise Refused(gettext("Choisissez un jour à venir, après la fin du délai actuel."))
    charges.postpone(charge, until=until)
    return charge


def instalment_of(dossier: Dossier, programme: Programme) -> Charge | None:
    """The first instalment asked for a place in `programme`, settled or not."""
    return charges.live_charge(dossier.account_id, INSTALMENT, programme.code)


def schedule_of(dossier: Dossier, programme_code: str) -> Schedule | None:
    """What the candidate owes for that programme, and when; None where the procedure asks for no tuition."""
    rule = dossier.rules.tuition
    return schedule(rule, programme_code, answers_of(dossier)) if rule is not None else None


def asks_for_mandate(dossier: Dossier) -> bool:
    """Whether the instalments after the first are debited."""
    rule = dossier.rules.tuition
    return rule is not None and rule.mandate and len(rule.instalments) > 1


@transaction.atomic
def sign_mandate(dossier_id: UUID, charge_id: UUID, *, iban: str, account_holder: str, by: User) -> Mandate:
    """Permit the school to debit the instalments after the first. Signed anew, it replaces the one before.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        NothingToDebit: no such instalment, or none is debited.
        Refused: the dossier has ended.
    Rule: NE-08.
    """
    dossier = lock_own(dossier_id, by=by)
    require_not_withdrawn(dossier)
    asked = dossier.account.charges.live().filter(pk=charge_id, reason=INSTALMENT)
    charge = asked.select_related("payee").first()
    if charge is None or not asks_for_mandate(dossier):
        raise NothingToDebit(gettext("Aucun mandat de prélèvement ne vous est demandé."))
    signed, _ = Mandate.objects.update_or_create(
        account=dossier.account,
        subject=charge.subject,
        defaults={
            "payee": charge.payee,
            "reference": f"{dossier.reference}-{charge.pk.hex[:8]}".upper(),  # 35 characters at most, by the banks
            "iban": iban,
            "account_holder": account_holder,
            "signed_at": dossier.procedure.now(),
        },
    )
    record("mandate.signed", dossier, by=by, mandate=signed.reference)
    return signed


def instalment_bill(dossier: Dossier, charge: Charge) -> Bill:
    """A first instalment, as the candidate looks at it."""
    return bill_in_time(dossier, charge, _means(dossier.rules))


@charges.guards(INSTALMENT)
def require_payable(charge: Charge, act: PayerAct) -> None:
    """Lock the dossier, and raise the reason why its candidate may not do `act` about the instalment now, if so.

    Raises:
        Closed, NotExempt, Refused: see `applicants.paying.require_in_time`.
    """
    require_in_time(charge, act, _means)


def _means(rules: Rules) -> tuple[Means, ...]:
    return rules.tuition.means if rules.tuition is not None else ()
