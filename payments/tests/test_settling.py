"""How a sum is settled: by transfer, by card, or not at all; and every cent of it in the ledger. Rule: AST-10."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from journal.clock import at_one_instant, instant
from journal.errors import Closed, NotAllowed, Refused
from journal.models import Entry, Fact
from notifications.models import Mail
from payments import charges, ledger
from payments.cards import NoCards, begin_card_payment, settle
from payments.charges import Committed, NotDue, PayerAct
from payments.exemptions import AlreadyRefused, NothingAsked, ask_exemption, decide_exemption, withdraw_exemption
from payments.models import Charge, Exemption, LedgerLine, Payment
from payments.providers import Outcome
from payments.standing import Standing, standing_of
from payments.tests.conftest import FEE, LINES, closed, owed
from payments.transfers import (
    NothingDeclared,
    confirm_transfer,
    declare_transfer,
    refuse_transfer,
    withdraw_declaration,
)
from programmes.models import Participation, Procedure

TODAY = dt.date(2026, 3, 12)


@pytest.fixture(autouse=True)
def _ledger_sums_to_zero(db: None) -> object:
    """Whatever a test does, no cent is lost nor made."""
    yield
    movements = LedgerLine.objects.values("movement").annotate(total=Sum("amount"))
    assert all(movement["total"] == 0 for movement in movements)
    for charge in Charge.objects.all():
        expected = charge.amount if charge.state == Charge.State.DUE else 0
        assert balance(ledger.OWED, charge) == expected


def balance(ledger: str, charge: Charge | None = None) -> int:
    """What stands in a ledger, in cents; with `charge`, of that charge alone."""
    lines = LedgerLine.objects.filter(ledger=ledger)
    if charge is not None:
        lines = lines.filter(charge=charge)
    return lines.aggregate(total=Sum("amount"))["total"] or 0


def standing(charge: Charge) -> Standing:
    return standing_of(Charge.objects.get(pk=charge.pk))


def happened(event: str) -> int:
    return Entry.objects.filter(event=event).count()


def mailed(kind: str) -> int:
    return Mail.objects.filter(kind=kind).count()


def stated(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


class TestTransfers:
    def test_announced_then_received(self, charge: Charge, payer: User, accountant: User) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        assert standing(charge) == Standing.ANNOUNCED
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        assert standing(charge) == Standing.SETTLED
        assert balance("transfer:albi") == FEE
        assert (mailed("payment_received"), stated("charge_settled"), happened("payment.received")) == (1, 1, 1)
        assert happened("transfer.declared") == 1
        assert Charge.objects.get().settled_at == instant()

    def test_received_without_having_been_announced(self, charge: Charge, accountant: User) -> None:
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        assert standing(charge) == Standing.SETTLED

    def test_noting_it_twice_books_it_once(self, charge: Charge, accountant: User) -> None:
        first = confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        assert confirm_transfer(charge.pk, by=accountant, received_on=TODAY) == first
        assert balance("transfer:albi") == FEE
        assert mailed("payment_received") == 1

    def test_what_is_paid_by_card_or_waived_is_noted_as_no_transfer(
        self, charge: Charge, payer: User, stranger: User, accountant: User, procedure: Procedure, albi: Participation
    ) -> None:
        begin_card_payment(charge.pk, by=payer, return_url="/")
        settle(reference(), Outcome.PAID)
        waived = owed(procedure, stranger, albi)
        ask_exemption(waived.pk, by=stranger)
        decide_exemption(waived.pk, accepted=True, by=accountant)
        for ended in (charge, waived):
            with pytest.raises(NotDue):
                confirm_transfer(ended.pk, by=accountant, received_on=TODAY)
        assert balance("transfer:albi") == 0

    def test_one_that_was_said_never_to_have_come_comes_after_all(
        self, charge: Charge, payer: User, accountant: User
    ) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        refuse_transfer(charge.pk, by=accountant, reason="Rien sur le compte.")
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        assert standing(charge) == Standing.SETTLED
        assert balance("transfer:albi") == FEE

    def test_announcing_again_corrects_the_day(self, charge: Charge, payer: User) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        payment = declare_transfer(charge.pk, on=TODAY - dt.timedelta(days=3), by=payer)
        assert Payment.objects.get().declared_on == payment.declared_on == TODAY - dt.timedelta(days=3)

    def test_a_day_to_come_is_refused(self, charge: Charge, payer: User, accountant: User) -> None:
        tomorrow = TODAY + dt.timedelta(days=1)
        with pytest.raises(Refused, match="venir"):
            declare_transfer(charge.pk, on=tomorrow, by=payer)
        with pytest.raises(Refused, match="venir"):
            confirm_transfer(charge.pk, by=accountant, received_on=tomorrow)
        assert standing(charge) == Standing.DUE

    def test_the_day_is_that_of_paris_on_the_procedures_clock(self, charge: Charge, accountant: User) -> None:
        """At 23:30 UTC it is the next day where the account is held, and a rehearsal has a day of its own."""
        Procedure.objects.update(clock_offset=dt.timedelta(days=2))
        with at_one_instant(dt.datetime(2026, 3, 12, 23, 30, tzinfo=dt.UTC)):
            confirm_transfer(charge.pk, by=accountant, received_on=dt.date(2026, 3, 15))
        assert standing(charge) == Standing.SETTLED

    def test_the_announcement_is_taken_back(self, charge: Charge, payer: User) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        for _ in range(2):
            withdraw_declaration(charge.pk, by=payer)
        assert standing(charge) == Standing.DUE
        assert happened("transfer.declaration_withdrawn") == 1

    def test_it_never_came(self, charge: Charge, payer: User, accountant: User) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        with pytest.raises(Refused, match="motif"):
            refuse_transfer(charge.pk, by=accountant, reason=" ")
        refuse_transfer(charge.pk, by=accountant, reason="Rien sur le compte au 12 mars.")
        assert standing(charge) == Standing.DUE
        assert (mailed("transfer_not_received"), stated("charge_due_again")) == (1, 1)
        assert happened("transfer.refused") == 1
        with pytest.raises(NothingDeclared):
            refuse_transfer(charge.pk, by=accountant, reason="Encore.")

    def test_a_second_one_after_a_card_is_a_surplus(self, charge: Charge, payer: User, accountant: User) -> None:
        begin_card_payment(charge.pk, by=payer, return_url="/")
        declare_transfer(charge.pk, on=TODAY, by=payer)
        settle(reference(), Outcome.PAID)
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        assert balance("to-repay:albi") == -FEE
        assert mailed("payment_surplus") == 1

    def test_rights(self, charge: Charge, payer: User, stranger: User) -> None:
        with pytest.raises(Charge.DoesNotExist):
            declare_transfer(charge.pk, on=TODAY, by=stranger)
        declare_transfer(charge.pk, on=TODAY, by=payer)
        for person in (stranger, payer):
            with pytest.raises(NotAllowed):
                confirm_transfer(charge.pk, by=person, received_on=TODAY)
            with pytest.raises(NotAllowed):
                refuse_transfer(charge.pk, by=person, reason="non")

    def test_the_guard_is_asked(self, charge: Charge, payer: User) -> None:
        closed.update({PayerAct.DECLARE_TRANSFER, PayerAct.WITHDRAW_DECLARATION})
        with pytest.raises(Closed):
            declare_transfer(charge.pk, on=TODAY, by=payer)
        with pytest.raises(Closed):
            withdraw_declaration(charge.pk, by=payer)

    def test_what_is_settled_is_not_paid_again(self, charge: Charge, payer: User, accountant: User) -> None:
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        with pytest.raises(NotDue, match="déjà réglée"):
            declare_transfer(charge.pk, on=TODAY, by=payer)


def reference() -> str:
    found = Payment.objects.get(means=Payment.Means.CARD).provider_reference
    assert found is not None
    return found


class TestCards:
    def test_paid(self, charge: Charge, payer: User) -> None:
        assert begin_card_payment(charge.pk, by=payer, return_url="/back/").startswith("/paiement/")
        assert standing(charge) == Standing.DUE  # begun is not paid
        assert happened("card.begun") == 1
        settle(reference(), Outcome.PAID)
        assert standing(charge) == Standing.SETTLED
        assert balance("card:albi") == FEE

    def test_a_double_click_begins_one_payment(self, charge: Charge, payer: User) -> None:
        first = begin_card_payment(charge.pk, by=payer, return_url="/")
        assert begin_card_payment(charge.pk, by=payer, return_url="/") == first
        assert Payment.objects.count() == 1

    @pytest.mark.parametrize(
        ("told", "settled"),
        [
            ([Outcome.PAID, Outcome.PAID], True),
            ([Outcome.PAID, Outcome.FAILED], True),
            ([Outcome.FAILED, Outcome.PAID], True),
            ([Outcome.FAILED, Outcome.FAILED], False),
        ],
    )
    def test_told_twice_or_out_of_order(self, charge: Charge, payer: User, told: list[Outcome], settled: bool) -> None:
        begin_card_payment(charge.pk, by=payer, return_url="/")
        for outcome in told:
            settle(reference(), outcome)
        assert (standing(charge) == Standing.SETTLED) is settled
        assert balance("card:albi") == (FEE if settled else 0)

    def test_a_refused_card_can_be_tried_again(self, charge: Charge, payer: User) -> None:
        begin_card_payment(charge.pk, by=payer, return_url="/")
        settle(reference(), Outcome.FAILED)
        begin_card_payment(charge.pk, by=payer, return_url="/")
        assert sorted(Payment.objects.values_list("state", flat=True)) == ["declared", "failed"]
        assert happened("card.failed") == 1

    def test_late_after_a_transfer_it_is_a_surplus(self, charge: Charge, payer: User, accountant: User) -> None:
        begin_card_payment(charge.pk, by=payer, return_url="/")
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        for _ in range(2):
            settle(reference(), Outcome.PAID)
        assert balance("to-repay:albi") == -FEE
        assert (happened("payment.surplus"), mailed("payment_surplus")) == (1, 1)

    def test_only_where_the_school_takes_cards(self, charge: Charge, payer: User, albi: Participation) -> None:
        albi.takes_cards = False
        albi.save()
        with pytest.raises(NoCards):
            begin_card_payment(charge.pk, by=payer, return_url="/")

    def test_the_test_bank_is_not_for_a_real_procedure(self, charge: Charge, payer: User, procedure: Procedure) -> None:
        procedure.is_rehearsal = False
        procedure.save()
        with pytest.raises(NoCards):
            begin_card_payment(charge.pk, by=payer, return_url="/")

    def test_not_while_a_transfer_is_announced(self, charge: Charge, payer: User) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        with pytest.raises(Committed):
            begin_card_payment(charge.pk, by=payer, return_url="/")

    def test_who_has_paid_by_card_is_not_told_that_a_transfer_is_still_owed(
        self, charge: Charge, payer: User, accountant: User
    ) -> None:
        """In one tab the bank's page, in the other an announcement; the card pays, and no transfer comes."""
        begin_card_payment(charge.pk, by=payer, return_url="/")
        declare_transfer(charge.pk, on=TODAY, by=payer)
        settle(reference(), Outcome.PAID)
        refuse_transfer(charge.pk, by=accountant, reason="Rien sur le relevé.")
        assert standing(charge) == Standing.SETTLED
        assert (mailed("transfer_not_received"), stated("charge_due_again")) == (0, 0)

    def test_nobodys_reference(self, charge: Charge) -> None:
        with pytest.raises(Payment.DoesNotExist):
            settle("unheard-of", Outcome.PAID)


