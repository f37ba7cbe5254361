"""What every template knows besides the request."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(_request: HttpRequest) -> dict[str, Any]:
    """`demo`: is this a demonstration? The strip on top of each page and the start page ask."""
    return {"demo": settings.DEMO}
