"""Sweeping: what nobody refers to goes, when it is old; what a row or a running upload refers to never does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from documents import sweeping
from documents.checks import check_paper
from documents.intake import file_paper, receive, supersede
from documents.letters import ensure_rendered
from documents.models import Folder, SupportingDocument
from documents.notices import issue_notice
from documents.sweeping import AGE, sweep_store
from documents.tests.conftest import ANY_PAPER, pdf, photograph
from journal.clock import at_one_instant, instant
from programmes.models import Procedure, School

Deposit = Callable[..., SupportingDocument]


@pytest.fixture
def later() -> Iterator[None]:
    """All that the test stores is as old as a leftover has to be."""
    with at_one_instant(instant() + AGE + dt.timedelta(hours=1)):
        yield


def left_behind(place: str = "papers") -> str:
    return default_storage.save(f"{place}/left-behind", ContentFile(b"x"))


@pytest.mark.parametrize("place", ["papers", "notices"])
def test_bytes_that_no_row_has_go(place: str, deposit: Deposit, later: None) -> None:
    kept, name = deposit(pdf()), left_behind(place)
    assert sweep_store() == 1
    assert not default_storage.exists(name)
    assert default_storage.exists(str(kept.file.name))


def test_bytes_that_have_just_come_stay(folder: Folder, candidate: User) -> None:
    """The request that stored them may still be under way."""
    received = receive(SimpleUploadedFile("cv.pdf", pdf()), ANY_PAPER)
    assert sweep_store() == 0
    assert default_storage.exists(received.stored_as)


def test_every_file_that_a_row_has_stays(
    deposit: Deposit, procedure: Procedure, school: School, candidate: User, later: None
) -> None:
    """Replaced papers too, images that were written again, and letters."""
    replaced, image = deposit(pdf()), deposit(photograph())
    supersede(replaced)
    check_paper(image.pk)
    notice = issue_notice(
        "receipt", key="r", procedure=procedure, recipient=candidate, school=school, submitted_at=instant(), choices=[]
    )
    ensure_rendered(notice)
    assert sweep_store() == 0
    for row in (replaced, image, notice):
        row.refresh_from_db()
        assert default_storage.exists(str(row.file.name))


def test_a_file_that_is_filed_while_the_store_is_read_stays(
    folder: Folder, candidate: User, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = receive(SimpleUploadedFile("cv.pdf", pdf()), ANY_PAPER)
    read = default_storage.listdir

    def read_and_file(path: str) -> tuple[list[str], list[str]]:
        found = read(path)
        if path == "papers":
            file_paper(folder.pk, "cv", received, at=instant(), by=candidate)
        return found

    monkeypatch.setattr(FileSystemStorage, "listdir", lambda _store, path: read_and_file(path))
    assert sweep_store() == 0
    assert default_storage.exists(received.stored_as)


def test_nothing_goes_from_a_store_that_is_not_this_databases(
    deposit: Deposit, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "FEW", 1)
    deposit(pdf())
    unknown = [left_behind(), left_behind()]
    assert sweep_store() == 0
    assert all(default_storage.exists(name) for name in unknown)


def test_an_empty_store_is_no_error(db: None) -> None:
    assert sweep_store() == 0
