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
import enum
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


class Reason(enum.StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TELEPHONE = "telephone"
    TEXT = "text"
    KIND = "kind"
    HEAVY_PDF = "heavy_pdf"
    HEAVY_IMAGE = "heavy_image"


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
    size, start = upload.size or 0, _start_of(upload)
    content = kind_of(start)
    if reason := why_refused(start, size, rule):
        raise WrongFile(advice(rule, size=file_size(size))[reason])
    assert content is not None
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


def why_refused(start: bytes, size: int, rule: PaperRule) -> Reason | None:
    """Why a file of `size` bytes that starts with these is not taken; None where it is. Pure.

    js/upload.js looks at a file in the same way before it sends it.
    """
    content = kind_of(start)
    if size == 0:
        return Reason.EMPTY
    if content is None or content not in rule.kinds:
        if start[4:12] in TELEPHONE_PHOTOS:
            return Reason.TELEPHONE
        return Reason.TEXT if start.startswith(WORD_PROCESSORS) else Reason.KIND
    if size > rule.max_bytes:
        return Reason.HEAVY_PDF if content == FileKind.PDF else Reason.HEAVY_IMAGE
    return None


def advice(rule: PaperRule, *, size: str = "{size}") -> dict[Reason, str]:
    """What is said of a file that is not taken, with what to do instead; `size` is the file's, in words.

    Kinds that telephones and word processors make by themselves have advice of their own.
    """
    sizes = {"size": size, "limit": file_size(rule.max_bytes)}
    kinds = {"allowed": gettext(" ou ").join(kind.upper() for kind in rule.kinds)}
    return {
        Reason.EMPTY: gettext(
            "Ce fichier est vide. Vérifiez qu’il s’ouvre sur votre appareil, puis déposez-le de nouveau."
        ),
        Reason.TELEPHONE: gettext(
            "Cette photo est au format HEIC, que certains ordinateurs ne lisent pas. Enregistrez-la en "
            "JPEG (sur iPhone : Réglages, Appareil photo, Formats, Le plus compatible), puis déposez-la."
        ),
        Reason.TEXT: gettext(
            "Ce fichier vient d’un traitement de texte. Ouvrez-le, choisissez « Enregistrer sous » et le "
            "format PDF, puis déposez le PDF."
        ),
        Reason.KIND: gettext(
            "Le contenu de ce fichier n’est pas au format %(allowed)s, quel que soit son nom. "
            "Enregistrez-le dans ce format, puis déposez-le de nouveau."
        )
        % kinds,
        Reason.HEAVY_PDF: gettext(
            "Ce PDF pèse %(size)s ; la limite est de %(limit)s. Numérisez-le en noir et blanc ou à 150 "
            "points par pouce, ou enregistrez-le avec l’option « taille réduite »."
        )
        % sizes,
        Reason.HEAVY_IMAGE: gettext(
            "Cette image pèse %(size)s ; la limite est de %(limit)s. Réduisez ses dimensions (2 000 points "
            "de large suffisent), ou enregistrez-la en JPEG de qualité moyenne."
        )
        % sizes,
    }


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
