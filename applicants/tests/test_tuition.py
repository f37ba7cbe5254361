"""What studies cost, in which instalments, and the mandate for those after the first. Rule: NE-08."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.dossiers import lock
from applicants.endings import withdraw_dossier
from applicants.instalments import (
    NothingToDebit,
    instalment_of,
    open_instalment,
    postpone_instalment,
    sign_mandate,
)
from applicants.models import Dossier
from applicants.paying import drop_due_for_place
from applicants.refunds import ask_refund
from applicants.tests.reading import read
from applicants.tests.scenario import ast_2026, begun, pdf, set_clock, staff, submitted
from applicants.tuition import schedule, split
from journal.errors import Closed, Refused
from payments.models import Charge, LedgerLine, Mandate
from payments.refunds import decide_refund, note_refund_paid
from payments.transfers import confirm_transfer, declare_transfer
from programmes.loading import store
from programmes.models import Procedure, Programme
from programmes.rules import (
    Condition,
    Extra,
    Instalment,
    Means,
    Price,
    ProgrammePrices,
    Refundable,
    RefundRule,
    TuitionRule,
)
from programmes.text import Text

TODAY = dt.date(2026, 2, 10)
UNTIL = dt.datetime(2026, 2, 25, 23, tzinfo=dt.UTC)
IBAN = "FR7630006000011234567890189"
DAYS = (Instalment(), Instalment(dt.date(2026, 12, 15)), Instalment(dt.date(2027, 3, 15)))
CVEC = Extra("cvec", Text("CVEC", ""), 10300, Condition({"scholarship": ("yes",)}))
TUITION = TuitionRule(
    by="scholarship",
    amounts=(Price("yes", 750000), Price("no", 1250000)),
    programmes=(ProgrammePrices("ales", (Price("yes", 900000), Price("no", 1400000))),),
    extras=(CVEC,),
    instalments=DAYS,
    mandate=True,
    means=(Means.TRANSFER,),
    reference="{family_name} {programme}",
)
VISA = RefundRule("visa", (Refundable.INSTALMENT,), Text("Visa refusé", ""), Text("Refus de visa", ""))


def dues(programme: str, answer: str) -> list[int]:
    found = schedule(TUITION, programme, {"scholarship": answer})
    assert found is not None
    return [due.amount for due in found.dues]


class TestSchedule:
    def test_the_notice(self) -> None:
        """7,500 and 12,500 euros, 9,000 and 14,000 for one programme; CVEC for the self-funded, with the first."""
        assert dues("albi", "yes") == [250000 + 10300, 250000, 250000]
        assert dues("albi", "no") == [416667, 416667, 416666]
        assert dues("ales", "yes") == [300000 + 10300, 300000, 300000]
        assert sum(dues("ales", "no")) == 1400000

    def test_the_first_is_at_admission_the_others_on_their_days(self) -> None:
        found = schedule(TUITION, "albi", {"scholarship": "yes"})
        assert found is not None
        assert [due.on for due in found.dues] == [None, dt.date(2026, 12, 15), dt.date(2027, 3, 15)]
        assert [str(label) for label, _ in found.first_lines] == ["Première échéance de scolarité", "CVEC"]

    def test_without_the_answer_there_is_none(self) -> None:
        assert schedule(TUITION, "albi", {}) is None

    @given(
        price=st.integers(1, 5_000_000),
        extras=st.lists(st.integers(1, 50_000), max_size=3),
        parts=st.integers(1, 12),
    )
    def test_the_instalments_make_up_the_price_to_the_cent(self, price: int, extras: list[int], parts: int) -> None:
        rule = replace(
            TUITION,
            programmes=(),
            amounts=(Price("yes", price),),
            extras=tuple(Extra(f"e{number}", Text("", ""), cents) for number, cents in enumerate(extras)),
            instalments=(Instalment(),) * parts,
        )
        found = schedule(rule, "albi", {"scholarship": "yes"})
        assert found is not None
        assert sum(due.amount for due in found.dues) == found.total == price + sum(extras)
        assert sum(cents for _, cents in found.first_lines) == found.dues[0].amount

    @given(st.integers(0, 10_000_000), st.integers(1, 24))
    def test_parts_differ_by_a_cent_at_most_and_the_first_is_not_the_smaller(self, amount: int, parts: int) -> None:
        shares = split(amount, parts)
        assert sum(shares) == amount
        assert max(shares) - min(shares) <= 1
        assert shares == sorted(shares, reverse=True)


@pytest.fixture
def procedure(db: None) -> Procedure:
    file = ast_2026()
    rules = replace(file.rules, tuition=TUITION, refunds=(VISA,))
    return set_clock(store(replace(file, rules=rules), rehearsal=True), "2026-02-10 10:00")


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    return submitted(procedure, zoe)  # who answers "no": 12,500 euros, 14,000 at Alès


@pytest.fixture
def programme(dossier: Dossier) -> Programme:
    return Programme.objects.get(procedure=dossier.procedure, code="ales")


@pytest.fixture
def accountant(procedure: Procedure) -> User:
    return staff(procedure, "accountant", "ales")


@transaction.atomic
def opened(dossier: Dossier, programme: Programme) -> Charge:
    charge = open_instalment(lock(dossier.pk), programme, until=UNTIL)
    assert charge is not None
    return charge


def test_the_first_instalment_is_a_charge_to_the_school_of_the_place(dossier: Dossier, programme: Programme) -> None:
    charge = opened(dossier, programme)
    assert opened(dossier, programme) == charge
    assert (charge.amount, charge.payee.school.code, charge.due_at) == (466667, "ales", UNTIL)
    assert charge.reference == f"Nguyễn-Lefèvre {programme.title}"


def test_no_tuition_no_instalment(dossier: Dossier, programme: Programme) -> None:
    without = replace(dossier.rules, tuition=None)
    dossier.version = dossier.procedure.versions.create(number=2, digest="2", rules=without)
    with transaction.atomic():
        assert open_instalment(dossier, programme, until=UNTIL) is None


def test_its_hour_is_too_late_unless_it_is_postponed(dossier: Dossier, programme: Programme, zoe: User) -> None:
    charge = opened(dossier, programme)
    set_clock(dossier.procedure, "2026-02-26 00:00:00")
    with pytest.raises(Closed):
        declare_transfer(charge.pk, on=TODAY, by=zoe)
    with transaction.atomic():
        postpone_instalment(lock(dossier.pk), programme, until=UNTIL + dt.timedelta(days=5))
    with transaction.atomic(), pytest.raises(Refused, match="après la fin du délai"):
        postpone_instalment(lock(dossier.pk), programme, until=UNTIL + dt.timedelta(days=5))
    assert declare_transfer(charge.pk, on=TODAY, by=zoe)


def test_a_place_given_up_is_not_paid_for(dossier: Dossier, programme: Programme) -> None:
    opened(dossier, programme)
    with transaction.atomic():
        drop_due_for_place(lock(dossier.pk), programme)
    assert instalment_of(dossier, programme) is None


def test_paid_back_when_the_visa_is_refused(
    dossier: Dossier, programme: Programme, zoe: User, accountant: User
) -> None:
    charge = opened(dossier, programme)
    confirm_transfer(charge.pk, received_on=TODAY, by=accountant)
    refund = ask_refund(dossier.pk, charge.pk, "visa", pdf(), iban=IBAN, account_holder="Zoé", by=zoe)
    decide_refund(refund.pk, accepted=True, by=accountant)
    note_refund_paid(refund.pk, on=TODAY, by=accountant)
    assert sum(line.amount for line in LedgerLine.objects.filter(ledger="paid-back:ales")) == -466667


class TestMandate:
    def test_signed_anew_it_replaces_the_one_before(self, dossier: Dossier, programme: Programme, zoe: User) -> None:
        charge = opened(dossier, programme)
        first = sign_mandate(dossier.pk, charge.pk, iban=IBAN, account_holder="Zoé", by=zoe)
        sign_mandate(dossier.pk, charge.pk, iban="DE89370400440532013000", account_holder="Papa", by=zoe)
        mandate = Mandate.objects.get()
        assert (mandate.iban, mandate.account_holder) == ("DE89370400440532013000", "Papa")
        assert mandate.reference == first.reference
        assert len(mandate.reference) <= 35

    def test_it_is_for_ones_own_instalment(
        self, dossier: Dossier, programme: Programme, zoe: User, other: User
    ) -> None:
        charge = opened(dossier, programme)
        with pytest.raises(Dossier.DoesNotExist):
            sign_mandate(dossier.pk, charge.pk, iban=IBAN, account_holder="X", by=other)
        fee = dossier.account.charges.get(reason="application_fee")
        with pytest.raises(NothingToDebit):
            sign_mandate(dossier.pk, fee.pk, iban=IBAN, account_holder="X", by=zoe)
        theirs = begun(dossier.procedure, other)
        with pytest.raises(NothingToDebit):
            sign_mandate(theirs.pk, charge.pk, iban=IBAN, account_holder="X", by=other)

    def test_who_has_withdrawn_signs_none(self, dossier: Dossier, programme: Programme, zoe: User) -> None:
        charge = opened(dossier, programme)
        withdraw_dossier(dossier.pk, by=zoe)
        with pytest.raises(Refused, match="retiré"):
            sign_mandate(dossier.pk, charge.pk, iban=IBAN, account_holder="X", by=zoe)


class TestPages:
    @pytest.fixture(autouse=True)
    def _clock_stands_still(self) -> None:
        """Pages move with the request's clock."""

    def test_the_candidate_sees_the_schedule_and_signs(
        self, client: Client, dossier: Dossier, programme: Programme, zoe: User, accountant: User
    ) -> None:
        charge = opened(dossier, programme)
        client.force_login(zoe)
        home = read(client.get(reverse("campaign:dossier", args=[dossier.procedure.slug])))
        assert "4 666,67 € à IMT Mines Alès, avant le mercredi 25 février 2026 à minuit" in home
        address = reverse("applicants:payment", args=[dossier.procedure.slug, charge.pk])
        page = read(client.get(address))
        assert "Votre échéancier" in page
        assert "14 000 €" in page
        assert "Mardi 15 décembre 2026" in page
        sign = reverse("applicants:sign_mandate", args=[dossier.procedure.slug, charge.pk])
        given_up = read(client.post(sign, {"iban": IBAN, "account_holder": "Zoé"}))
        assert "Sans votre autorisation" in given_up
        assert not Mandate.objects.exists()
        signed = read(client.post(sign, {"iban": IBAN, "account_holder": "Zoé", "agreed": "on"}, follow=True))
        assert "sur le compte FR76 … 0189." in signed
        assert IBAN not in signed

        desk = Client()
        desk.force_login(accountant)
        listed = reverse("admin:payments_mandate_changelist")
        assert "FR76 3000 6000 0112 3456 7890 189" in read(desk.get(listed))
        desk.force_login(staff(dossier.procedure, "accountant", "albi"))
        assert "FR76 3000" not in read(desk.get(listed))
