"""Conversation: what the candidate and those who examine the dossier write to each other inside it. Rule: APP-16.

A message is never changed nor taken back. Its files are papers like all others: nobody is shown one before its check.
The candidate may write from the first day on; a draft, which no school sees, is a matter between candidate and office.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.corrections import require_examiner, school_address
from applicants.dossiers import lock, lock_own
from applicants.models import Dossier, Message, Status
from documents import intake
from documents.intake import Received
from documents.models import Folder, SupportingDocument
from journal.errors import NotAllowed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Role
from programmes.roles import OFFICE, require_role, roles_now
from programmes.rules import PaperRule
from programmes.text import Text
from programmes.typed import cleaned

LONGEST_MESSAGE = 5000  # characters
MOST_FILES = 5  # joined to one message
ATTACHMENT = PaperRule(code="attachment", label=Text("Fichier joint", "Attachment"), required=False)

Send = Callable[[str, Sequence[Received]], Message]


class WrongMessage(Refused):
    """There is nothing to send, or too much of it."""


def write_as_candidate(dossier_id: UUID, text: str, uploads: Sequence[UploadedFile] = (), *, by: User) -> Message:
    """Write to those who examine one's dossier; they get a mail unless an earlier message waits for them already.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        WrongMessage: no words, too many of them, or too many files.
        WrongFile: the kind or size of one.
    Rule: APP-16.
    """
    Dossier.objects.owned_by(by).get(pk=dossier_id)  # before anything is stored

    @transaction.atomic
    def send(words: str, received: Sequence[Received]) -> Message:
        dossier = lock_own(dossier_id, by=by)
        is_first = not dossier.messages.unread_by_staff().exists()
        message = _send(dossier, words, received, by=by, by_candidate=True)
        if is_first:
            _mail_staff(dossier, message)
        return message

    return _with_files(text, uploads, send)


def write_to_candidate(dossier_id: UUID, text: str, uploads: Sequence[UploadedFile] = (), *, by: User) -> Message:
    """Write to the candidate, who gets a mail that says so.

    Raises:
        Dossier.DoesNotExist: no dossier whose conversation `by` may read.
        NotAllowed: `by` does not examine the dossier.
        WrongMessage, WrongFile: as for the candidate.
    Rule: APP-16.
    """
    require_writer(conversations_of(by).get(pk=dossier_id), by)  # before anything is stored

    @transaction.atomic
    def send(words: str, received: Sequence[Received]) -> Message:
        dossier = lock(dossier_id, among=conversations_of(by))
        require_writer(dossier, by)
        message = _send(dossier, words, received, by=by, by_candidate=False)
        queue_mail(
            "message_to_candidate",
            to=dossier.candidate.user,
            key=f"message:{message.pk}",
            procedure=dossier.procedure,
            name=str(dossier.candidate),
            reference=dossier.reference,
            path=f"/dossier/{dossier.procedure.slug}/messages/",
        )
        return message

    return _with_files(text, uploads, send)


@transaction.atomic
def read_as_candidate(dossier: Dossier, *, by: User) -> None:
    """Note that the candidate has seen what was written to them; anybody else's look changes nothing."""
    if dossier.candidate.user_id == by.pk:
        _note_read(dossier, dossier.messages.unread_by_candidate(), by)


@transaction.atomic
def read_as_staff(dossier: Dossier, *, by: User) -> None:
    """Note that somebody who may answer has seen what the candidate wrote; the look of a juror changes nothing."""
    if may_write(dossier, by):
        _note_read(dossier, dossier.messages.unread_by_staff(), by)


@transaction.atomic
def leave_unread(dossier_id: UUID, *, by: User) -> None:
    """Leave the candidate's last message for a colleague, or for later: it counts as unread again.

    Raises:
        Dossier.DoesNotExist: no dossier whose conversation `by` may read.
        NotAllowed: `by` does not examine the dossier.
        WrongMessage: the candidate has written nothing.
    """
    dossier = lock(dossier_id, among=conversations_of(by))
    require_writer(dossier, by)
    last = dossier.messages.filter(by_candidate=True).last()
    if last is None:
        raise WrongMessage(gettext("Le candidat n’a rien écrit."))
    last.read_at = None
    last.save(update_fields=["read_at"])
    record("message.left_unread", dossier, by=by, message=str(last.pk))


