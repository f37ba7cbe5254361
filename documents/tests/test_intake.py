"""Intake: files are judged by their content, refused with advice, and stored under names of ours."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from documents.intake import WrongFile, clean_name, discard, file_paper, receive, supersede
from documents.models import Folder, SupportingDocument
from documents.tests.conftest import ANY_PAPER, pdf, photograph
from journal.clock import instant
from programmes.rules import FileKind, PaperRule
from programmes.text import Text

SMALL_PDF = PaperRule(code="cv", label=Text("CV", "CV"), kinds=(FileKind.PDF,), max_bytes=2_000)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("cv.pdf", pdf(), "pdf"),
        ("photo.jpg", photograph(), "jpeg"),
        ("scan.png", photograph(FileKind.PNG), "png"),
        ("photo.pdf", photograph(), "jpeg"),  # the name does not count
        ("sans extension", pdf(), "pdf"),
        ("mail.pdf", b"\r\n\r\n" + pdf(), "pdf"),  # some servers put empty lines first
    ],
)
def test_the_content_says_the_kind(name: str, data: bytes, kind: str) -> None:
    received = receive(SimpleUploadedFile(name, data), ANY_PAPER)
    assert received.content == kind
    assert received.size == len(data)
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    with default_storage.open(received.stored_as) as stored:
        assert stored.read() == data


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"", "vide"),
        (b"PK\x03\x04" + b"x" * 99, "traitement de texte"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "traitement de texte"),
        (b"\x00\x00\x00\x18ftypheic" + b"x" * 99, "HEIC"),
        (b"<html><script>alert(1)</script></html>", "PDF ou JPEG ou PNG"),
        (b"GIF89a" + b"x" * 99, "PDF ou JPEG ou PNG"),
    ],
)
def test_another_kind_is_refused_with_advice(data: bytes, advice: str) -> None:
    with pytest.raises(WrongFile, match=advice):
        receive(SimpleUploadedFile("cv.pdf", data), ANY_PAPER)
    assert not default_storage.exists("papers")


def test_a_kind_that_the_paper_does_not_take_is_refused() -> None:
    with pytest.raises(WrongFile, match="format PDF"):
        receive(SimpleUploadedFile("cv.pdf", photograph()), SMALL_PDF)


def test_the_limit_is_the_last_size_taken() -> None:
    data = pdf()
    fits = PaperRule(code="cv", label=SMALL_PDF.label, max_bytes=len(data))
    assert receive(SimpleUploadedFile("cv.pdf", data), fits).size == len(data)
    with pytest.raises(WrongFile, match="noir et blanc"):
        receive(SimpleUploadedFile("cv.pdf", data + b"\n"), fits)


def test_too_large_an_image_is_told_to_shrink() -> None:
    tight = PaperRule(code="id", label=Text("", ""), max_bytes=100)
    with pytest.raises(WrongFile, match="dimensions"):
        receive(SimpleUploadedFile("id.jpg", photograph()), tight)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\Ada\\cv.pdf", "cv.pdf"),
        ("../../etc/passwd", "passwd"),
        ("re\u0301sume\u0301.pdf", "résumé.pdf"),
        ("cv\u202efdp.exe\x00\n", "cvfdp.exe"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("\u200b", "sans nom"),
    ],
)
def test_a_name_is_shown_without_tricks(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@given(st.text(max_size=400))
def test_any_name_can_be_shown_and_kept(typed: str) -> None:
    shown = clean_name(typed)
    assert shown
    assert len(shown) <= 255  # its column
    assert "/" not in shown
    assert "\\" not in shown
    assert not [letter for letter in shown if unicodedata.category(letter).startswith("C")]
    assert clean_name(shown) == shown


def test_the_name_on_disk_is_ours(deposit, candidate: User, folder: Folder) -> None:
    document = deposit(pdf(), "Ada Lovelace.pdf")
    assert document.original_name == "Ada Lovelace.pdf"
    assert document.file.name == f"papers/{document.pk}"
    assert document.check_state == SupportingDocument.Check.PENDING
    assert list(SupportingDocument.objects.to_check()) == [document]


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_filed_inside_an_act_only(folder: Folder, candidate: User) -> None:
    received = receive(SimpleUploadedFile("cv.pdf", pdf()), ANY_PAPER)
    with pytest.raises(RuntimeError, match="transaction"):
        file_paper(folder.pk, "cv", received, at=instant(), by=candidate)
    discard(received)
    assert not default_storage.exists(received.stored_as)
    with transaction.atomic():
        file_paper(folder.pk, "cv", receive(SimpleUploadedFile("cv.pdf", pdf()), ANY_PAPER), at=instant(), by=candidate)
    assert folder.documents.count() == 1


def test_what_was_replaced_is_kept_and_no_longer_counts(deposit) -> None:
    document = deposit(pdf())
    supersede(document)
    assert not SupportingDocument.objects.current().exists()
    assert not SupportingDocument.objects.to_check().exists()
    assert default_storage.exists(document.file.name)
