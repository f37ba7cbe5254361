"""Typing in: staff fill in a part of a dossier for a candidate who cannot, and it stays marked as such. Rule: ALL-07.

What the candidate reads at the place, and the journal, say who did it; the choices and the title stay the candidate's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from applicants.answers import keep_answers
from applicants.conversation import conversations_of, require_writer
from applicants.dossiers import home_of, lock
from applicants.editing import NotEditable
from applicants.models import Dossier, Status, TypedIn
from applicants.papers import add_file, asked_paper
from applicants.places import name_of
from documents import intake
from documents.intake import Received
from documents.models import SupportingDocument
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.typed import reason_typed


class NoReason(Refused):
    """It was not said why staff fill this in."""


@transaction.atomic
def type_in_answers(dossier_id: UUID, page: str, values: Mapping[str, str], *, reason: str, by: User) -> None:
    """Keep the answers of one page for the candidate, who is told; where none changes nothing happens.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may write to.
        NotAllowed: `by` does not examine the dossier; or does not work for the office, where it is a draft.
        NotEditable: the dossier has ended.
        NoReason: none is given.
        WrongAnswer: some answers are not of the kind asked for.
    Rules: APP-09, ALL-07.
    """
    dossier, reason = _lock(dossier_id, by), _reason(reason)
    if changed := keep_answers(dossier, page, values, by=by).changed:
        record("answers.typed_in", dossier, by=by, page=page, fields=changed)
        _mark(dossier, f"page:{page}", reason, by)


def deposit_for_candidate(
    dossier_id: UUID, kind: str, upload: UploadedFile, *, reason: str, by: User
) -> SupportingDocument:
    """Add a file to a paper for the candidate, who is told; it is checked and examined as any other.

    Raises:
        Dossier.DoesNotExist, NotAllowed, NotEditable, NoReason: as for answers.
        NotAsked, Enough, AlreadyAccepted: it cannot be added.
        WrongFile: its kind or size.
    Rules: APP-09, ALL-07.
    """
    reason = _reason(reason)
    dossier = conversations_of(by).select_related("procedure", "candidate").get(pk=dossier_id)
    require_writer(dossier, by)  # before anything is stored
    received = intake.receive(upload, asked_paper(dossier, kind))
    try:
        return _file(dossier_id, kind, received, reason, by)
    except Exception:
        intake.discard(received)
        raise


def typed_in_at(dossier: Dossier, place: str) -> TypedIn | None:
    """The last time that staff filled in `place`; where the dossier was read with `was_typed_in`, asked only if so."""
    if not getattr(dossier, "was_typed_in", True):
        return None
    return dossier.typed_in.filter(place=place).last()


def typed_in_words(dossier: Dossier) -> list[dict[str, Any]]:
    """All that staff filled in, with the names of the places."""
    rows = dossier.typed_in.select_related("typed_by")
    return [{"place": name_of(dossier.rules, row.place), "row": row} for row in rows]


@transaction.atomic
def _file(dossier_id: UUID, kind: str, received: Received, reason: str, by: User) -> SupportingDocument:
    dossier = _lock(dossier_id, by)
    document = add_file(dossier, asked_paper(dossier, kind), received, by=by)
    record("paper.typed_in", dossier, by=by, paper=str(document.pk), kind=kind, sha256=document.sha256)
    _mark(dossier, f"paper:{kind}", reason, by)
    return document


def _lock(dossier_id: UUID, by: User) -> Dossier:
    dossier = lock(dossier_id, among=conversations_of(by))
    require_writer(dossier, by)
    if dossier.status == Status.WITHDRAWN:
        raise NotEditable(gettext("Ce dossier est retiré : il ne change plus."))
    return dossier


def _reason(typed: str) -> str:
    reason = reason_typed(typed)
    if not reason:
        raise NoReason(gettext("Indiquez pourquoi vous saisissez à la place du candidat : il le lira."))
    return reason


def _mark(dossier: Dossier, place: str, reason: str, by: User) -> None:
    """Mark the place, and tell the candidate."""
    mark = TypedIn.objects.create(
        dossier=dossier, place=place, reason=reason, typed_at=dossier.procedure.now(), typed_by=by
    )
    person = dossier.candidate.user
    with translation.override(person.language):
        name = name_of(dossier.rules, place)
    queue_mail(
        "typed_in",
        to=person,
        key=f"typed-in:{mark.pk}",
        procedure=dossier.procedure,
        name=str(dossier.candidate),
        reference=dossier.reference,
        place=name,
        reason=reason,
        path=home_of(dossier),
    )