class TestExemptions:
    def test_granted(self, charge: Charge, payer: User, accountant: User) -> None:
        ask_exemption(charge.pk, by=payer)
        assert standing(charge) == Standing.EXEMPTION_ASKED
        for _ in range(2):
            decide_exemption(charge.pk, accepted=True, by=accountant)
        assert standing(charge) == Standing.WAIVED
        assert (mailed("exemption_accepted"), stated("charge_settled"), happened("exemption.accepted")) == (1, 1, 1)
        assert (Exemption.objects.get().decided_by, Exemption.objects.get().decided_at) == (accountant, instant())
        assert Charge.objects.get().settled_at == instant()

    def test_refused_the_sum_is_due_again(self, charge: Charge, payer: User, accountant: User) -> None:
        ask_exemption(charge.pk, by=payer)
        with pytest.raises(Refused, match="motif"):
            decide_exemption(charge.pk, accepted=False, reason="", by=accountant)
        decide_exemption(charge.pk, accepted=False, reason="Attestation de 2024.", by=accountant)
        assert standing(charge) == Standing.DUE
        assert (mailed("exemption_refused"), stated("charge_due_again")) == (1, 1)
        with pytest.raises(AlreadyRefused):
            ask_exemption(charge.pk, by=payer)

    def test_what_was_refused_by_mistake_is_granted_while_nothing_is_paid(
        self, charge: Charge, payer: User, accountant: User
    ) -> None:
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=False, reason="Attestation de 2024.", by=accountant)
        decide_exemption(charge.pk, accepted=True, by=accountant)
        assert standing(charge) == Standing.WAIVED
        assert (mailed("exemption_accepted"), stated("charge_settled")) == (1, 1)
        with pytest.raises(NothingAsked):  # what was granted stands
            decide_exemption(charge.pk, accepted=False, reason="Non.", by=accountant)

    def test_what_is_paid_since_is_not_waived(self, charge: Charge, payer: User, accountant: User) -> None:
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=False, reason="Attestation de 2024.", by=accountant)
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        with pytest.raises(NothingAsked):
            decide_exemption(charge.pk, accepted=True, by=accountant)
        assert standing(charge) == Standing.SETTLED

    def test_asked_once(self, charge: Charge, payer: User) -> None:
        assert ask_exemption(charge.pk, by=payer) == ask_exemption(charge.pk, by=payer)
        assert happened("exemption.asked") == 1

    def test_taken_back(self, charge: Charge, payer: User, accountant: User) -> None:
        ask_exemption(charge.pk, by=payer)
        for _ in range(2):
            withdraw_exemption(charge.pk, by=payer)
        assert standing(charge) == Standing.DUE
        assert happened("exemption.withdrawn") == 1
        with pytest.raises(NothingAsked):
            decide_exemption(charge.pk, accepted=True, by=accountant)

    def test_money_that_comes_drops_the_payers_request_and_no_other(
        self, charge: Charge, payer: User, stranger: User, accountant: User, procedure: Procedure, albi: Participation
    ) -> None:
        elsewhere = owed(procedure, stranger, albi)
        for one, by in ((charge, payer), (elsewhere, stranger)):
            ask_exemption(one.pk, by=by)
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        assert Exemption.objects.get().charge == elsewhere

    def test_paying_leaves_a_refusal_as_it_was(self, charge: Charge, payer: User, accountant: User) -> None:
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=False, reason="Attestation de 2024.", by=accountant)
        declare_transfer(charge.pk, on=TODAY, by=payer)
        assert Exemption.objects.get().state == Exemption.State.REFUSED

    def test_paying_drops_the_request(self, charge: Charge, payer: User) -> None:
        ask_exemption(charge.pk, by=payer)
        declare_transfer(charge.pk, on=TODAY, by=payer)
        assert not Exemption.objects.exists()
        with pytest.raises(Committed):
            ask_exemption(charge.pk, by=payer)

    def test_rights(self, charge: Charge, payer: User, stranger: User) -> None:
        with pytest.raises(Charge.DoesNotExist):
            ask_exemption(charge.pk, by=stranger)
        ask_exemption(charge.pk, by=payer)
        for person in (stranger, payer):
            with pytest.raises(NotAllowed):
                decide_exemption(charge.pk, accepted=True, by=person)

    def test_the_guard_is_asked(self, charge: Charge, payer: User) -> None:
        closed.update({PayerAct.ASK_EXEMPTION, PayerAct.WITHDRAW_EXEMPTION})
        with pytest.raises(Closed):
            ask_exemption(charge.pk, by=payer)
        with pytest.raises(Closed):
            withdraw_exemption(charge.pk, by=payer)


