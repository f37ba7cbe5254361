"""Notices: numbered letters in PDF, whose authenticity anyone can check.

An act issues a notice: a row, with all that the letter says. Its PDF is made afterwards, from that row
alone, so that it can be made again. Nobody sees a notice before its instant on the procedure's clock, be it
the letter or its mere existence.
Rule: AST-25.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from documents import tasks
from documents.models import Notice
from journal.record import record_each
from journal.wakeups import wake_on_commit
from notifications.context import encode
from programmes.models import Procedure, School
from programmes.spelling import new_reference, random_letters


@dataclass(frozen=True)
class NewNotice:
    """A letter to be issued.

    `kind` names its text, templates/documents/notices/<kind>.html; `context` is what it says (see
    `notifications.context`), of which `addressee` is the name of the person as the letter is addressed and
    `for_whom` shown by initials to those who verify it. `key` names the event that it tells. `visible_at` (UTC,
    the procedure's time) is when its recipient may see it; by default now.
    """

    kind: str
    key: str
    recipient: User
    school: School | None
    context: dict[str, Any]
    visible_at: dt.datetime | None = None


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
    """Issue one letter (see `NewNotice`) in the current transaction; a second one with the same `key` is not written,
    and the first returned.
    """
    [notice] = issue_notices([NewNotice(kind, key, recipient, school, context, visible_at)], procedure=procedure)
    return notice


def issue_notices(letters: Iterable[NewNotice], *, procedure: Procedure) -> list[Notice]:
    """Issue the letters of an act about many, each as by `issue_notice`, in as few statements as one letter; return
    the one that holds for each.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("issue_notice() belongs inside the act’s transaction")
    drawn_up = [_draw_up(letter, procedure) for letter in letters]
    issued: dict[str, Notice] = {}
    while unissued := [notice for notice in drawn_up if notice.key not in issued]:
        for notice in unissued:
            notice.number, notice.code = new_reference(notice.issued_at.year), random_letters(10)
        Notice.objects.bulk_create(unissued, ignore_conflicts=True)  # a number may be taken: then another
        issued |= Notice.objects.in_bulk([notice.key for notice in unissued], field_name="key")
    new = {notice.key: notice for notice in drawn_up if notice.pk == issued[notice.key].pk}
    record_each("notice.issued", [(notice, {"kind": notice.kind, "number": notice.number}) for notice in new.values()])
    if new:
        wake_on_commit(tasks.render_notices)
    issued |= new  # the rows of this act, which know their procedure and recipient
    return [issued[notice.key] for notice in drawn_up]


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
    record_each("notice.replaced", [(notice, {"replacement": by.number}) for notice in replaced])
    earlier.update(replaced_by=by)


def _draw_up(letter: NewNotice, procedure: Procedure) -> Notice:
    """The row of a letter, but for its number and code."""
    if letter.kind not in Notice.TITLES:
        raise ValueError(f"No notice is called {letter.kind}")
    now = procedure.now()
    return Notice(
        key=letter.key,
        kind=letter.kind,
        procedure=procedure,
        school=letter.school,
        recipient=letter.recipient,
        language=letter.recipient.language,
        context=encode(letter.context),
        issued_at=now,
        visible_at=letter.visible_at or now,
    )
