"""Forgetting dossiers: they go with all that hangs on them, be it that a rehearsal is cleared or their time is over."""

from __future__ import annotations

from django.db.models import QuerySet

from applicants.models import Dossier
from juries.models import Evaluation, Opinion, Supplement

HOLD_CHOICES = (Opinion, Evaluation, Supplement)  # so that no choice is taken away under those who judge it


def delete_dossiers(dossiers: QuerySet[Dossier]) -> None:
    """Delete `dossiers` and all their rows but the folders and accounts, which point to nothing any more. In an act."""
    for model in HOLD_CHOICES:
        model._default_manager.filter(choice__dossier__in=dossiers.values("pk")).delete()
    dossiers.delete()
