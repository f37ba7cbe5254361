"""Sign-in by mailed code, through the outbox, from the first visit to the signed-in page."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from notifications.delivery import deliver
from notifications.models import Mail
from notifications.tests.conftest import Mailbox

pytestmark = pytest.mark.django_db


def code_in(server: Mailbox) -> str:
    """The code that the last mail carries, read as its reader does."""
    deliver()
    body = server.taken[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"^([A-Z0-9-]{5,12})\r?$", body.get_content(), re.MULTILINE)
    assert found, body.get_content()
    return found.group(1)


def test_a_new_person_opens_an_account_with_a_code(client: Client, server: Mailbox) -> None:
    client.post("/langue/", {"language": "en"})
    client.post("/compte/signup/", {"email": "Ada@Example.org"})
    user = User.objects.get()
    assert (user.email, user.language, user.has_usable_password()) == ("ada@example.org", "en", False)
    code = code_in(server)
    assert str(server.taken[-1]["Subject"]) == "Confirm your e-mail address"
    client.post("/compte/confirm-email/", {"code": code})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Mail.objects.get().context == {}


def test_a_code_signs_in_and_stands_nowhere_else(
    client: Client, server: Mailbox, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    client.post("/compte/login/code/", {"email": "ada@example.org"})
    code = code_in(server)
    assert code not in str(server.taken[-1]["Subject"])
    assert code not in caplog.text
    assert code not in str(Mail.objects.values())
    client.post("/compte/login/code/confirm/", {"code": code})
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_nobody_learns_on_the_page_who_has_an_account(client: Client, server: Mailbox, ada: User) -> None:
    unknown = client.post("/compte/login/code/", {"email": "nobody@example.org"})
    assert unknown.status_code == 302
    deliver()
    assert server.recipients == ["nobody@example.org"]
    assert "Aucun compte" in str(server.taken[-1]["Subject"])
    client.post("/compte/signup/", {"email": "ada@example.org"})
    deliver()
    assert "déjà un compte" in str(server.taken[-1]["Subject"])


def test_a_demonstration_shows_the_code_in_its_mailbox(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    client.post("/compte/signup/", {"email": "ada@example.org"})
    assert Mail.objects.get().context["code"]


def test_a_session_by_code_ends_with_the_browser(client: Client, server: Mailbox) -> None:
    """A cookie with a date would stay on a computer that others use."""
    client.post("/compte/signup/", {"email": "ada@example.org"})
    answer = client.post("/compte/confirm-email/", {"code": code_in(server)})
    cookie = answer.cookies["sessionid"]
    assert Session.objects.get(session_key=cookie.value).get_decoded()["_auth_user_id"] == str(User.objects.get().pk)
    assert not cookie["expires"]
    assert not cookie["max-age"]
