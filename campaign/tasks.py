"""What the scheduler wakes."""

from __future__ import annotations

from celery import shared_task

from campaign.due import run_due_acts as run_all


@shared_task
def run_due_acts() -> None:
    """Run whatever the calendars of the procedures have made due."""
    run_all()
