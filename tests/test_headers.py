"""What every answer says to the browser, and what the log does not say of the request."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client

from applicants.tests import scenario

SECRET = "w8Jq0mR3zT5uX7yA9bC1dE2fG4hI6jK8lM0nO2pQ4rS"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the portal writes to its log."""
    (console,) = (handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    written = StringIO()
    before = console.setStream(written)
    yield written
    console.setStream(before)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"), [("/", 200), ("/rien/", 404), ("/?x=%00", 400), ("/static/css/portal.css", 200)]
)
def test_every_answer_has_the_policy(address: str, status: int) -> None:
    answer = Client().get(address)
    assert answer.status_code == status
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_another_host_is_not_answered_and_has_the_policy() -> None:
    answer = Client().get("/", headers={"host": "ailleurs.example"})
    assert answer.status_code == 400
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_no_page_of_somebody_signed_in_is_kept() -> None:
    """Not even those that anyone may read: they greet the person. Signed out, « back » shows none of them."""
    procedure = scenario.procedure_at(scenario.OPEN)
    client = Client()
    address = f"/procedures/{procedure.slug}/"
    assert "Cache-Control" not in client.get(address)
    client.force_login(scenario.person())
    for page in ("/", address, "/documents/verifier/"):
        assert "no-store" in client.get(page)["Cache-Control"], page


@pytest.mark.django_db
@pytest.mark.parametrize("address", [f"/dossier/appreciation/{SECRET}/", f"/compte/password/reset/key/1-{SECRET}/"])
def test_a_link_that_opens_something_is_not_logged(address: str, log: StringIO) -> None:
    """As when a referee refuses cookies."""
    Client(enforce_csrf_checks=True).post(address, {})
    assert "Forbidden" in log.getvalue()
    assert SECRET not in log.getvalue()
