"""The outbox: where an act puts its mails, in its own transaction.

The mail exists if and only if the act took place, and once only: its key names the event that it tells.
Delivery comes afterwards (`notifications.delivery`). Mails of a rehearsal and of a demonstration never
leave: they are kept, to be read here.
Rule: ALL-05.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from accounts.models import User
from journal.wakeups import wake_on_commit
from notifications import tasks
from notifications.context import encode
from notifications.models import Mail
from programmes.models import Procedure


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
    """Write a mail in the current transaction; a second one with the same `key` is not written.

    `kind` names its texts, templates/mail/<language>/<kind>.txt; `context` is what they say (see
    `notifications.context`). `to` is a person, who is written to in their own language, or a bare address.
    A `secret` mail carries a code or a link that signs in: nobody but its reader ever sees it. `calendar`
    is the text of a calendar file to attach.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("queue_mail() belongs inside the act's transaction")
    person = to if isinstance(to, User) else None
    kept = settings.DEMO or (procedure is not None and procedure.is_rehearsal)
    mail = Mail(
        kind=kind,
        key=key,
        recipient=person,
        address=to.email if isinstance(to, User) else to,
        language=language or (person.language if person else get_language()) or settings.LANGUAGE_CODE,
        procedure=procedure,
        is_secret=secret,
        calendar=calendar,
        context={} if secret and kept and not settings.DEMO else encode(context),
        state=Mail.State.KEPT if kept else Mail.State.QUEUED,
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if not kept:
        wake_on_commit(tasks.deliver_outbox)
