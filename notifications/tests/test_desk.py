"""The office reads the mails of its procedures, never a secret, and sends again what was not delivered."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import User
from journal.errors import NotAllowed
from journal.models import Entry
from notifications.models import Mail
from notifications.outbox import NotToSend, queue_mail, send_again
from programmes.models import Procedure, Role

NINE = dt.datetime(2026, 5, 19, 7, 0, tzinfo=dt.UTC)


@pytest.fixture
def office(procedure: Procedure) -> User:
    user = User.objects.create_user("office@example.org", is_staff=True)
    Role.objects.create(user=user, procedure=procedure, kind=Role.Kind.OFFICE)
    return user


def queue(ada: User, procedure: Procedure | None, key: str = "k", secret: bool = False) -> Mail:
    queue_mail("test", to=ada, key=key, procedure=procedure, name="Ada", at=NINE, secret=secret)
    return Mail.objects.get(key=key)


def failed(mail: Mail) -> Mail:
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.FAILED, attempts=3, failure="550 No such user")
    return mail


def page_of(client: Client, mail: Mail) -> str:
    return client.get(f"/gestion/notifications/mail/{mail.pk}/change/").content.decode()


def test_the_office_reads_what_was_written(client: Client, ada: User, procedure: Procedure, office: User) -> None:
    mail = queue(ada, procedure)
    client.force_login(office)
    assert "ada@example.org" in client.get("/gestion/notifications/mail/").content.decode()
    assert "Votre entretien, Ada" in page_of(client, mail)


def test_nobody_reads_a_secret(client: Client, ada: User, procedure: Procedure, office: User) -> None:
    mail = queue(ada, procedure, secret=True)
    for reader in (office, User.objects.create_superuser("root@example.org")):
        client.force_login(reader)
        page = page_of(client, mail)
        assert "seul son destinataire le lit" in page
        assert "Votre entretien" not in page


def test_another_procedures_mails_do_not_exist(client: Client, ada: User, office: User) -> None:
    mail = failed(queue(ada, None))
    client.force_login(office)
    assert "ada@example.org" not in client.get("/gestion/notifications/mail/").content.decode()
    assert client.get(f"/gestion/notifications/mail/{mail.pk}/change/").status_code == 302
    assert client.post(f"/gestion/notifications/mail/{mail.pk}/renvoyer/").status_code == 404
    with pytest.raises(NotAllowed):
        send_again(mail.pk, by=office)


def test_what_was_not_delivered_goes_again_to_the_address_of_now(
    client: Client, ada: User, procedure: Procedure, office: User
) -> None:
    mail = failed(queue(ada, procedure))
    ada.email = "ada@new.example.org"
    ada.save()
    client.force_login(office)
    assert "Envoyer de nouveau" in page_of(client, mail)
    client.post(f"/gestion/notifications/mail/{mail.pk}/renvoyer/")
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.address) == ("queued", 0, "ada@new.example.org")
    assert Entry.objects.filter(event="mail.sent_again").count() == 1


@pytest.mark.parametrize(("is_failed", "secret"), [(False, False), (True, True)])
def test_there_is_not_always_something_to_send_again(
    ada: User, procedure: Procedure, office: User, is_failed: bool, secret: bool
) -> None:
    mail = queue(ada, procedure, secret=secret)
    with pytest.raises(NotToSend):
        send_again((failed(mail) if is_failed else mail).pk, by=office)


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_takes_few_queries(
    count: int, client: Client, ada: User, procedure: Procedure, office: User, django_assert_max_num_queries
) -> None:
    for number in range(count):
        queue(ada, procedure, f"{number}")
    client.force_login(office)
    with django_assert_max_num_queries(12):
        client.get("/gestion/notifications/mail/")
