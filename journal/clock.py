"""The clock: one instant per request, task or command.

Code that dates something never asks the operating system: it asks `instant()`, which is the wall time at
which the current request, task or command began. So all that one act writes has one time, and a page that
opens one second before a deadline is judged by that second, however long it takes. What a notice dates uses
`procedure.now()`, which adds a rehearsal's offset.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_begun: ContextVar[dt.datetime | None] = ContextVar("begun", default=None)


def instant() -> dt.datetime:
    """The UTC instant at which the current request, task or command began; outside of them, now."""
    return _begun.get() or dt.datetime.now(dt.UTC)


@contextmanager
def at_one_instant(moment: dt.datetime | None = None) -> Iterator[dt.datetime]:
    """Hold the clock still for the duration of the block: at `moment` (UTC), or at the present instant."""
    token = _begun.set(moment or dt.datetime.now(dt.UTC))
    try:
        yield instant()
    finally:
        _begun.reset(token)


class ClockMiddleware:
    """Gives each request one instant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with at_one_instant():
            return self.get_response(request)