@transaction.atomic
def open_attachment(dossier_id: UUID, document_id: UUID, *, by: User) -> SupportingDocument:
    """A file joined to a message of a dossier, for staff: the journal keeps who read it.

    Raises:
        Dossier.DoesNotExist, SupportingDocument.DoesNotExist: no such file for `by`.
    Rules: APP-16, ALL-04.
    """
    dossier = conversations_of(by).get(pk=dossier_id)
    document = SupportingDocument.objects.get(pk=document_id, folder__message__dossier=dossier)
    record("paper.read", dossier, by=by, document=str(document.pk))
    return document


def conversations_of(user: User) -> QuerySet[Dossier]:
    """The dossiers whose conversation `user` may read: those that they may read whole; and the office, drafts too."""
    office = Role.objects.filter(user=user, user__is_active=True, kind=OFFICE)
    drafts = Q(status=Status.DRAFT, procedure__in=office.values("procedure"))
    return Dossier.objects.filter(drafts | Q(pk__in=Dossier.objects.readable_by(user).values("pk")))


def require_writer(dossier: Dossier, by: User) -> None:
    """Raise `NotAllowed` unless `by` examines the dossier; or works for the office, where it is a draft."""
    if dossier.status == Status.DRAFT:
        require_role(by, dossier.procedure, OFFICE)
    else:
        require_examiner(dossier, roles_now(by))


def may_write(dossier: Dossier, by: User) -> bool:
    """Whether `by` may write to the candidate."""
    try:
        require_writer(dossier, by)
    except NotAllowed:
        return False
    return True


def conversation_in(dossier: Dossier) -> list[Message]:
    """All that was written, the oldest first, with its authors and files."""
    return list(dossier.messages.select_related("author", "folder").prefetch_related("folder__documents"))


def _with_files(text: str, uploads: Sequence[UploadedFile], send: Send) -> Message:
    """Store the files, then send: a slow store holds no lock, and what is not sent is thrown away."""
    words = cleaned(text)
    if not words:
        raise WrongMessage(gettext("Écrivez votre message."))
    if len(words) > LONGEST_MESSAGE:
        raise WrongMessage(
            gettext("Un message ne peut pas avoir plus de %(limit)s caractères.") % {"limit": LONGEST_MESSAGE}
        )
    if len(uploads) > MOST_FILES:
        raise WrongMessage(gettext("Joignez %(limit)s fichiers au plus à un message.") % {"limit": MOST_FILES})
    received: list[Received] = []
    try:
        for upload in uploads:
            received.append(intake.receive(upload, ATTACHMENT))
        return send(words, received)
    except Exception:
        for file in received:
            intake.discard(file)
        raise


def _send(dossier: Dossier, text: str, received: Sequence[Received], *, by: User, by_candidate: bool) -> Message:
    now, folder = dossier.procedure.now(), Folder.objects.create(procedure=dossier.procedure) if received else None
    message = Message.objects.create(
        dossier=dossier, author=by, by_candidate=by_candidate, text=text, folder=folder, sent_at=now
    )
    files = [intake.file_paper(folder.pk, ATTACHMENT.code, file, at=now, by=by) for file in received if folder]
    record(
        "message.sent",
        dossier,
        by=by,
        message=str(message.pk),
        by_candidate=by_candidate,
        files=[file.sha256 for file in files],
    )
    return message


def _note_read(dossier: Dossier, unread: QuerySet[Message], by: User) -> None:
    if count := unread.update(read_at=dossier.procedure.now()):
        record("message.read", dossier, by=by, count=count)


def _mail_staff(dossier: Dossier, message: Message) -> None:
    """Write to whoever may answer: of a draft, the office alone."""
    is_draft = dossier.status == Status.DRAFT
    if address := dossier.procedure.contact_email if is_draft else school_address(dossier):
        queue_mail(
            "message_to_school",
            to=address,
            key=f"message:{message.pk}",
            procedure=dossier.procedure,
            candidate=str(dossier.candidate),
            reference=dossier.reference,
        )
