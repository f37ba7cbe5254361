"""What the scheduler wakes."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from campaign.due import run_due_acts as run_all


@shared_task
def run_due_acts() -> None:
    """Run whatever the calendars of the procedures have made due."""
    run_all()


@shared_task
def play_demonstration() -> None:
    """Play the demonstration up to the moment wished for, if there is one."""
    if settings.DEMO:
        from campaign.demonstration.playing import play_what_is_wished  # it brings all that makes people up

        play_what_is_wished()
