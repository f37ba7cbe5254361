"""What every template knows besides the request."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(_request: HttpRequest) -> dict[str, Any]:
    """`demo`: is everything here made up? The top of every page then says so, and the start page offers sign-ins."""
    return {"demo": settings.DEMO}
