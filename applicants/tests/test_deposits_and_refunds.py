"""The deposit that confirms a place, and the cases in which it is paid back. Rules: BS-07, IIM-06, IIM-07, NE-08."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.deposits import deposit_of, open_deposit, postpone_deposit
from applicants.dossiers import lock
from applicants.endings import withdraw_dossier
from applicants.models import Dossier
from applicants.paying import drop_due_for_place
from applicants.refunds import ask_refund, cases_of
from applicants.tests.reading import Page
from applicants.tests.reading import read as words_of
from applicants.tests.scenario import ast_2026, begun, pdf, reloaded, set_clock, staff, submitted
from documents.models import SupportingDocument
from journal.errors import Closed, Refused
from payments.cards import begin_card_payment
from payments.exemptions import ask_exemption
from payments.models import Charge, LedgerLine, Payment, Refund
from payments.refunds import NotRefundable, decide_refund
from payments.standing import Standing, standing_of
from payments.transfers import confirm_transfer, declare_transfer
from programmes.loading import store
from programmes.models import Procedure, Programme
from programmes.rules import Condition, DepositRule, Means, Refundable, RefundRule
from programmes.text import Text

IBAN = "FR7630006000011234567890189"
UNTIL = dt.datetime(2026, 2, 25, 23, tzinfo=dt.UTC)
DEPOSIT = DepositRule(45000, (Means.TRANSFER,), Text("Acompte", "Deposit"), "{family_name} {programme}")
FUNDED = RefundRule(
    code="funding",
    of=(Refundable.DEPOSIT,),
    label=Text("Financement par un organisme", "Funded by a body"),
    paper=Text("Accord de prise en charge", "Agreement"),
    days=30,
    when=Condition({"scholarship": ("no",)}),
)
FAILED = replace(FUNDED, code="failed", until="late_papers", days=None, label=Text("Échec au baccalauréat", ""))
OTHERS = replace(FUNDED, code="others", when=Condition({"scholarship": ("yes",)}))


@pytest.fixture
def procedure(db: None) -> Procedure:
    file = ast_2026()
    rules = replace(file.rules, deposit=DEPOSIT, refunds=(FUNDED, FAILED, OTHERS))
    return set_clock(store(replace(file, rules=rules), rehearsal=True), "2026-02-10 10:00")


@pytest.fixture
def dossier(procedure: Procedure, zoe: User) -> Dossier:
    return submitted(procedure, zoe)


@pytest.fixture
def programme(dossier: Dossier) -> Programme:
    """One that is not the first choice: the deposit goes to the school of the place."""
    return Programme.objects.get(procedure=dossier.procedure, code="ales")


@pytest.fixture
def accountant(procedure: Procedure) -> User:
    return staff(procedure, "accountant", "ales")


@transaction.atomic
def opened(dossier: Dossier, programme: Programme) -> Charge:
    return open_deposit(lock(dossier.pk), programme, until=UNTIL)


def paid(dossier: Dossier, programme: Programme, accountant: User) -> Charge:
    charge = opened(dossier, programme)
    confirm_transfer(charge.pk, received_on=dt.date(2026, 2, 10), by=accountant)
    charge.refresh_from_db()
    return charge


def ask(dossier: Dossier, charge: Charge, case: str = "funding") -> Refund:
    by = dossier.candidate.user
    return ask_refund(dossier.pk, charge.pk, case, pdf(), iban=IBAN, account_holder="Zoé", by=by)


class TestDeposit:
    def test_it_is_owed_to_the_school_of_the_place_once(self, dossier: Dossier, programme: Programme) -> None:
        charge = opened(dossier, programme)
        assert opened(dossier, programme) == charge
        assert (charge.amount, charge.payee.school.code, charge.due_at) == (45000, "ales", UNTIL)
        assert charge.reference == f"Nguyễn-Lefèvre {programme.title}"

    def test_each_place_has_its_own(self, dossier: Dossier, programme: Programme) -> None:
        other = Programme.objects.get(procedure=dossier.procedure, code="albi")
        assert opened(dossier, other) != opened(dossier, programme)

    def test_it_is_paid_before_its_hour(self, dossier: Dossier, programme: Programme, zoe: User) -> None:
        charge = opened(dossier, programme)
        set_clock(dossier.procedure, "2026-02-25 23:59:59")
        declare_transfer(charge.pk, on=dt.date(2026, 2, 25), by=zoe)
        assert standing_of(deposit_of(dossier, programme)) == Standing.ANNOUNCED

    def test_its_hour_is_too_late_unless_it_is_postponed(
        self, dossier: Dossier, programme: Programme, zoe: User
    ) -> None:
        charge = opened(dossier, programme)
        set_clock(dossier.procedure, "2026-02-26 00:00:00")
        with pytest.raises(Closed, match="minuit"):
            declare_transfer(charge.pk, on=dt.date(2026, 2, 25), by=zoe)
        with transaction.atomic():
            postpone_deposit(lock(dossier.pk), programme, until=UNTIL + dt.timedelta(days=5))
        declare_transfer(charge.pk, on=dt.date(2026, 2, 25), by=zoe)

    def test_only_by_its_means_and_for_everybody(self, dossier: Dossier, programme: Programme, zoe: User) -> None:
        dossier.procedure.participations.update(takes_cards=True)
        charge = opened(dossier, programme)
        with pytest.raises(Refused, match="de cette manière"):
            begin_card_payment(charge.pk, by=zoe, return_url="/")
        with pytest.raises(Refused, match="exonéré"):
            ask_exemption(charge.pk, by=zoe)

    def test_a_place_given_up_is_not_paid_for(
        self, dossier: Dossier, programme: Programme, zoe: User, accountant: User
    ) -> None:
        charge = opened(dossier, programme)
        declare_transfer(charge.pk, on=dt.date(2026, 2, 10), by=zoe)
        with transaction.atomic():
            drop_due_for_place(lock(dossier.pk), programme)
        assert deposit_of(dossier, programme) is None
        late = confirm_transfer(charge.pk, received_on=dt.date(2026, 2, 10), by=accountant)
        assert late.state == Payment.State.SURPLUS  # and so to be paid back

    def test_what_was_paid_stays_when_the_place_is_given_up(
        self, dossier: Dossier, programme: Programme, accountant: User
    ) -> None:
        charge = paid(dossier, programme, accountant)
        with transaction.atomic():
            drop_due_for_place(lock(dossier.pk), programme)
        assert deposit_of(dossier, programme) == charge

    def test_who_has_withdrawn_pays_nothing(self, dossier: Dossier, programme: Programme, zoe: User) -> None:
        charge = opened(dossier, programme)
        withdraw_dossier(dossier.pk, by=zoe)
        with pytest.raises(Refused, match="retiré"):
            declare_transfer(charge.pk, on=dt.date(2026, 2, 10), by=zoe)


class TestRefund:
    def test_the_cases_are_those_of_the_rules_and_of_the_answers(
        self, dossier: Dossier, programme: Programme, accountant: User
    ) -> None:
        assert cases_of(dossier) == []  # nothing is paid
        charge = paid(dossier, programme, accountant)
        assert [(case.charge, case.rule.code) for case in cases_of(dossier)] == [
            (charge, "funding"),
            (charge, "failed"),
        ]

    def test_it_is_asked_with_a_proof_of_its_own_folder(
        self, dossier: Dossier, programme: Programme, accountant: User
    ) -> None:
        refund = ask(dossier, paid(dossier, programme, accountant))
        proof = SupportingDocument.objects.get(pk=refund.proof)
        assert proof.folder_id != dossier.folder_id  # no paper of the dossier, for its school to examine
        assert (refund.amount, refund.iban, refund.rule) == (45000, IBAN, "funding")

    def test_what_no_rule_names_is_never_paid_back(
        self, dossier: Dossier, programme: Programme, zoe: User, accountant: User
    ) -> None:
        charge = paid(dossier, programme, accountant)
        fee = dossier.account.charges.get(reason="application_fee")
        confirm_transfer(fee.pk, received_on=dt.date(2026, 2, 10), by=staff(dossier.procedure, "accountant", "albi"))
        for wrong, case in ((fee, "funding"), (charge, "others"), (charge, "whim")):
            with pytest.raises(NotRefundable):
                ask(dossier, wrong, case)
        assert SupportingDocument.objects.filter(kind="refund-proof").count() == 0

    def test_until_so_many_days_after_it_was_paid(
        self, dossier: Dossier, programme: Programme, accountant: User
    ) -> None:
        charge = paid(dossier, programme, accountant)
        set_clock(dossier.procedure, "2026-03-12 10:00:01")
        with pytest.raises(Closed):
            ask(reloaded(dossier.pk), charge)
        set_clock(dossier.procedure, "2026-03-12 09:59:00")
        assert ask(reloaded(dossier.pk), charge)

    def test_until_an_entry_of_the_calendar_ends(
        self, dossier: Dossier, programme: Programme, accountant: User
    ) -> None:
        charge = paid(dossier, programme, accountant)
        set_clock(dossier.procedure, "2026-07-18 00:00:00")
        with pytest.raises(Closed):
            ask(reloaded(dossier.pk), charge, "failed")
        set_clock(dossier.procedure, "2026-07-17 23:59:59")
        assert ask(reloaded(dossier.pk), charge, "failed")

    def test_one_asks_for_ones_own_alone(
        self, dossier: Dossier, programme: Programme, other: User, accountant: User
    ) -> None:
        charge = paid(dossier, programme, accountant)
        theirs = begun(dossier.procedure, other)
        with pytest.raises(Dossier.DoesNotExist):
            ask_refund(dossier.pk, charge.pk, "funding", pdf(), iban=IBAN, account_holder="X", by=other)
        with pytest.raises(NotRefundable):
            ask_refund(theirs.pk, charge.pk, "funding", pdf(), iban=IBAN, account_holder="X", by=other)


class TestPages:
    @pytest.fixture(autouse=True)
    def _clock_stands_still(self) -> None:
        """Pages move with the request's clock."""

    def test_a_candidate_pays_and_asks_back_and_staff_pay_it_back(
        self, client: Client, dossier: Dossier, programme: Programme, zoe: User, accountant: User
    ) -> None:
        charge = opened(dossier, programme)
        slug = dossier.procedure.slug
        client.force_login(zoe)
        page = reverse("applicants:payment", args=[slug, charge.pk])
        text = read(client, page)
        assert "450 € à IMT Mines Alès." in text
        assert "À régler avant le mercredi 25 février 2026 à minuit." in text
        client.post(page, {"on": "2026-02-10"})
        assert "Virement annoncé" in read(client, page)
        confirm_transfer(charge.pk, received_on=dt.date(2026, 2, 10), by=accountant)
        assert "Dans quels cas cette somme se rembourse" in read(client, page)

        asking = reverse("applicants:ask_refund", args=[slug, charge.pk, "funding"])
        wrong = client.post(asking, {"file": pdf(), "iban": "FR7630006000011234567890188", "account_holder": "Zoé"})
        assert "mal recopié" in wrong.content.decode()
        client.post(asking, {"file": pdf(), "iban": "FR76 3000 6000 0112 3456 7890 189", "account_holder": "Zoé"})
        refund = Refund.objects.get()
        SupportingDocument.objects.filter(pk=refund.proof).update(check_state="passed")
        listed = read(client, reverse("applicants:refunds", args=[slug]))
        assert "examine votre justificatif" in listed

        desk = Client()
        desk.force_login(accountant)
        one = reverse("admin:payments_refund_change", args=[refund.pk])
        assert "FR76 3000 6000 0112 3456 7890 189" in read(desk, one)
        assert b"".join(desk.get(reverse("admin:payments_refund_proof", args=[refund.pk]))).startswith(b"%PDF")
        desk.post(reverse("admin:payments_refund_decide", args=[refund.pk]), {"verdict": "accepted"})
        desk.post(reverse("admin:payments_refund_pay", args=[refund.pk]), {"on": "2026-02-10"})
        assert "versé" in read(desk, one)
        assert "450 € versés le mardi 10 février 2026 sur le compte FR76 … 0189." in read(
            client, reverse("applicants:refunds", args=[slug])
        )
        assert sum(line.amount for line in LedgerLine.objects.filter(ledger="paid-back:ales")) == -45000

    def test_another_school_finds_nothing(self, dossier: Dossier, programme: Programme, accountant: User) -> None:
        refund = ask(dossier, paid(dossier, programme, accountant))
        SupportingDocument.objects.filter(pk=refund.proof).update(check_state="passed")
        desk = Client()
        desk.force_login(staff(dossier.procedure, "accountant", "nord-europe"))
        for name in ("change", "proof", "decide", "pay"):
            address = reverse(f"admin:payments_refund_{name}", args=[refund.pk])
            assert desk.get(address).status_code == 404
        desk.post(reverse("admin:payments_refund_decide", args=[refund.pk]), {"verdict": "accepted"})
        refund.refresh_from_db()
        assert refund.state == "asked"

    def test_another_candidate_finds_nothing(
        self, client: Client, dossier: Dossier, programme: Programme, other: User
    ) -> None:
        charge = opened(dossier, programme)
        begun(dossier.procedure, other)
        client.force_login(other)
        assert client.get(reverse("applicants:payment", args=[dossier.procedure.slug, charge.pk])).status_code == 404
        asking = reverse("applicants:ask_refund", args=[dossier.procedure.slug, charge.pk, "funding"])
        assert client.get(asking).status_code == 404

    def test_a_refund_refused_says_why(
        self, client: Client, dossier: Dossier, programme: Programme, zoe: User, accountant: User
    ) -> None:
        refund = ask(dossier, paid(dossier, programme, accountant))
        decide_refund(refund.pk, accepted=False, reason="Accord non signé.", by=accountant)
        client.force_login(zoe)
        text = read(client, reverse("applicants:refunds", args=[dossier.procedure.slug]))
        assert "Motif : Accord non signé." in text
        assert "Demander le remboursement" in text  # with another proof


def read(client: Client, address: str) -> Page:
    """What a page says, its words alone."""
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(" ".join(re.sub(r"<[^>]+>", "", words_of(answer)).split()))
