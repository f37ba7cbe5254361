"""What is turned away before any page looks at it, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override

LARGEST_REQUEST = 64_000_000  # bytes: some times the largest paper; each paper has its own limit, told in words

GetResponse = Callable[[HttpRequest], HttpResponse]


class Gate:
    """Refuses requests that no page of the portal makes.

    An address with a NUL in it, which PostgreSQL does not take; and a file so large that it can only fill the disk on
    which it is received, before the page that judges it is called.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _refusal(request, "400.html", HTTPStatus.BAD_REQUEST)
        if _length(request) > LARGEST_REQUEST:
            return _refusal(request, "413.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.get_response(request)


class OnlyByAButton:
    """Says in words that an address cannot be opened, only posted to: whoever signs in again may be led to it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method != "GET":
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page


def _refusal(request: HttpRequest, template: str, status: HTTPStatus) -> HttpResponse:
    """A page in the reader's language: here it is not the one in force yet, but that of the thread's last request."""
    with override(get_language_from_request(request)):
        return HttpResponse(render_to_string(template), status=status)


def _length(request: HttpRequest) -> int:
    """The length of the body in bytes; where it is not said, Django reads none."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0
