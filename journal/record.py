"""Recording what happened.

Every act that matters calls `record()` in its own transaction: the entry exists if and only if the act took
place. Entries name actors and subjects by id and hold codes and digests, never personal data, so that
erasing a person leaves the journal whole. Sealing (`journal.sealing`) chains them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from journal.clock import instant
from journal.models import Entry


def record(event: str, subject: models.Model, *, by: models.Model | None = None, **details: Any) -> Entry:
    """Write one entry about `subject` in the current transaction.

    `event` is a name such as "dossier.submitted"; `by` is who acted (None: the portal itself); `details`
    are ids, codes, numbers and digests. The subject's procedure, if it has one, gives the second clock.
    Rule: ALL-04.
    """
    [entry] = record_each(event, [(subject, details)], by=by)
    return entry


def record_each(
    event: str, subjects: Iterable[tuple[models.Model, dict[str, Any]]], *, by: models.Model | None = None
) -> list[Entry]:
    """Write one entry about each of `subjects`, with its own details, all in one statement; else as `record`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs inside the act’s transaction")
    return Entry.objects.bulk_create([_entry(event, subject, by, details) for subject, details in subjects])


def _entry(event: str, subject: models.Model, by: models.Model | None, details: dict[str, Any]) -> Entry:
    own: Any = subject
    procedure = own if subject._meta.model_name == "procedure" else getattr(own, "procedure", None)
    return Entry(
        event=event,
        actor=str(by.pk) if by is not None else "",
        procedure=procedure.slug if procedure is not None else "",
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        details=details,
        happened_at=instant(),
        procedure_time=procedure.now() if procedure is not None else None,
    )
