"""Delivery, to a real server: each mail once, whatever is killed, refused or away."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import get_connection
from django.db import connection, transaction
from pytest_django import Settings

from accounts.models import User
from journal.clock import at_one_instant, instant
from journal.leases import claim
from notifications.delivery import FIRST_PAUSE, LEASE, PATIENCE, deliver, message, send, send_all
from notifications.models import Mail
from notifications.outbox import queue_mail
from notifications.tests.conftest import Mailbox, mail_server
from programmes.models import Procedure

NINE = dt.datetime(2026, 5, 19, 7, 0, tzinfo=dt.UTC)


def queue(to: User | str, key: str = "k", *, kind: str = "test", secret: bool = False, **context: Any) -> Mail:
    queue_mail(kind, to=to, key=key, procedure=None, secret=secret, **{"name": "Ada", "at": NINE, **context})
    return Mail.objects.get(key=key)


def test_a_mail_arrives_with_both_its_forms(server: Mailbox, ada: User) -> None:
    mail = queue(ada)
    assert not deliver()
    arrived = server.taken[0]
    assert server.recipients == ["ada@example.org"]
    assert arrived["Message-ID"] == f"<{mail.pk}@localhost>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert str(arrived["Subject"]) == "Votre entretien, Ada"
    assert [part.get_content_type() for part in arrived.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    mail.refresh_from_db()
    assert (mail.state, mail.lease, mail.failure) == ("sent", None, "")
    assert mail.sent_at is not None


def test_a_calendar_file_is_attached(server: Mailbox, ada: User) -> None:
    queue_mail("test", to=ada, key="k", procedure=None, calendar="BEGIN:VCALENDAR\r\n", at=NINE)
    deliver()
    attached = list(server.taken[0].iter_attachments())
    assert [(part.get_filename(), part.get_content_type()) for part in attached] == [
        ("convocation.ics", "text/calendar")
    ]


def test_a_mail_is_sent_once(server: Mailbox, ada: User) -> None:
    queue(ada)
    deliver()
    deliver()
    assert len(server.taken) == 1


def test_more_than_one_batch_leaves_in_order_codes_first(server: Mailbox, ada: User) -> None:
    for number in range(25):
        with at_one_instant(NINE + dt.timedelta(minutes=number)):
            queue(ada, f"{number}", name=f"n{number:02}")
    queue(ada, "code", secret=True, name="code")
    deliver()
    names = [str(arrived["Subject"]).split()[-1] for arrived in server.taken]
    assert names == ["code", *(f"n{number:02}" for number in range(25))]


def test_a_worker_killed_after_sending_repeats_that_one_mail(server: Mailbox, ada: User) -> None:
    """The server has it, and nothing says so: when the lease ends it goes again, recognisable as the same."""
    mail = queue(ada)
    with at_one_instant(instant() - LEASE):
        (claimed,) = claim(Mail.objects.to_send(), at_most=1, lease=LEASE)
        message(claimed, server=get_connection()).send()  # killed here
    deliver()
    assert [arrived["Message-ID"] for arrived in server.taken] == [f"<{mail.pk}@localhost>"] * 2
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_a_worker_killed_before_sending_loses_nothing(server: Mailbox, ada: User) -> None:
    queue(ada)
    with at_one_instant(instant() - LEASE / 2):
        claim(Mail.objects.to_send(), at_most=1, lease=LEASE)  # killed here
    deliver()
    assert server.taken == []  # still another's
    Mail.objects.update(leased_until=instant())
    deliver()
    assert len(server.taken) == 1


def test_the_code_is_forgotten_once_it_has_left(server: Mailbox, ada: User) -> None:
    mail = queue(ada, secret=True, code="987654")
    deliver()
    mail.refresh_from_db()
    assert mail.context == {}
    assert len(server.taken) == 1


def test_an_address_that_the_server_does_not_know_is_not_delivered(server: Mailbox, ada: User) -> None:
    server.recipient_answer["ada@example.org"] = "550 5.1.1 No such user"
    gone, here = queue(ada, secret=True, code="1"), queue("grace@example.org", "k2")
    deliver()
    gone.refresh_from_db()
    here.refresh_from_db()
    assert (gone.state, here.state) == ("failed", "sent")
    assert gone.failure == "550 5.1.1 No such user"
    assert gone.context == {}
    assert Mail.objects.last_not_delivered(ada) == gone
    deliver()
    assert server.recipients == ["grace@example.org"]


def test_a_mail_that_arrives_or_another_address_makes_up_for_one_that_was_refused(server: Mailbox, ada: User) -> None:
    server.recipient_answer["ada@example.org"] = "550 5.1.1 No such user"
    queue(ada)
    deliver()
    assert Mail.objects.last_not_delivered(ada)
    elsewhere = User(pk=ada.pk, email="ada@example.com")
    assert Mail.objects.last_not_delivered(elsewhere) is None
    del server.recipient_answer["ada@example.org"]
    queue(ada, "k2")
    deliver()
    assert Mail.objects.last_not_delivered(ada) is None


def test_contents_that_the_server_refuses_are_not_delivered(server: Mailbox, ada: User) -> None:
    server.content_answer = "554 5.7.1 Spam"
    mail = queue(ada)
    deliver()
    mail.refresh_from_db()
    assert (mail.state, mail.failure) == ("failed", "554 5.7.1 Spam")


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "530 5.7.0 Authentication required"])
def test_what_is_refused_for_now_goes_later_and_later(server: Mailbox, ada: User, answer: str) -> None:
    server.recipient_answer["ada@example.org"] = answer
    mail = queue(ada)
    pauses = []
    for _ in range(3):
        deliver()
        mail.refresh_from_db()
        assert (mail.state, mail.failure) == ("queued", answer)
        assert mail.leased_until is not None
        pauses.append(mail.leased_until - instant())
        deliver()  # before its time
        assert Mail.objects.get().attempts == mail.attempts
        Mail.objects.update(leased_until=instant())
    assert mail.attempts == 3
    assert FIRST_PAUSE / 2 < pauses[0] < FIRST_PAUSE < pauses[1] < pauses[2]
    server.recipient_answer.clear()
    deliver()
    assert len(server.taken) == 1


def test_a_server_that_puts_off_for_days_has_refused(server: Mailbox, ada: User) -> None:
    server.recipient_answer["ada@example.org"] = "451 4.7.1 Later"
    mail = queue(ada)
    Mail.objects.update(queued_at=instant() - PATIENCE - dt.timedelta(minutes=1))
    deliver()
    mail.refresh_from_db()
    assert mail.state == "failed"


def test_a_server_that_is_away_delays_all_and_loses_none(settings: Settings, ada: User) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    first, second = queue(ada, "1"), queue(ada, "2")
    assert not deliver()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts) == ("queued", 1)
    assert (second.state, second.attempts, second.leased_until) == ("queued", 0, None)  # not even tried


def test_a_connection_that_breaks_is_no_verdict_on_the_mail(settings: Settings, ada: User) -> None:
    class Breaking(Mailbox):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            assert server.transport is not None
            server.transport.close()
            return "250 OK"

    mail = queue(ada)
    with mail_server(Breaking(), settings):
        deliver()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("queued", 1)


def test_a_text_that_cannot_be_rendered_stops_no_other(server: Mailbox, ada: User) -> None:
    broken, good = queue(ada, "1", kind="broken"), queue(ada, "2")
    deliver()
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, good.state) == ("queued", "sent")
    assert "NoReverseMatch" in broken.failure


def test_nothing_leaves_a_rehearsal(server: Mailbox, ada: User, procedure: Procedure) -> None:
    procedure.is_rehearsal = True
    procedure.save()
    queue_mail("test", to=ada, key="k", procedure=procedure, at=NINE)
    deliver()
    assert server.taken == []


def test_nothing_leaves_a_demonstration(server: Mailbox, ada: User, settings: Settings) -> None:
    queue(ada)  # queued by whoever ran the portal without DEMO
    settings.DEMO = True
    deliver()
    assert server.taken == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(server: Mailbox, ada: User) -> None:
    """Both have claimed before either sends; the twin below shows what happens to workers that only look."""
    with transaction.atomic():
        for number in range(6):
            queue(ada, f"{number}")

    def worker(meeting: threading.Barrier) -> None:
        mails = claim(Mail.objects.to_send(), at_most=3, lease=LEASE)
        meeting.wait()
        send_all(mails)

    _race(worker)
    assert len(server.taken) == 6
    assert len({arrived["Message-ID"] for arrived in server.taken}) == 6


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_claiming_they_would_send_them_twice(server: Mailbox, ada: User) -> None:
    with transaction.atomic():
        queue(ada)

    def worker(meeting: threading.Barrier) -> None:
        mails = list(Mail.objects.to_send())
        meeting.wait()
        for mail in mails:
            send(mail, get_connection())

    _race(worker)
    assert len(server.taken) == 2


def _race(worker: Callable[[threading.Barrier], object]) -> None:
    meeting = threading.Barrier(2, timeout=10)

    def run() -> None:
        try:
            worker(meeting)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
