"""manage.py fill_demo: give a demonstration its made-up people. `make run` starts it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from campaign.demonstration.playing import fill


class Command(BaseCommand):
    """Does nothing, quickly, when they are there; goes on where it was stopped when it was."""

    help = "Fills a demonstration (DEMO=1) with made-up candidates, at most 30 in each procedure."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the procedures and play each up to its first moment."""
        if not settings.DEMO:
            raise CommandError("Made-up people belong in a demonstration: set DEMO=1.")
        try:
            fill()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal
