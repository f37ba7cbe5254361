"""The outbox: where an act puts its mails, in its own transaction.

The mail exists if and only if the act took place, and once only: its key names the event that it tells.
Delivery comes afterwards (`notifications.delivery`). Mails of a rehearsal and of a demonstration never
leave: they are kept, to be read here.
Rule: ALL-05.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language, gettext

from accounts.models import User
from journal.clock import instant
from journal.errors import NotAllowed, Refused
from journal.record import record
from journal.wakeups import wake_on_commit
from notifications import tasks
from notifications.context import encode
from notifications.models import Mail
from programmes.models import Procedure
from programmes.roles import OFFICE, has_role


class NotToSend(Refused):
    """The mail was delivered, still waits, or says what only its reader may know and is forgotten."""


@dataclass(frozen=True)
class NewMail:
    """A mail to be written.

    `kind` names its texts, templates/mail/<language>/<kind>.txt; `context` is what they say (see
    `notifications.context`). `to` is a person, who is written to in their own language, or a bare address.
    `key` names the event that it tells. A `secret` mail carries a code or a link that signs in: nobody but its
    reader ever sees it. `calendar` is the text of a calendar file to attach.
    """

    kind: str
    to: User | str
    key: str
    context: dict[str, Any]
    language: str | None = None
    secret: bool = False
    calendar: str = ""


def queue_mail(
    kind: str,
    *,
    to: User | str,
    key: str,
    procedure: Procedure | None,
    language: str | None = None,
    secret: bool = False,
    calendar: str = "",
    **context: Any,
) -> None:
    """Write one mail (see `NewMail`) in the current transaction; a second one with the same `key` is not written."""
    queue_mails([NewMail(kind, to, key, context, language, secret, calendar)], procedure=procedure)


def queue_mails(mails: Iterable[NewMail], *, procedure: Procedure | None) -> None:
    """Write the mails of an act about many, in one statement and in the current transaction; a second one with the
    same `key` is not written.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("queue_mail() belongs inside the act’s transaction")
    kept = settings.DEMO or (procedure is not None and procedure.is_rehearsal)
    written = Mail.objects.bulk_create([_row(mail, procedure, kept=kept) for mail in mails], ignore_conflicts=True)
    if written and not kept:
        wake_on_commit(tasks.deliver_outbox)


@transaction.atomic
def send_again(mail_id: UUID, *, by: User) -> None:
    """Put a mail that was not delivered back into the outbox, to the address that its reader has now.

    Raises:
        NotAllowed: `by` is neither of the procedure's office nor an administrator.
        NotToSend: there is nothing to send again.
    """
    mail = Mail.objects.select_for_update(of=("self",)).select_related("procedure", "recipient").get(pk=mail_id)
    if not by.is_superuser and (mail.procedure is None or not has_role(by, mail.procedure, OFFICE)):
        raise NotAllowed(gettext("Seul le bureau de la procédure renvoie ses courriels."))
    if mail.state != Mail.State.FAILED or mail.is_secret:
        raise NotToSend(gettext("Ce courriel ne peut pas être renvoyé."))
    mail.state, mail.attempts, mail.queued_at = Mail.State.QUEUED, 0, instant()
    mail.address = mail.recipient.email if mail.recipient else mail.address
    mail.save(update_fields=["state", "attempts", "queued_at", "address"])
    record("mail.sent_again", mail, by=by)
    wake_on_commit(tasks.deliver_outbox)


def _row(mail: NewMail, procedure: Procedure | None, *, kept: bool) -> Mail:
    to = mail.to
    person = to if isinstance(to, User) else None
    return Mail(
        kind=mail.kind,
        key=mail.key,
        recipient=person,
        address=to.email if isinstance(to, User) else to,
        language=mail.language or (person.language if person else get_language()) or settings.LANGUAGE_CODE,
        procedure=procedure,
        is_secret=mail.secret,
        calendar=mail.calendar,
        context={} if mail.secret and kept and not settings.DEMO else encode(mail.context),
        state=Mail.State.KEPT if kept else Mail.State.QUEUED,
    )
