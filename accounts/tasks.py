"""What the scheduler wakes."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def forget_ended_sessions() -> None:
    """Delete the sessions that have ended: nothing else would, where they stand in the database."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
