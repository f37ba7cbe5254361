"""The check of a paper: what takes opening the file, done by a worker before anybody is shown it.

Antivirus, then `documents.inspection` in a process of its own: does it open, how many pages or pixels, does
it do anything by itself; an image comes back without its metadata. A file that ends that process, or makes
it last, is one that cannot be opened.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from documents.antivirus import ScannerAway, is_infected
from documents.models import SupportingDocument
from journal.clock import at_one_instant, instant
from journal.followups import state_fact
from journal.leases import claim
from journal.record import record

log = logging.getLogger(__name__)

INSPECTION = Path(__file__).with_name("inspection.py")
PATIENCE = 30  # seconds for one file
LEASE = dt.timedelta(minutes=3)  # longer than the antivirus and the inspection of one file
TURN = 45  # seconds after which a worker lets other tasks have their turn
PAUSE = dt.timedelta(minutes=1)  # before an antivirus that is away is asked again

State = SupportingDocument.Check
Flaw = SupportingDocument.Flaw


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: a flaw, or the number of pages of a PDF, or the bytes to keep of an image."""

    flaw: str = ""
    pages: int | None = None
    kept: bytes = b""


def check_waiting_papers() -> bool:
    """Check what waits, for at most `TURN`; True if something was left for another turn."""
    end = time.monotonic() + TURN
    while time.monotonic() < end:
        with at_one_instant():
            papers = claim(SupportingDocument.objects.to_check(), at_most=1, lease=LEASE)
            if not papers or not _check(papers[0]):
                return False
    return True


def check_paper(document_id: UUID) -> None:
    """Check one paper now, unless it is checked already or being checked."""
    for document in claim(SupportingDocument.objects.to_check().filter(pk=document_id), at_most=1, lease=LEASE):
        _check(document)


def examine(data: bytes, content: str) -> Verdict:
    """What is to be said of a file of that kind ("pdf", "jpeg", "png").

    Raises:
        ScannerAway: the antivirus cannot be reached.
    """
    if is_infected(data):
        return Verdict(flaw=Flaw.INFECTED)
    try:
        inspected = subprocess.run(
            [sys.executable, "-I", str(INSPECTION), content],
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            env={},
            check=True,
        )
    except subprocess.SubprocessError as error:
        log.info("A file could not be inspected: %s", error)
        return Verdict(flaw=Flaw.BROKEN)
    verdict, _, kept = inspected.stdout.partition(b"\n")
    return Verdict(kept=kept, **json.loads(verdict))


def _check(document: SupportingDocument) -> bool:
    """Check a claimed paper; False if the antivirus is away, and no other is worth trying now."""
    try:
        with document.file.open("rb") as file:
            verdict = examine(file.read(), document.content)
        _settle(document, verdict)
    except ScannerAway as reason:
        log.warning("Papers wait, the antivirus is away: %s", reason)
        document.finish(leased_until=instant() + PAUSE)
        return False
    except Exception:  # a file that is not there must not stop the others; it is looked for when the lease ends
        log.exception("Paper %s could not be checked", document.pk)
    return True


def _settle(document: SupportingDocument, verdict: Verdict) -> None:
    """Write the verdict, and put the bytes to keep in the place of those that came."""
    came = str(document.file.name)
    keeps = default_storage.save(f"papers/{uuid.uuid4()}", ContentFile(verdict.kept)) if verdict.kept else came
    if not _write(document, verdict, keeps):
        came = keeps  # another worker was quicker: ours is the copy too many
    if verdict.kept:
        default_storage.delete(came)


@transaction.atomic
def _write(document: SupportingDocument, verdict: Verdict, file: str) -> bool:
    state = State.REJECTED if verdict.flaw else State.PASSED
    if not document.finish(check_state=state, check_reason=verdict.flaw, pages=verdict.pages, file=file):
        return False
    record("paper.checked", document, state=state.value, flaw=verdict.flaw)
    if verdict.flaw:
        state_fact("paper_rejected", document.pk)
    return True
