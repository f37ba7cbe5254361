"""What the workers do for the journal."""

from __future__ import annotations

from celery import shared_task

from journal.sealing import seal_entries


@shared_task
def seal() -> None:
    """Seal the entries that were committed since the last time."""
    seal_entries()
