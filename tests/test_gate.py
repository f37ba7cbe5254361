"""What no page makes is refused before any page looks at it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from admissions_portal.gate import LARGEST_REQUEST


@pytest.mark.parametrize("address", ["/?x=%00", "/gestion/applicants/dossier/?filiere=a%00", "/procedures/%00/"])
def test_a_nul_in_the_address_is_a_bad_request(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 400
    assert "Demande illisible" in answer.text


def test_a_refusal_is_in_the_readers_language() -> None:
    """Whatever the language of the request that the same thread answered before."""
    with translation.override("fr"):
        answer = Client().get("/?x=%00", headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert "Unreadable request" in answer.text


def test_a_file_that_fills_the_disk_is_not_received() -> None:
    """Its length is said before its bytes: none of them is read."""
    page, length = "/dossier/ast-2026/pieces/cv/", str(LARGEST_REQUEST + 1)
    answer = Client().generic("POST", page, CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert "Envoi trop lourd" in answer.text
    in_english = Client().generic("POST", page, CONTENT_LENGTH=length, headers={"accept-language": "en"})
    assert "Too large to send" in in_english.text


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "-1", "many"])
def test_a_length_that_is_none_is_not_believed(said: str) -> None:
    assert Client().generic("POST", "/documents/verifier/", CONTENT_LENGTH=said).status_code < 500


@pytest.mark.django_db
def test_an_address_that_is_only_posted_to_says_so() -> None:
    """Who signs in again after pressing a button is led to where the button sent: not to an empty page."""
    address = reverse("offers:leave", args=["any"])
    answer = Client().get(address)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Rien n’a été envoyé" in answer.text
    assert not Client().options(address).content  # programs read the header
