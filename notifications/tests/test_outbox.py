"""The outbox: a mail exists with its act, once, and one of a rehearsal stays here."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from notifications.context import decode, encode
from notifications.models import Mail
from notifications.outbox import NewMail, queue_mail, queue_mails
from programmes.models import Procedure
from programmes.text import Text

NINE = dt.datetime(2026, 5, 19, 7, 0, tzinfo=dt.UTC)


def test_a_mail_waits_in_the_language_of_its_reader(ada: User, procedure: Procedure) -> None:
    ada.language = "en"
    queue_mail("test", to=ada, key="k", procedure=procedure, at=NINE, place=Text("Salle", "Room"))
    mail = Mail.objects.get()
    assert (mail.address, mail.recipient, mail.language, mail.state) == ("ada@example.org", ada, "en", "queued")
    assert decode(mail.context) == {"at": NINE, "place": Text("Salle", "Room")}


def test_the_same_event_is_told_once(ada: User, procedure: Procedure) -> None:
    queue_mail("test", to=ada, key="k", procedure=procedure, name="first")
    queue_mail("test", to=ada, key="k", procedure=procedure, name="second")
    assert Mail.objects.get().context == {"name": "first"}
    together = [NewMail("test", ada, key, {"name": "third"}) for key in ("k", "l")]
    queue_mails(together, procedure=procedure)
    assert Mail.objects.get(key="k").context == {"name": "first"}
    assert Mail.objects.get(key="l").context == {"name": "third"}


@pytest.mark.django_db(transaction=True)
def test_an_act_that_failed_tells_nothing(ada: User, procedure: Procedure) -> None:
    @transaction.atomic
    def act() -> None:
        queue_mail("test", to=ada, key="k", procedure=procedure)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not Mail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_outside_of_an_act_is_a_mistake(ada: User, procedure: Procedure) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        queue_mail("test", to=ada, key="k", procedure=procedure)


def test_a_mail_of_a_rehearsal_is_kept_and_its_secret_forgotten(ada: User, procedure: Procedure) -> None:
    procedure.is_rehearsal = True
    procedure.save()
    queue_mail("test", to=ada, key="1", procedure=procedure, name="Ada")
    queue_mail("test", to=ada, key="2", procedure=procedure, secret=True, code="1234")
    plain, secret = Mail.objects.order_by("key")
    assert (plain.state, secret.state) == ("kept", "kept")
    assert plain.context == {"name": "Ada"}
    assert secret.context == {}


def test_a_demonstration_keeps_all_and_shows_its_codes(ada: User, settings: Settings) -> None:
    settings.DEMO = True
    queue_mail("test", to=ada, key="k", procedure=None, secret=True, code="1234")
    mail = Mail.objects.get()
    assert mail.state == "kept"
    assert mail.context == {"code": "1234"}


def test_a_row_of_the_database_is_no_word(ada: User) -> None:
    with pytest.raises(TypeError, match="User"):
        queue_mail("test", to=ada, key="k", procedure=None, who=ada)


words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | words
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC))
    | st.builds(Text, words, words)
)
plain_names = words.filter(lambda name: not name.startswith("@"))


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(plain_names, inner), max_leaves=10))
def test_what_a_mail_says_survives_the_database(value: object) -> None:
    import json

    assert decode(json.loads(json.dumps(encode(value)))) == value
