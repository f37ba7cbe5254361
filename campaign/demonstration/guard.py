"""The guard: a demonstration lets anybody sign in as anybody, so it never runs beside a real procedure."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from programmes.models import Procedure


def require_made_up() -> None:
    """Refuse to start a demonstration on a database that holds a real procedure; elsewhere do nothing.

    Raises:
        ImproperlyConfigured: see there.
    """
    if not settings.DEMO:
        return
    real = Procedure.objects.filter(is_rehearsal=False).values_list("slug", flat=True).first()
    if real is not None:
        raise ImproperlyConfigured(
            f"DEMO=1 lets anybody sign in as anybody, and this database holds a real procedure ({real}). "
            "Unset DEMO, or give the demonstration a database of its own."
        )
