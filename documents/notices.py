"""Notices: numbered letters in PDF, whose authenticity anyone can check.

An act issues a notice: a row, with all that the letter says. Its PDF is made afterwards, from that row
alone, so that it can be made again. Nobody sees a notice before its instant on the procedure's clock, be it
the letter or its mere existence.
Rule: AST-25.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from documents import tasks
from documents.models import Notice
from journal.record import record
from journal.wakeups import wake_on_commit
from notifications.context import encode
from programmes.models import Procedure, School
from programmes.spelling import new_reference, random_letters


def issue_notice(
    kind: str,
    *,
    key: str,
    procedure: Procedure,
    recipient: User,
    school: School | None,
    visible_at: dt.datetime | None = None,
    **context: Any,
) -> Notice:
    """Issue a letter in the current transaction; a second one with the same `key` is not written, and the
    first returned.

    `kind` names its text, templates/documents/notices/<kind>.html; `context` is what it says (see
    `notifications.context`), of which `addressee` is the name of the person as the letter is addressed and
    `for_whom` shown by initials to those who verify it. `visible_at` (UTC, the procedure's time) is when
    its recipient may see it; by default now.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("issue_notice() belongs inside the act’s transaction")
    if kind not in Notice.TITLES:
        raise ValueError(f"No notice is called {kind}")
    now = procedure.now()
    notice = Notice(
        key=key,
        kind=kind,
        procedure=procedure,
        school=school,
        recipient=recipient,
        language=recipient.language,
        context=encode(context),
        issued_at=now,
        visible_at=visible_at or now,
    )
    issued = None
    while issued is None:
        notice.number, notice.code = new_reference(now.year), random_letters(10)
        Notice.objects.bulk_create([notice], ignore_conflicts=True)  # its number may be taken: then another
        issued = Notice.objects.filter(key=key).first()
    if issued.pk != notice.pk:
        return issued
    record("notice.issued", notice, kind=kind, number=notice.number)
    wake_on_commit(tasks.render_notices)
    return notice


def replace_notices(*keys: str, by: Notice) -> None:
    """Say of the notices of these keys, and of those that followed under them, that `by` holds in their place.

    Rule: AST-24.
    """
    _replace(Notice.objects.filter(reduce(or_, (Q(key=key) | Q(key__startswith=f"{key}:") for key in keys))), by)


def replace_letters(kinds: Collection[str], *, by: Notice) -> None:
    """Say the same of the letters of these kinds that the recipient of `by` has in its procedure. Rule: AST-24."""
    _replace(Notice.objects.filter(recipient=by.recipient_id, procedure=by.procedure_id, kind__in=kinds), by)


def _replace(letters: QuerySet[Notice], by: Notice) -> None:
    earlier = letters.filter(replaced_by=None).exclude(pk=by.pk)
    replaced = list(earlier.only("pk").order_by())
    if not replaced:
        return
    for notice in replaced:
        notice.procedure = by.procedure
        record("notice.replaced", notice, replacement=by.number)
    earlier.update(replaced_by=by)
