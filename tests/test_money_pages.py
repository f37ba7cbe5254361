"""The pages of money that the story of the admission on titles passes by, looked at in both languages.

Fees by number of programmes with a reduction, an outside page and a complement; a deposit, tuition with its mandate,
refunds; and what staff see of them. Rules: APP-11, APP-12, BS-07, NE-06, NE-08, IIM-07.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.deposits import open_deposit
from applicants.dossiers import lock
from applicants.fees import fee_charges
from applicants.instalments import open_instalment
from applicants.models import Dossier
from applicants.reductions import decide_reduction
from applicants.refunds import ask_refund
from applicants.submission import submit_dossier
from applicants.tests import scenario
from applicants.tests.test_deposits_and_refunds import DEPOSIT, FAILED, FUNDED, IBAN
from applicants.tests.test_tuition import TUITION, VISA
from juries.tests.test_fee_of_several_programmes import FEE, pay, scholar
from payments.models import Refund
from payments.transfers import confirm_transfer
from programmes.loading import store
from programmes.models import Procedure, Programme
from programmes.rules import Condition, Link, Means
from programmes.text import Text
from tests.actors import Person, enter
from tests.conftest import OpenBrowser
from tests.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]

UNTIL = dt.datetime(2026, 2, 25, 23, tzinfo=dt.UTC)
TODAY = dt.date(2026, 2, 10)
ABROAD = Link("https://pay.example.org", Text("Payer depuis l’étranger", "Pay from abroad"), Condition())


@pytest.fixture
def procedure(transactional_db: None) -> Procedure:
    """The admission on titles with other money, in its window of applications."""
    file = scenario.ast_2026()
    fee = replace(FEE, means=(Means.TRANSFER, Means.CARD, Means.LINK), link=ABROAD)
    rules = replace(file.rules, fee=fee, deposit=DEPOSIT, tuition=TUITION, refunds=(FUNDED, FAILED, VISA))
    procedure = store(replace(file, rules=rules), rehearsal=True)
    procedure.participations.update(takes_cards=True)
    return scenario.set_clock(procedure, "2026-02-10 10:00")


@pytest.fixture
def zoe(transactional_db: None) -> User:
    return scenario.person()


def submitted(procedure: Procedure, zoe: User) -> Dossier:
    dossier = scholar(procedure, zoe)
    pay(dossier, zoe)
    submit_dossier(dossier.pk, by=zoe)
    return scenario.reloaded(dossier.pk)


@transaction.atomic
def with_a_place(dossier: Dossier) -> None:
    locked = lock(dossier.pk)
    programme = Programme.objects.get(procedure=locked.procedure, code="ales")
    open_deposit(locked, programme, until=UNTIL)
    open_instalment(locked, programme, until=UNTIL)


def see(page: Page, address: str) -> None:
    """Open a page, and look at it closely, wide and narrow."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, address
    look_at(page)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_candidate_reads_and_pays_on_a_telephone_too(
    language: str, procedure: Procedure, zoe: User, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    page = open_browser()
    enter(page, zoe, live_server)
    if language == "en":
        page.goto("/")
        page.get_by_role("button", name="English").click()
    fee = reverse("applicants:fee", args=[procedure.slug])

    dossier = scholar(procedure, zoe)
    see(page, fee)  # reduced, three ways to pay, the lines
    pay(dossier, zoe)
    submit_dossier(dossier.pk, by=zoe)
    decide_reduction(dossier.pk, accepted=False, reason="Avis de 2024.", by=scenario.staff(procedure, "office"))
    see(page, fee)  # the complement, its date and what follows
    scenario.set_clock(procedure, "2026-02-20 10:00:01")
    see(page, fee)  # too late

    scenario.set_clock(procedure, "2026-02-10 11:00")
    with_a_place(dossier)
    see(page, reverse("campaign:dossier", args=[procedure.slug]))
    for charge in dossier.account.charges.filter(reason__in=["deposit", "instalment"]):
        see(page, reverse("applicants:payment", args=[procedure.slug, charge.pk]))
    charge = dossier.account.charges.get(reason="deposit")
    confirm_transfer(charge.pk, received_on=TODAY, by=scenario.staff(procedure, "accountant", "ales"))
    dossier.answers.filter(field="scholarship").update(value="no")  # for whom the deposit comes back
    see(page, reverse("applicants:refunds", args=[procedure.slug]))
    see(page, reverse("applicants:ask_refund", args=[procedure.slug, charge.pk, "funding"]))
    ask_refund(dossier.pk, charge.pk, "funding", scenario.pdf(), iban=IBAN, account_holder="Zoé", by=zoe)
    see(page, reverse("applicants:refunds", args=[procedure.slug]))


def test_staff_see_what_is_claimed_and_asked_back(
    procedure: Procedure, zoe: User, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    dossier = submitted(procedure, zoe)
    with_a_place(dossier)
    accountant = scenario.staff(procedure, "accountant", "ales")
    deposit = dossier.account.charges.get(reason="deposit")
    confirm_transfer(deposit.pk, received_on=TODAY, by=accountant)
    dossier.answers.filter(field="scholarship").update(value="no")
    ask_refund(dossier.pk, deposit.pk, "funding", scenario.pdf(), iban=IBAN, account_holder="Zoé", by=zoe)
    dossier.answers.filter(field="scholarship").update(value="yes")

    page = open_browser()
    office = scenario.staff(procedure, "office")
    enter(page, office, live_server)
    desk = Person(page)
    see(page, reverse("admin:applicants_dossier_change", args=[dossier.pk]))
    desk.reads("Tarif réduit demandé : Boursier")
    see(page, reverse("admin:payments_refund_changelist"))
    see(page, reverse("admin:payments_refund_change", args=[Refund.objects.get().pk]))
    desk.press("Accorder le remboursement")
    desk.press("Noter le versement")
    desk.reads("versé")
    assert Refund.objects.get().state == Refund.State.PAID
    assert [charge.amount for charge in fee_charges(dossier)] == [4400]
