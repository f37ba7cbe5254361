"""Delivery: mails leave the outbox, each of them once.

A worker claims a few mails under a lease, sends them outside of any transaction, and marks each one as soon
as the server has taken it. A worker that is killed between the two leaves at most that one to be sent
again, under the same Message-ID, by which mailboxes recognise it. What the server refuses for good is "not
delivered"; what it refuses for now is tried again, more and more rarely.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import time
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from journal.clock import at_one_instant, instant
from journal.leases import claim
from notifications.models import Mail
from notifications.rendering import render

log = logging.getLogger(__name__)

BATCH = 10
LEASE = dt.timedelta(minutes=5)  # longer than a batch that times out at every mail
TURN = 45  # seconds after which a worker lets other tasks have their turn
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=15), dt.timedelta(hours=1)
PATIENCE = dt.timedelta(days=5)  # then a server that puts us off has refused

# What a server says of one mail. All else that smtplib raises, an OSError like the network's, is about the server.
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)
SIGN_IN_REQUIRED = 530  # a refusal of us, not of the mail


def deliver() -> bool:
    """Send what waits, for at most `TURN`; True if something was left for another turn."""
    if settings.DEMO:
        return False  # nothing leaves a demonstration, whatever its outbox holds
    end = time.monotonic() + TURN
    while time.monotonic() < end:
        with at_one_instant():  # the turn may be long: each batch has its own lease
            mails = claim(Mail.objects.to_send(), at_most=BATCH, lease=LEASE)
            if not mails or not send_all(mails):
                return False
    return True


def send_all(mails: list[Mail]) -> bool:
    """Send claimed mails over one connection; False if the server could not be reached, and none is worth
    trying now.
    """
    server: BaseEmailBackend = get_connection()
    reached = True
    try:
        for mail in mails:
            if reached:
                reached = send(mail, server)
            else:
                mail.finish()
    finally:
        server.close()
    return reached


def send(mail: Mail, server: BaseEmailBackend) -> bool:
    """Send a claimed mail and mark what became of it; False if the server could not be reached."""
    try:
        message(mail, server).send()
    except REFUSALS as refusal:
        if is_final(refusal):
            fail(mail, refusal)
        else:
            postpone(mail, refusal)
    except OSError as reason:
        log.warning("Mail %s waits, the server cannot be reached: %s", mail.pk, reason)
        postpone(mail, reason)
        return False
    except Exception as reason:  # a text that cannot be rendered must not stop the others
        log.exception("Mail %s waits", mail.pk)
        postpone(mail, reason)
    else:
        mail.finish(state=Mail.State.SENT, sent_at=instant(), failure="", **_secret_gone(mail))
    return True


def message(mail: Mail, server: BaseEmailBackend) -> EmailMultiAlternatives:
    """The mail as the server gets it; each time with the same Message-ID."""
    rendered = render(mail)
    headers = {"Message-ID": f"<{mail.pk}@{settings.PORTAL_HOST}>", "Auto-Submitted": "auto-generated"}
    built = EmailMultiAlternatives(
        rendered.subject, rendered.text, to=[mail.address], headers=headers, connection=server
    )
    built.attach_alternative(rendered.html, "text/html")
    if mail.calendar:
        built.attach("convocation.ics", mail.calendar, "text/calendar")
    return built


def is_final(refusal: smtplib.SMTPException) -> bool:
    """Whether the server will never take this mail, rather than not now, or nothing from us."""
    match refusal:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            codes = [code for code, _answer in recipients.values()]
        case smtplib.SMTPDataError(smtp_code=code):
            codes = [code]
        case _:
            return False
    return all(code >= 500 and code != SIGN_IN_REQUIRED for code in codes)


def postpone(mail: Mail, reason: Exception) -> None:
    """Try again later, each time twice as late; give up when `PATIENCE` is at its end."""
    if instant() - mail.queued_at > PATIENCE:
        fail(mail, reason)
        return
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts, 10), LONGEST_PAUSE)
    mail.finish(attempts=mail.attempts + 1, failure=in_words(reason), leased_until=instant() + pause)


def fail(mail: Mail, reason: Exception) -> None:
    """Mark a mail as not delivered, with what the server said."""
    changes = {"attempts": mail.attempts + 1, "failure": in_words(reason)} | _secret_gone(mail)
    mail.finish(state=Mail.State.FAILED, **changes)


def in_words(reason: Exception) -> str:
    """What the server answered, as text."""
    match reason:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            answers = [f"{code} {_text(answer)}" for code, answer in recipients.values()]
            said = ", ".join(answers)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            said = f"{code} {_text(answer)}"
        case _:
            said = f"{type(reason).__name__}: {reason}"
    return said[:500]


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _secret_gone(mail: Mail) -> dict[str, Any]:
    return {"context": {}} if mail.is_secret else {}
