"""What the workers do for mail."""

from __future__ import annotations

from celery import shared_task

from journal.wakeups import WakeUp
from notifications.delivery import deliver


@shared_task
def deliver_outbox() -> None:
    """Send the mails that wait; woken after a commit, and by the schedule for those left behind."""
    if deliver():
        WakeUp(deliver_outbox)()