class TestRedirecting:
    @transaction.atomic
    def redirect(self, charge: Charge, payee: Participation) -> Charge:
        return charges.reopen_charge(charges.lock(charge.pk), payee=payee, lines=LINES)

    def test_the_new_school_is_owed(self, charge: Charge, ales: Participation) -> None:
        opened = self.redirect(charge, ales)
        assert (opened.payee, opened.amount, opened.state) == (ales, FEE, "due")
        assert Charge.objects.get(pk=charge.pk).state == "cancelled"
        assert (balance("fees:albi"), balance("fees:ales")) == (0, -FEE)

    def test_not_while_money_is_on_its_way_or_there(
        self, charge: Charge, payer: User, accountant: User, ales: Participation
    ) -> None:
        declare_transfer(charge.pk, on=TODAY, by=payer)
        with pytest.raises(Committed, match="retirez d’abord"):
            self.redirect(charge, ales)
        confirm_transfer(charge.pk, by=accountant, received_on=TODAY)
        with pytest.raises(Committed, match="réglés"):
            self.redirect(charge, ales)

    def test_a_card_that_pays_the_first_school_late_is_its_surplus(
        self, charge: Charge, payer: User, ales: Participation
    ) -> None:
        begin_card_payment(charge.pk, by=payer, return_url="/")
        opened = self.redirect(charge, ales)
        settle(reference(), Outcome.PAID)
        assert standing(opened) == Standing.DUE
        assert balance("to-repay:albi") == -FEE

    def test_the_new_school_judges_a_granted_exemption_anew(
        self, charge: Charge, payer: User, accountant: User, ales: Participation
    ) -> None:
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=True, by=accountant)
        assert standing(self.redirect(charge, ales)) == Standing.EXEMPTION_ASKED

    def test_the_payer_hears_of_each_schools_judgement(
        self, charge: Charge, payer: User, accountant: User, stranger: User, ales: Participation
    ) -> None:
        """The second may be the reverse of the first."""
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=True, by=accountant)
        decide_exemption(self.redirect(charge, ales).pk, accepted=False, reason="Non.", by=stranger)
        assert (mailed("exemption_accepted"), mailed("exemption_refused")) == (1, 1)

    def test_a_refusal_stands(self, charge: Charge, payer: User, accountant: User, ales: Participation) -> None:
        ask_exemption(charge.pk, by=payer)
        decide_exemption(charge.pk, accepted=False, reason="Non.", by=accountant)
        opened = self.redirect(charge, ales)
        with pytest.raises(AlreadyRefused):
            ask_exemption(opened.pk, by=payer)


def test_lines_that_do_not_sum_to_zero_are_not_booked(charge: Charge) -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.book(charge, {"a": 1, "b": -2})


def test_each_payer_owes_their_own(procedure: Procedure, charge: Charge, albi: Participation) -> None:
    other = owed(procedure, User.objects.create_user("o@example.org"), albi)
    assert balance(ledger.OWED) == 2 * FEE
    assert balance(ledger.OWED, other) == FEE
