"""Refunds: decided on a proof, paid once, never more than what came, and every cent in the ledger.

Rules: BS-07, NE-08, IIM-07.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from journal.errors import NotAllowed, Refused
from notifications.models import Mail
from payments import charges
from payments.cards import begin_card_payment, settle
from payments.models import Charge, LedgerLine, Refund
from payments.providers import Outcome
from payments.refunds import NotRefundable, NotWaiting, decide_refund, note_refund_paid, open_refund
from payments.tests.conftest import FEE, TODAY, owed
from payments.transfers import confirm_transfer, declare_transfer, refuse_transfer, withdraw_declaration
from programmes.models import Participation, Procedure
from programmes.text import Text

IBAN = "FR7630006000011234567890189"


def ask(charge: Charge, payer: User) -> Refund:
    with transaction.atomic():
        asked = Refund(rule="visa", label=Text("Visa refusé", ""), proof=uuid4(), iban=IBAN, account_holder="M. Roy")
        return open_refund(charges.lock(charge.pk), refund=asked, by=payer)


@pytest.fixture
def paid(charge: Charge, accountant: User) -> Charge:
    confirm_transfer(charge.pk, received_on=TODAY, by=accountant)
    return charge


def balances() -> Counter[str]:
    """Cents by name of ledger."""
    found: Counter[str] = Counter()
    for line in LedgerLine.objects.all():
        found[line.ledger] += line.amount
    return found


def test_asked_granted_paid(paid: Charge, payer: User, accountant: User) -> None:
    refund = ask(paid, payer)
    assert (refund.state, refund.amount) == ("asked", FEE)
    assert balances()["to-repay:albi"] == 0  # asking books nothing
    decide_refund(refund.pk, accepted=True, by=accountant)
    assert (balances()["to-repay:albi"], balances()["fees:albi"]) == (-FEE, 0)
    note_refund_paid(refund.pk, on=TODAY, by=accountant)
    assert (balances()["to-repay:albi"], balances()["paid-back:albi"]) == (0, -FEE)
    told = Mail.objects.filter(kind__startswith="refund").values_list("kind", flat=True)
    assert sorted(told) == ["refund_granted", "refund_paid"]


def test_each_act_twice_is_once(paid: Charge, payer: User, accountant: User) -> None:
    refund = ask(paid, payer)
    for _ in range(2):
        decide_refund(refund.pk, accepted=True, by=accountant)
    for _ in range(2):
        note_refund_paid(refund.pk, on=TODAY, by=accountant)
    assert balances()["paid-back:albi"] == -FEE
    assert Mail.objects.filter(kind__startswith="refund").count() == 2


def test_what_is_not_paid_is_not_paid_back(charge: Charge, payer: User) -> None:
    with pytest.raises(NotRefundable, match="pas été réglée"):
        ask(charge, payer)


def test_it_is_asked_once_at_a_time(paid: Charge, payer: User, accountant: User) -> None:
    refund = ask(paid, payer)
    with pytest.raises(NotRefundable, match="déjà demandé"):
        ask(paid, payer)
    decide_refund(refund.pk, accepted=False, reason="Illisible.", by=accountant)
    again = ask(paid, payer)  # with a better proof
    decide_refund(again.pk, accepted=True, by=accountant)
    note_refund_paid(again.pk, on=TODAY, by=accountant)
    with pytest.raises(NotRefundable):
        ask(paid, payer)


def test_the_database_refuses_a_second_one(paid: Charge, payer: User) -> None:
    """Were the act to be bypassed."""
    first = ask(paid, payer)
    copy = {"rule": "visa", "amount": 1, "proof": uuid4(), "iban": IBAN, "account_holder": "X"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(charge=paid, asked_at=first.asked_at, **copy)


def test_a_refusal_needs_its_reason_and_ends_it(paid: Charge, payer: User, accountant: User) -> None:
    refund = ask(paid, payer)
    with pytest.raises(Refused, match="motif"):
        decide_refund(refund.pk, accepted=False, reason=" ", by=accountant)
    decide_refund(refund.pk, accepted=False, reason="Désistement.", by=accountant)
    assert Mail.objects.get(kind="refund_refused").context["reason"] == "Désistement."
    with pytest.raises(NotWaiting):
        decide_refund(refund.pk, accepted=True, by=accountant)
    with pytest.raises(NotWaiting):
        note_refund_paid(refund.pk, on=TODAY, by=accountant)


def test_it_is_paid_once_granted_and_not_on_a_day_to_come(paid: Charge, payer: User, accountant: User) -> None:
    refund = ask(paid, payer)
    with pytest.raises(NotWaiting):
        note_refund_paid(refund.pk, on=TODAY, by=accountant)
    decide_refund(refund.pk, accepted=True, by=accountant)
    with pytest.raises(Refused, match="venir"):
        note_refund_paid(refund.pk, on=TODAY + dt.timedelta(days=1), by=accountant)


def test_another_school_has_no_say(paid: Charge, payer: User, stranger: User) -> None:
    refund = ask(paid, payer)
    with pytest.raises((Refund.DoesNotExist, NotAllowed)):
        decide_refund(refund.pk, accepted=True, by=stranger)


ACTS = ("announce", "take back", "note", "absent", "card", "card again", "ask", "grant", "refuse", "pay back", "drop")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), max_size=14))
def test_whatever_is_done_in_whatever_order_every_cent_is_accounted_for(
    procedure: Procedure, payer: User, albi: Participation, accountant: User, acts: Sequence[str]
) -> None:
    """Each movement sums to zero, nothing is paid back that had not come, and what is settled came."""
    with transaction.atomic():
        charge = owed(procedure, payer, albi)
        for act in acts:
            try_act(act, charge, payer, accountant)
            check_ledger(charge)
        transaction.set_rollback(True)


def try_act(act: str, charge: Charge, payer: User, accountant: User) -> None:
    """Do it, be it refused."""
    refund = Refund.objects.filter(charge=charge).order_by("asked_at", "pk").last()
    refund_id = refund.pk if refund else uuid4()
    done: dict[str, Callable[[], object]] = {
        "announce": lambda: declare_transfer(charge.pk, on=TODAY, by=payer),
        "take back": lambda: withdraw_declaration(charge.pk, by=payer),
        "note": lambda: confirm_transfer(charge.pk, received_on=TODAY, by=accountant),
        "absent": lambda: refuse_transfer(charge.pk, reason="Rien.", by=accountant),
        "card": lambda: begin_card_payment(charge.pk, by=payer, return_url="/"),
        "card again": lambda: [
            settle(payment.provider_reference or "", Outcome.PAID) for payment in charge.payments.filter(means="card")
        ],
        "ask": lambda: ask(charge, payer),
        "grant": lambda: decide_refund(refund_id, accepted=True, by=accountant),
        "refuse": lambda: decide_refund(refund_id, accepted=False, reason="Non.", by=accountant),
        "pay back": lambda: note_refund_paid(refund_id, on=TODAY, by=accountant),
        "drop": lambda: charges.cancel_charge(charges.lock(charge.pk)),
    }
    try:
        with transaction.atomic():
            done[act]()
    except (Refused, Refund.DoesNotExist):
        pass


def check_ledger(charge: Charge) -> None:
    movements: Counter[object] = Counter()
    for line in LedgerLine.objects.filter(charge=charge):
        movements[line.movement] += line.amount
    assert not any(movements.values())
    charge.refresh_from_db()
    found = balances()
    received = sum(found[f"{means}:albi"] for means in ("transfer", "card", "link"))
    assert -found["paid-back:albi"] <= received
    assert found["owed"] == (FEE if charge.state == Charge.State.DUE else 0)
    if charge.state == Charge.State.SETTLED:
        assert received >= FEE
    granted = charge.refunds.filter(state__in=["granted", "paid"]).count()
    assert -found["fees:albi"] == (FEE if charge.state in ("due", "settled") else 0) - granted * FEE
