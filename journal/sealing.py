"""Sealing: what makes an alteration of the journal visible.

Acts write their entries side by side, without waiting for each other. Afterwards one process at a time
numbers the entries that are committed and not sealed yet, and closes them in a batch with a digest, which
covers the batch and the digest of the one before. Whoever changes, removes or inserts a sealed entry would
have to make every later seal again: it is enough to have noted one of them elsewhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from journal.clock import instant
from journal.models import Entry, Seal

BATCH = 1000
LOCK = 0x6A6F75726E616C  # "journal", for PostgreSQL's advisory lock


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the whole chain found."""

    entries: int
    seals: int
    last_digest: str
    unsealed: int
    faults: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing that was sealed has changed."""
        return not self.faults


def seal_entries() -> int:
    """Seal all committed entries, batch by batch; returns how many. Does nothing while another process is
    at it.

    Rule: ALL-04.
    """
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


def verify() -> Verification:
    """Compute every digest again and compare."""
    faults: list[str] = []
    previous, entries, seals = "", 0, 0
    for seal in Seal.objects.order_by("number").iterator():
        seals += 1
        batch = list(Entry.objects.filter(seal=seal).order_by("number"))
        faults += _faults(seal, seals, batch, entries, previous)
        entries += len(batch)
        previous = seal.digest
    return Verification(
        entries=entries,
        seals=seals,
        last_digest=previous,
        unsealed=Entry.objects.filter(seal=None).count(),
        faults=tuple(faults),
    )


@transaction.atomic
def _seal_batch() -> int:
    if not _alone():
        return 0
    batch = list(Entry.objects.filter(seal=None).order_by("happened_at", "pk")[:BATCH])
    if not batch:
        return 0
    last = Seal.objects.order_by("number").last()
    last_entry = Entry.objects.exclude(number=None).order_by("number").last()
    first_number = (last_entry.number or 0) + 1 if last_entry else 1
    for number, entry in enumerate(batch, first_number):
        entry.number = number
    seal = Seal(
        number=last.number + 1 if last else 1,
        previous_digest=last.digest if last else "",
        sealed_at=instant(),
    )
    seal.digest = digest_of(seal, batch)
    seal.save(force_insert=True)
    for entry in batch:
        entry.seal = seal
    # The rows are there: only their number and seal are written, many in one statement.
    Entry.objects.bulk_create(batch, update_conflicts=True, unique_fields=["id"], update_fields=["number", "seal"])
    return len(batch)


def _alone() -> bool:
    """Take the sealers' lock until the end of the transaction. On SQLite every transaction has the only
    write lock.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def digest_of(seal: Seal, batch: Iterable[Entry]) -> str:
    """The SHA-256 of a seal: of its number, its instant, the digest before and each of its entries."""
    digest = hashlib.sha256()
    for line in _lines(seal, batch):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _lines(seal: Seal, batch: Iterable[Entry]) -> Iterator[str]:
    yield _canonical([seal.number, _utc(seal.sealed_at), seal.previous_digest])
    for entry in batch:
        yield _canonical(
            [
                entry.number,
                str(entry.pk),
                entry.event,
                entry.actor,
                entry.procedure,
                entry.subject_type,
                entry.subject_id,
                entry.details,
                _utc(entry.happened_at),
                _utc(entry.procedure_time),
            ]
        )


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _utc(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds") if moment else None


def _faults(seal: Seal, place: int, batch: list[Entry], before: int, previous: str) -> Iterator[str]:
    """What is wrong with a seal that should be the `place`-th, after `before` entries and the digest
    `previous`.
    """
    if seal.number != place:
        yield f"seal {seal.number} stands in the place of seal {place}"
    if seal.previous_digest != previous:
        yield f"seal {seal.number} does not follow from the one before"
    if [entry.number for entry in batch] != list(range(before + 1, before + len(batch) + 1)):
        yield f"seal {seal.number}: its entries are not numbered in a row"
    if seal.digest != digest_of(seal, batch):
        yield f"seal {seal.number}: its entries are not those that were sealed"
