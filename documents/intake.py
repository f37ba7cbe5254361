"""Intake: a file arrives, is judged by its content, and becomes a paper of a folder.

    received = receive(upload, rule)  # outside of any transaction
    try:
        act(received)  # calls file_paper()
    except Refused:
        discard(received)

What is judged here takes no opening of the file: its size and its first bytes. Opening it is for the check
(`documents.checks`), until which nobody is shown the paper.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
import uuid
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from documents import tasks
from documents.models import SupportingDocument
from journal.clock import instant
from journal.errors import Refused
from journal.wakeups import wake_on_commit
from programmes.rules import FileKind, PaperRule
from programmes.templatetags.words import file_size

START = 1024  # bytes within which a PDF says that it is one
LONGEST_NAME = 255
TELEPHONE_PHOTOS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
WORD_PROCESSORS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")


class WrongFile(Refused):
    """The file cannot be taken; the sentence says why, and how to make one that can."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has been stored, under a name of ours, and belongs to no folder yet."""

    id: uuid.UUID
    stored_as: str
    original_name: str
    size: int
    content: FileKind
    sha256: str


def receive(upload: UploadedFile, rule: PaperRule) -> Received:
    """Judge and store an uploaded file. Outside of transactions: a slow store takes its time.

    Raises:
        WrongFile: empty, larger than the rule allows, or of another kind by its content.
    Rule: APP-08.
    """
    size = upload.size or 0
    if size == 0:
        raise WrongFile(
            gettext("Ce fichier est vide. Vérifiez qu’il s’ouvre sur votre appareil, puis déposez-le de nouveau.")
        )
    content = kind_of(_start_of(upload))
    if content not in rule.kinds or content is None:
        raise WrongFile(_wrong_kind(_start_of(upload), rule))
    if size > rule.max_bytes:
        raise WrongFile(_too_large(size, content, rule))
    own_id = uuid.uuid4()
    return Received(
        id=own_id,
        stored_as=default_storage.save(f"papers/{own_id}", upload),
        original_name=clean_name(upload.name or ""),
        size=size,
        content=content,
        sha256=_digest(upload),
    )


def file_paper(
    folder_id: uuid.UUID, kind: str, received: Received, *, at: dt.datetime, by: User | None
) -> SupportingDocument:
    """Put a received file into a folder as a paper of that kind, `at` an instant of the procedure's time; its check
    follows the commit.

    A building block of acts: who may deposit what, and what it replaces, they know.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("file_paper() belongs inside the act’s transaction")
    document = SupportingDocument.objects.create(
        id=received.id,
        folder_id=folder_id,
        kind=kind,
        file=received.stored_as,
        original_name=received.original_name,
        size=received.size,
        content=received.content,
        sha256=received.sha256,
        uploaded_at=at,
        uploaded_by=by,
    )
    wake_on_commit(tasks.check_papers)
    return document


def discard(received: Received) -> None:
    """Remove the bytes of a file that the act refused."""
    default_storage.delete(received.stored_as)


def supersede(document: SupportingDocument) -> None:
    """Take a paper out of the folder's current ones, because another replaces it or its owner removed it."""
    document.superseded_at = instant()
    document.save(update_fields=["superseded_at"])


def kind_of(start: bytes) -> FileKind | None:
    """The kind of a file that starts with these bytes, if it is one of those that can be taken."""
    if start.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if b"%PDF-" in start[:START]:
        return FileKind.PDF
    return None


def clean_name(name: str) -> str:
    """A file's name as it may be shown: composed letters, no path, nothing invisible."""
    composed = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(letter for letter in composed if unicodedata.category(letter)[0] != "C").strip()
    return visible[-LONGEST_NAME:] or gettext("sans nom")


def _start_of(upload: UploadedFile) -> bytes:
    upload.seek(0)
    start: bytes = upload.read(START)
    upload.seek(0)
    return start


def _digest(upload: UploadedFile) -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _wrong_kind(start: bytes, rule: PaperRule) -> str:
    """What to do instead; kinds that telephones and word processors make by themselves have advice."""
    if start[4:12] in TELEPHONE_PHOTOS:
        return gettext(
            "Cette photo est au format HEIC, que certains ordinateurs ne lisent pas. Enregistrez-la en "
            "JPEG (sur iPhone : Réglages, Appareil photo, Formats, Le plus compatible), puis déposez-la."
        )
    if start.startswith(WORD_PROCESSORS):
        return gettext(
            "Ce fichier vient d’un traitement de texte. Ouvrez-le, choisissez « Enregistrer sous » et le "
            "format PDF, puis déposez le PDF."
        )
    return gettext(
        "Le contenu de ce fichier n’est pas au format %(allowed)s, quel que soit son nom. "
        "Enregistrez-le dans ce format, puis déposez-le de nouveau."
    ) % {"allowed": gettext(" ou ").join(kind.upper() for kind in rule.kinds)}


def _too_large(size: int, content: FileKind, rule: PaperRule) -> str:
    sizes = {"size": file_size(size), "limit": file_size(rule.max_bytes)}
    if content == FileKind.PDF:
        advice = gettext(
            "Ce PDF pèse %(size)s ; la limite est de %(limit)s. Numérisez-le en noir et blanc ou à 150 "
            "points par pouce, ou enregistrez-le avec l’option « taille réduite »."
        )
    else:
        advice = gettext(
            "Cette image pèse %(size)s ; la limite est de %(limit)s. Réduisez ses dimensions (2 000 points "
            "de large suffisent), ou enregistrez-la en JPEG de qualité moyenne."
        )
    return advice % sizes
