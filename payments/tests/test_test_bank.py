"""The test bank's page: for the payer, in a rehearsal, and nowhere else."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from payments.cards import begin_card_payment
from payments.models import Charge, Payment
from programmes.models import Procedure


@pytest.fixture
def page(charge: Charge, payer: User) -> str:
    return begin_card_payment(charge.pk, by=payer, return_url="/dossier/ast/frais/")


@pytest.fixture
def browser(client: Client, payer: User) -> Client:
    client.force_login(payer)
    return client


def test_the_page_says_what_it_is_and_takes_the_answer(browser: Client, page: str, charge: Charge) -> None:
    shown = browser.get(page).content.decode()
    assert "Aucun argent ne circule" in shown
    assert "Revenir au portail sans payer" in shown
    for _ in range(2):  # and again, by the back button
        answered = browser.post(page, {"answer": "paid"})
        assert answered["Location"] == "/dossier/ast/frais/"
    assert Charge.objects.get(pk=charge.pk).state == "settled"
    shown = browser.get(page).content.decode()
    assert "a déjà répondu" in shown
    assert "sans payer" not in shown


def test_a_refused_card(browser: Client, page: str, charge: Charge) -> None:
    browser.post(page, {"answer": "failed"})
    assert Charge.objects.get(pk=charge.pk).state == "due"


def test_no_other_answer_is_taken(browser: Client, page: str) -> None:
    assert browser.post(page, {"answer": "maybe"}).status_code == 404
    assert Payment.objects.get().state == "declared"


def test_another_person_finds_no_page(client: Client, page: str, stranger: User) -> None:
    assert client.get(page).status_code == 302  # to the sign-in
    client.force_login(stranger)
    assert client.get(page).status_code == 404


def test_it_cannot_be_reached_for_a_real_procedure(browser: Client, page: str, procedure: Procedure) -> None:
    procedure.is_rehearsal = False
    procedure.save()
    assert browser.get(page).status_code == 404
    assert browser.post(page, {"answer": "paid"}).status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_the_way_back_stays_in_the_portal(browser: Client, page: str, elsewhere: str) -> None:
    address = page.partition("?")[0]
    answered = browser.post(f"{address}?retour={elsewhere}", {"answer": "paid"})
    assert answered["Location"] == "/"
