"""What is posted by hand where a passkey speaks is refused in words: it never breaks a page."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User

WRONG = [
    "{",
    "null",
    "[]",
    '"key"',
    '{"id":"x"}',
    '{"id":5,"rawId":[],"response":3}',
    '{"id":"eA","rawId":"eQ","type":"public-key","response":{}}',
    '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"eA","attestationObject":"eA"}}',
    '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"eA"}}',
]


@pytest.fixture
def user(db: None) -> User:
    user = User.objects.create_user("zoe@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.mark.parametrize("said", WRONG)
def test_what_no_key_says_adds_none(client: Client, user: User, said: str) -> None:
    client.force_login(user)
    address = reverse("mfa_add_webauthn")
    client.get(address)
    assert client.post(address, {"name": "Clé", "credential": said}).status_code == 200


@pytest.mark.parametrize("said", WRONG)
def test_what_no_key_says_signs_nobody_in(client: Client, db: None, said: str) -> None:
    address = reverse("mfa_login_webauthn")
    client.get(address, headers={"x-requested-with": "XMLHttpRequest"})
    answer = client.post(address, {"credential": said}, follow=True)
    assert answer.status_code == 200
    assert not answer.context["user"].is_authenticated
