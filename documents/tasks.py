"""What the workers do for files."""

from __future__ import annotations

from celery import shared_task

from documents.checks import check_waiting_papers
from documents.letters import render_waiting_notices
from documents.sweeping import sweep_store
from journal.wakeups import WakeUp


@shared_task
def check_papers() -> None:
    """Check the papers that wait; woken after a deposit, and by the schedule for those left behind."""
    if check_waiting_papers():
        WakeUp(check_papers)()


@shared_task
def render_notices() -> None:
    """Make the PDF of the notices that wait; woken when one is issued, and by the schedule for those left
    behind.
    """
    if render_waiting_notices():
        WakeUp(render_notices)()


@shared_task
def sweep() -> None:
    """Throw away what uploads that were cut short have left in the store."""
    sweep_store()
