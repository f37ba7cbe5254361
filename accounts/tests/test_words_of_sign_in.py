"""The pages and messages of the account speak as the portal does, not as the library that brings them."""

from __future__ import annotations

from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.urls import reverse

THEIRS = Path(allauth.__file__).parent / "templates"
UNUSED = {"phone_verification_sent.txt", "phone_verified.txt"}  # nobody signs in by telephone
MESSAGES = sorted(
    str(path.relative_to(THEIRS))
    for app in ("account", "mfa")
    for path in (THEIRS / app / "messages").glob("*.txt")
    if path.name not in UNUSED
)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_ours(name: str) -> None:
    found = engines["django"].engine.find_template(name)[1]  # type: ignore[attr-defined]
    assert Path(found.name).is_relative_to(settings.BASE_DIR / "templates")


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        (reverse("account_reset_password"), "Choisir un nouveau mot de passe"),
        (reverse("account_reset_password_done"), "Regardez vos courriels"),
        (reverse("account_reset_password_from_key", args=["1", "gone"]), "Ce lien ne fonctionne plus"),
        (reverse("account_reset_password_from_key_done"), "Votre mot de passe est changé"),
    ],
)
def test_a_forgotten_password_is_replaced_in_our_words(client: Client, db: None, address: str, heading: str) -> None:
    text = client.get(address).content.decode()
    assert f"<h1>{heading}</h1>" in text
    assert "e-mail" not in text


def test_who_asked_for_a_link_is_not_told_whether_the_address_has_an_account(client: Client, db: None) -> None:
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True)
    assert "Si cette adresse a un compte" in answer.content.decode()
