"""What the frame of every page needs to know."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def demonstration(request: HttpRequest) -> dict[str, bool]:
    """`demo`: whether everything here is made up, which the top of every page then says."""
    return {"demo": settings.DEMO}
