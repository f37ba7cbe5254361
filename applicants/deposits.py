"""The deposit: what a candidate pays to confirm a place. Rules: BS-07, IIM-06.

It is opened and postponed by the acts on places, which lock the dossier; here is how much it is, to whom,
and until when the candidate may pay it.
"""

from __future__ import annotations

import datetime as dt

from applicants.bills import Bill
from applicants.models import Dossier
from applicants.paying import FOR_PLACE, account_of, bill_in_time, reference_for, require_in_time, school_paid
from payments import charges
from payments.charges import PayerAct
from payments.models import Charge
from programmes.models import Programme
from programmes.rules import DepositRule, Means, Rules

DEPOSIT = "deposit"


def open_deposit(dossier: Dossier, programme: Programme, *, until: dt.datetime) -> Charge:
    """Open the deposit for a place in `programme`, to be paid before `until` (procedure's time); inside an act that
    locked the dossier. Opened twice it is the same.

    Raises:
        ValueError: the procedure asks for no deposit.
    Rules: BS-07, IIM-06.
    """
    rule = _rule(dossier)
    if (charge := deposit_of(dossier, programme)) is not None:
        return charge
    return charges.open_charge(
        account_of(dossier),
        payee=school_paid(dossier, programme.school.code),
        reason=DEPOSIT,
        subject=programme.code,
        amount=rule.amount,
        lines=[(rule.label, rule.amount)],
        reference=reference_for(rule.reference, dossier, programme),
        needed_for=FOR_PLACE,
        due_at=until,
    )


def postpone_deposit(dossier: Dossier, programme: Programme, *, until: dt.datetime) -> None:
    """Give more time for the deposit, inside an act that locked the dossier."""
    charge = deposit_of(dossier, programme)
    if charge is not None:
        charges.postpone(charge, until=until)


def deposit_of(dossier: Dossier, programme: Programme) -> Charge | None:
    """The deposit asked for a place in `programme`, settled or not."""
    return charges.live_charge(dossier.account_id, DEPOSIT, programme.code)


def deposit_bill(dossier: Dossier, charge: Charge) -> Bill:
    """A deposit, as the candidate looks at it."""
    return bill_in_time(dossier, charge, _means(dossier.rules))


@charges.guards(DEPOSIT)
def require_payable(charge: Charge, act: PayerAct) -> None:
    """Lock the dossier, and raise the reason why its candidate may not do `act` about the deposit now, if so.

    Raises:
        Closed, NotExempt, Refused: see `applicants.paying.require_in_time`.
    """
    require_in_time(charge, act, _means)


def _means(rules: Rules) -> tuple[Means, ...]:
    return rules.deposit.means if rules.deposit is not None else ()


def _rule(dossier: Dossier) -> DepositRule:
    rule = dossier.rules.deposit
    if rule is None:
        raise ValueError("the procedure asks for no deposit")
    return rule
