"""Somebody whose session ended over a form is told that nothing was saved, and comes back to that form."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from applicants.tests.reading import read
from programmes.models import Procedure


def url(name: str, procedure: Procedure) -> str:
    return reverse(f"applicants:{name}", args=[procedure.slug])


def test_who_was_signed_out_over_a_form_is_told_and_comes_back_to_it(client: Client, procedure: Procedure) -> None:
    """Also where the form is sent to an address that shows nothing by itself."""
    form = url("review", procedure)
    answer = client.post(url("submit", procedure), headers={"referer": f"http://testserver{form}"}, follow=True)
    assert answer.redirect_chain[0] == (f"{reverse('account_login')}?next={form}", 302)
    assert "ce que vous veniez d’envoyer n’est pas enregistré" in read(answer)


@pytest.mark.parametrize("came_from", ["", "https://ailleurs.example/dossier/"])
def test_who_comes_from_elsewhere_is_led_home(client: Client, procedure: Procedure, came_from: str) -> None:
    answer = client.post(url("submit", procedure), headers={"referer": came_from})
    assert answer["Location"] == f"{reverse('account_login')}?next=/"


@pytest.mark.parametrize("name", ["remove_paper", "remind_referee"])
def test_so_does_who_sent_what_has_an_address_of_its_own(client: Client, db: None, name: str) -> None:
    form = "/dossier/essai/pieces/cv/"
    answer = client.post(reverse(f"applicants:{name}", args=[uuid4()]), headers={"referer": f"http://testserver{form}"})
    assert answer["Location"] == f"{reverse('account_login')}?next={form}"
