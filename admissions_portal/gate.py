"""What is turned away at the gate, before any page looks at it."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

LARGEST_REQUEST = 64_000_000  # bytes: some times the largest paper; each paper has its own limit, told in words


class Gate:
    """Refuses requests that no page of the portal makes.

    An address with a NUL in it, which PostgreSQL does not take; and a file so large that it can only fill the disk on
    which it is received, before the page that judges it is called.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address")
        if _length(request) > LARGEST_REQUEST:
            return HttpResponse(status=413)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    """The length of the body in bytes; where it is not said, Django reads none."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0
