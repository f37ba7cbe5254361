"""Consent and language: what a person agreed to, and in which language they are written to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template.loader import get_template
from django.test import Client

from accounts import consent
from accounts.models import Consent, User
from journal.clock import at_one_instant
from journal.models import Entry

NOON = dt.datetime(2026, 1, 26, 13, 0, tzinfo=dt.UTC)


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("Ada@Example.org")


def test_who_when_and_which_version_is_kept(ada: User) -> None:
    assert not consent.has_consented(ada)
    with at_one_instant(NOON):
        given = consent.give_consent(ada, "en")
    assert (given.notice_version, given.language, given.given_at) == (consent.CURRENT_VERSION, "en", NOON)
    assert consent.has_consented(ada)
    entry = Entry.objects.get(event="consent.given")
    assert (entry.actor, entry.details["version"]) == (str(ada.pk), consent.CURRENT_VERSION)


def test_consenting_again_changes_nothing(ada: User) -> None:
    with at_one_instant(NOON):
        consent.give_consent(ada, "fr")
    assert consent.give_consent(ada, "en").given_at == NOON
    assert Consent.objects.count() == Entry.objects.filter(event="consent.given").count() == 1


def test_a_new_version_is_agreed_to_anew(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    consent.give_consent(ada, "fr")
    monkeypatch.setattr(consent, "CURRENT_VERSION", "2027-01")
    assert not consent.has_consented(ada)
    consent.give_consent(ada, "fr")
    assert Consent.objects.filter(user=ada).count() == 2


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_the_version_in_force_can_be_read(language: str) -> None:
    assert get_template(consent.notice_template(language))


def test_anyone_reads_the_notice(client: Client, db: None) -> None:
    assert "Qui les voit" in client.get("/compte/donnees-personnelles/").content.decode()
    english = client.get("/compte/donnees-personnelles/", headers={"Accept-Language": "en"})
    assert "Who sees it" in english.content.decode()


def test_who_switches_is_written_to_in_that_language(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.post("/langue/", {"language": "en"})
    ada.refresh_from_db()
    assert ada.language == "en"
    client.post("/langue/", {"language": "klingon"})
    ada.refresh_from_db()
    assert ada.language == "en"


def test_the_switch_works_for_who_is_not_signed_in(client: Client, db: None) -> None:
    assert client.post("/langue/", {"language": "en"}).cookies["django_language"].value == "en"


def test_an_address_is_one_whatever_its_capitals(ada: User) -> None:
    assert ada.email == "ada@example.org"
    assert User.objects.get_by_natural_key("ADA@example.org") == ada
