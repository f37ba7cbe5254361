"""A fee by number of programmes, smaller for scholarship holders, paid to one school, and the complements to it.

Rules: APP-11, APP-12, APP-14, NE-06.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from accounts.models import User
from applicants.answers import save_answers
from applicants.choices import rank_choices
from applicants.editing import NotEditable
from applicants.fees import fee_charge, fee_charges, fee_standing, left_unstudied
from applicants.models import Correction, Dossier, Status
from applicants.papers import deposit_paper
from applicants.reductions import NothingClaimed, decide_reduction
from applicants.submission import NotReady, submit_dossier
from applicants.tests.scenario import ast_2026, filled, pass_checks, pdf, person, reloaded, set_clock, staff
from journal.errors import Refused
from journal.followups import run_pending_facts
from payments.cards import begin_card_payment, settle
from payments.charges import drop_charge, lock
from payments.ledger import OWED
from payments.models import Charge, LedgerLine, Payment
from payments.providers import Outcome
from payments.standing import Standing
from payments.transfers import confirm_transfer, declare_transfer, withdraw_declaration
from programmes.loading import store
from programmes.models import Procedure
from programmes.roles import NotAllowed
from programmes.rules import Condition, FeeRule, Link, Means, Needed, Reduction
from programmes.text import Text

OPEN = "2026-02-10 10:00"
TODAY = dt.date(2026, 2, 10)
ALL = ("albi", "ales", "nord-europe")
SCHOLAR = Condition({"scholarship": ("yes",)})
REDUCTION = Reduction(Text("Boursier", "Scholar"), SCHOLAR, "crous-certificate", 2200, 1100, complement_days=10)
FEE = FeeRule(
    amount=7700,
    further=2200,
    means=(Means.CARD,),
    reference="{family_name} {programme} {reference}",
    needed_for=Needed.SUBMISSION,
    payee="nord-europe",
    reduction=REDUCTION,
)


@pytest.fixture
def procedure(db: None) -> Procedure:
    return procedure_with(FEE)


@pytest.fixture
def zoe(db: None) -> User:
    return person()


def procedure_with(fee: FeeRule) -> Procedure:
    """The procedure in its window, with another fee; every school takes cards."""
    file = ast_2026()
    stored = store(replace(file, rules=replace(file.rules, fee=fee)), rehearsal=True)
    stored.participations.update(takes_cards=True)
    return set_clock(stored, OPEN)


def amounts(dossier: Dossier) -> list[int]:
    """The sums of the fee, the smallest first: here the clock stands still, and tells no order."""
    return sorted(charge.amount for charge in fee_charges(dossier))


def pay(dossier: Dossier, by: User) -> Payment:
    """Pay by card what is due of the fee."""
    due = next(charge for charge in fee_charges(dossier) if charge.state == Charge.State.DUE)
    begin_card_payment(due.pk, by=by, return_url="/")
    payment = Payment.objects.get(charge=due, state="declared")
    assert payment.provider_reference
    return settle(payment.provider_reference, Outcome.PAID)


def scholar(procedure: Procedure, by: User, choices: tuple[str, ...] = ALL) -> Dossier:
    """A dossier that claims the reduced fee, with its proof."""
    dossier = filled(procedure, by, choices=choices)
    save_answers(dossier.pk, "scholarship", {"scholarship": "yes"}, by=by)
    deposit_paper(dossier.pk, "crous-certificate", pdf(), by=by)
    pass_checks(dossier)
    return reloaded(dossier.pk)


def submitted_scholar(procedure: Procedure, by: User) -> Dossier:
    dossier = scholar(procedure, by)
    pay(dossier, by)
    submit_dossier(dossier.pk, by=by)
    return reloaded(dossier.pk)


@pytest.fixture
def cashier(procedure: Procedure) -> User:
    return staff(procedure, "office")


def test_it_follows_the_number_of_programmes_until_it_is_paid(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, choices=("albi",))
    assert amounts(dossier) == [7700]
    rank_choices(dossier.pk, ALL, by=zoe)
    assert amounts(dossier) == [7700 + 2 * 2200]
    rank_choices(dossier.pk, ("ales", "albi"), by=zoe)
    assert amounts(dossier) == [7700 + 2200]
    assert Charge.objects.live().count() == 1


def test_it_goes_to_the_school_that_the_rules_name_whatever_is_first(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, choices=("albi", "ales"))
    pay(dossier, zoe)
    rank_choices(dossier.pk, ("ales", "albi"), by=zoe)  # which is nobody's money
    assert [charge.payee.school.code for charge in fee_charges(dossier)] == ["nord-europe"]


def test_the_transfer_bears_programme_and_reference(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, choices=("albi",))
    title = str(dossier.ranked_choices[0].programme.title)
    assert fee_charges(dossier)[0].reference == f"Nguyễn-Lefèvre {title} {dossier.reference}"


def test_a_programme_added_after_payment_is_a_complement(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, choices=("albi",))
    pay(dossier, zoe)
    rank_choices(dossier.pk, ("albi", "ales"), by=zoe)
    assert amounts(dossier) == [2200, 7700]
    assert fee_standing(dossier) == Standing.DUE
    with pytest.raises(NotReady) as refusal:
        submit_dossier(dossier.pk, by=zoe)
    assert [item.place for item in refusal.value.items] == ["payment"]
    rank_choices(dossier.pk, ALL, by=zoe)
    assert amounts(dossier) == [4400, 7700]  # one complement, as long as it is not paid
    pay(dossier, zoe)
    assert submit_dossier(dossier.pk, by=zoe)


def test_a_programme_given_up_gives_nothing_back_but_drops_its_complement(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, choices=("albi", "ales"))
    pay(dossier, zoe)
    rank_choices(dossier.pk, ALL, by=zoe)
    rank_choices(dossier.pk, ("albi",), by=zoe)
    assert amounts(dossier) == [9900]
    assert fee_standing(dossier) == Standing.SETTLED
    rank_choices(dossier.pk, ("albi", "nord-europe"), by=zoe)
    assert amounts(dossier) == [9900]  # two are paid for, whichever they are


def test_a_second_complement_beside_a_first_that_is_paid(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, choices=("albi",))
    for choices in (("albi", "ales"), ALL):
        pay(dossier, zoe)
        rank_choices(dossier.pk, choices, by=zoe)
    pay(dossier, zoe)
    assert amounts(dossier) == [2200, 2200, 7700]
    assert sum(line.amount for line in LedgerLine.objects.filter(ledger=OWED)) == 0
    assert sum(line.amount for line in LedgerLine.objects.filter(ledger="card:nord-europe")) == 7700 + 4400


class TestReduced:
    def test_it_is_claimed_by_the_answers(self, procedure: Procedure, zoe: User) -> None:
        dossier = scholar(procedure, zoe)
        assert amounts(dossier) == [2200 + 2 * 1100]
        save_answers(dossier.pk, "scholarship", {"scholarship": "no"}, by=zoe)
        assert amounts(dossier) == [7700 + 2 * 2200]

    def test_without_its_paper_nothing_is_submitted(self, procedure: Procedure, zoe: User) -> None:
        dossier = filled(procedure, zoe)
        save_answers(dossier.pk, "scholarship", {"scholarship": "yes"}, by=zoe)
        pay(dossier, zoe)
        with pytest.raises(NotReady) as refusal:
            submit_dossier(dossier.pk, by=zoe)
        assert [item.place for item in refusal.value.items] == ["paper:crous-certificate"]

    def test_accepted_nothing_more_is_owed(self, procedure: Procedure, zoe: User, cashier: User) -> None:
        dossier = submitted_scholar(procedure, zoe)
        decide_reduction(dossier.pk, accepted=True, by=cashier)
        assert amounts(dossier) == [4400]

    def test_refused_the_difference_is_due_by_a_date(self, procedure: Procedure, zoe: User, cashier: User) -> None:
        dossier = submitted_scholar(procedure, zoe)
        decide_reduction(dossier.pk, accepted=False, reason="Avis de 2024.", by=cashier)
        assert amounts(dossier) == [4400, 12100 - 4400]
        complement = fee_charges(dossier)[-1]
        assert complement.due_at == procedure.now() + dt.timedelta(days=10)
        correction = Correction.objects.get()
        assert correction.until == complement.due_at
        assert "77" in correction.reason
        assert "ne sera pas étudié" in correction.reason
        assert "Avis de 2024." in correction.reason
        pay(dossier, zoe)
        run_pending_facts()
        correction.refresh_from_db()
        assert correction.answered_at is not None
        assert not left_unstudied(procedure).exists()

    def test_unpaid_then_the_dossier_is_not_studied_and_nothing_is_paid_back(
        self, procedure: Procedure, zoe: User, cashier: User
    ) -> None:
        dossier = submitted_scholar(procedure, zoe)
        decide_reduction(dossier.pk, accepted=False, reason="Avis de 2024.", by=cashier)
        set_clock(procedure, "2026-02-20 09:59:59")
        assert not left_unstudied(procedure).exists()
        set_clock(procedure, "2026-02-20 10:00:01")
        dossier = reloaded(dossier.pk)
        assert list(left_unstudied(dossier.procedure)) == [dossier]
        with pytest.raises(NotEditable):
            pay(dossier, zoe)
        assert amounts(dossier) == [4400, 7700]
        assert fee_charges(dossier)[0].state == Charge.State.SETTLED

    def test_refused_by_mistake_it_is_accepted_after_all(self, procedure: Procedure, zoe: User, cashier: User) -> None:
        dossier = submitted_scholar(procedure, zoe)
        decide_reduction(dossier.pk, accepted=False, reason="Illisible.", by=cashier)
        for _ in range(2):
            decide_reduction(dossier.pk, accepted=True, by=cashier)
        assert amounts(dossier) == [4400]
        assert Correction.objects.get().answered_at is not None

    def test_asked_twice_in_the_same_way_it_asks_once(self, procedure: Procedure, zoe: User, cashier: User) -> None:
        dossier = submitted_scholar(procedure, zoe)
        for _ in range(2):
            decide_reduction(dossier.pk, accepted=False, reason="Avis de 2024.", by=cashier)
        assert amounts(dossier) == [4400, 7700]
        assert Correction.objects.count() == 1

    def test_a_programme_more_and_then_a_refusal(self, procedure: Procedure, zoe: User, cashier: User) -> None:
        dossier = scholar(procedure, zoe, choices=("albi",))
        pay(dossier, zoe)
        rank_choices(dossier.pk, ALL, by=zoe)
        pay(dossier, zoe)
        submit_dossier(dossier.pk, by=zoe)
        decide_reduction(dossier.pk, accepted=False, reason="Avis de 2024.", by=cashier)
        assert amounts(dossier) == [2200, 2200, 12100 - 4400]

    def test_it_is_for_the_staff_who_are_paid_and_with_a_reason(
        self, procedure: Procedure, zoe: User, cashier: User
    ) -> None:
        dossier = submitted_scholar(procedure, zoe)
        with pytest.raises(NotAllowed):
            decide_reduction(dossier.pk, accepted=True, by=staff(procedure, "verifier", "albi"))
        with pytest.raises(Refused, match="motif"):
            decide_reduction(dossier.pk, accepted=False, reason=" ", by=cashier)

    def test_nobody_decides_on_what_nobody_claims(self, procedure: Procedure, zoe: User, cashier: User) -> None:
        dossier = filled(procedure, zoe)
        pay(dossier, zoe)
        submit_dossier(dossier.pk, by=zoe)
        with pytest.raises(NothingClaimed):
            decide_reduction(dossier.pk, accepted=False, reason="Non.", by=cashier)

    def test_the_accountants_of_the_school_that_is_paid_decide(self, procedure: Procedure, zoe: User) -> None:
        """Whichever programmes were chosen: where one school is paid for all, it must see who claims what."""
        dossier = scholar(procedure, zoe, choices=("albi", "ales"))
        pay(dossier, zoe)
        accountant = staff(procedure, "accountant", "nord-europe")
        assert not Dossier.objects.visible_to(accountant).exists()  # a draft
        submit_dossier(dossier.pk, by=zoe)
        assert decide_reduction(dossier.pk, accepted=True, by=accountant).state == "accepted"
        assert not Dossier.objects.readable_by(accountant).exists()
        assert not Dossier.objects.visible_to(staff(procedure, "accountant", "ales")).exists()


class TestLink:
    """A payment page outside of the portal, for some; staff note what came."""

    fee = replace(
        FEE,
        means=(Means.TRANSFER, Means.LINK),
        needed_for=Needed.VALIDATION,
        payee="",
        reduction=None,
        link=Link("https://pay.example.org", Text("Flywire", ""), Condition({"scholarship": ("yes",)})),
    )

    def test_it_is_announced_and_noted_by_staff(self, zoe: User) -> None:
        procedure = procedure_with(self.fee)
        dossier = scholar(procedure, zoe)
        charge = fee_charge(dossier.pk, by=zoe)
        assert charge is not None
        declare_transfer(charge.pk, on=TODAY, means=Payment.Means.LINK, by=zoe)
        assert fee_standing(dossier) == Standing.ANNOUNCED
        confirm_transfer(charge.pk, received_on=TODAY, by=staff(procedure, "accountant", "albi"))
        assert fee_standing(dossier) == Standing.SETTLED
        assert sum(line.amount for line in LedgerLine.objects.filter(ledger="link:albi")) == 12100

    def test_it_is_not_for_everybody(self, zoe: User) -> None:
        dossier = filled(procedure_with(self.fee), zoe)
        charge = fee_charge(dossier.pk, by=zoe)
        assert charge is not None
        with pytest.raises(Refused, match="de cette manière"):
            declare_transfer(charge.pk, on=TODAY, means=Payment.Means.LINK, by=zoe)

    def test_one_announcement_at_a_time_the_last_one_counts(self, zoe: User) -> None:
        dossier = scholar(procedure_with(self.fee), zoe)
        charge = fee_charge(dossier.pk, by=zoe)
        assert charge is not None
        declare_transfer(charge.pk, on=TODAY, by=zoe)
        declare_transfer(charge.pk, on=TODAY, means=Payment.Means.LINK, by=zoe)
        assert [payment.means for payment in Payment.objects.all()] == ["link"]
        withdraw_declaration(charge.pk, by=zoe)
        assert fee_standing(dossier) == Standing.DUE


def test_money_for_a_sum_dropped_meanwhile_is_to_be_paid_back(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    charge = fee_charge(dossier.pk, by=zoe)
    assert charge is not None
    begin_card_payment(charge.pk, by=zoe, return_url="/")
    drop_charge(lock(charge.pk))
    payment = Payment.objects.get()
    assert payment.provider_reference
    assert settle(payment.provider_reference, Outcome.PAID).state == Payment.State.SURPLUS
    assert Dossier.objects.get(pk=dossier.pk).status == Status.DRAFT
