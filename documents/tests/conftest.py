"""A procedure with a school, a candidate with a folder, and files of every sort."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from documents.intake import file_paper, receive
from documents.models import Folder, SupportingDocument
from journal.clock import instant
from programmes.models import Participation, Procedure, School
from programmes.rules import FileKind, PaperRule
from programmes.text import Text

ANY_PAPER = PaperRule(code="cv", label=Text("CV", "CV"))


@pytest.fixture
def procedure(db: None) -> Procedure:
    return Procedure.objects.create(
        slug="essai-2026",
        code="essai",
        title=Text("Admission d’essai 2026", "Trial admission 2026"),
        short_title=Text("Essai 2026", "Trial 2026"),
        year=2026,
    )


@pytest.fixture
def school(procedure: Procedure) -> School:
    school = School.objects.create(code="ecole", name="École des Mines d'Essai", accent="#7a1f3d")
    Participation.objects.create(
        procedure=procedure,
        school=school,
        department="Service admissions",
        address="1 rue de l'Église\n81000 ALBI",
        email="admissions@example.org",
        phone="05 00 00 00 00",
    )
    return school


@pytest.fixture
def candidate(db: None) -> User:
    return User.objects.create_user("ada@example.org", name="Ada Lovelace")


@pytest.fixture
def folder(procedure: Procedure) -> Folder:
    return Folder.objects.create(procedure=procedure)


@pytest.fixture
def deposit(folder: Folder, candidate: User) -> Callable[..., SupportingDocument]:
    """Puts a file into the folder, as an act does."""

    def put(data: bytes, name: str = "cv.pdf") -> SupportingDocument:
        return file_paper(
            folder.pk, "cv", receive(SimpleUploadedFile(name, data), ANY_PAPER), at=instant(), by=candidate
        )

    return put


def pdf(pages: int = 1, change: Callable[[pikepdf.Pdf], None] | None = None, **options: Any) -> bytes:
    """A PDF with empty pages, changed before it is written."""
    written = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        if change:
            change(made)
        made.save(written, **options)
    return written.getvalue()


def photograph(kind: FileKind = FileKind.JPEG, size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """An image of noise, which does not compress away."""
    noise = random.Random(1).randbytes(size[0] * size[1] * 3)
    written = io.BytesIO()
    Image.frombytes("RGB", size, noise).save(written, kind.upper(), **options)
    return written.getvalue()


def body(response: Any) -> bytes:
    """What a streamed response says, read to its end and closed."""
    said = b"".join(response.streaming_content)
    response.close()
    return said
