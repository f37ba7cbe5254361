"""A real mail server, which keeps what it takes and refuses what it is told to."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from accounts.models import User
from programmes.models import Procedure
from programmes.text import Text

TEST_MAIL = """{% load words %}SUBJECT, {{ name }}

{{ at|date_and_hour }} {{ place }} {{ portal_url }}{{ path }}

{% if no %}
No
{% endif %}

A < B
"""


class Mailbox:
    """What the server has taken, and how it answers."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.recipient_answer: dict[str, str] = {}
        self.content_answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd names it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipient_answer.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.content_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
            self.recipients += envelope.rcpt_tos
        return self.content_answer


@contextmanager
def mail_server(handler: Mailbox, settings: Settings) -> Iterator[None]:
    """Run a server with that handler, to which the portal's mails go."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    yield
    controller.stop()


@pytest.fixture
def server(settings: Settings) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with mail_server(mailbox, settings):
        yield mailbox


@pytest.fixture
def procedure(db: None) -> Procedure:
    return Procedure.objects.create(
        slug="essai-2026",
        code="essai",
        title=Text("Admission d’essai 2026", "Trial admission 2026"),
        short_title=Text("Essai 2026", "Trial 2026"),
        contact_email="contact@example.org",
        year=2026,
    )


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@example.org", name="Ada Lovelace")


@pytest.fixture(autouse=True)
def _texts(settings: Settings, tmp_path) -> None:
    """Kinds of mail that exist in tests only."""
    for language, words in (("fr", "Votre entretien"), ("en", "Your interview")):
        folder = tmp_path / "templates" / "mail" / language
        folder.mkdir(parents=True)
        (folder / "test.txt").write_text(TEST_MAIL.replace("SUBJECT", words))
        (folder / "broken.txt").write_text("Broken\n\n{% url 'nowhere' %}")
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [first | {"DIRS": [tmp_path / "templates", *first["DIRS"]]}]
