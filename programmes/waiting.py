"""What waits for whom: the lines of the staff's start page, which each app contributes for its own part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from programmes.models import Procedure
from programmes.roles import HeldRoles


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a person can do now: in words, how many times, and where; since when, and until when."""

    label: str
    count: int
    url: str
    since: dt.date | dt.datetime | None = None  # the oldest of them (UTC)
    due: dt.datetime | None = None  # UTC


Source = Callable[[HeldRoles, Procedure], Iterable[Waiting]]
_sources: list[Source] = []


def tells_what_waits(source: Source) -> Source:
    """Register a function that says what waits for a person in a procedure; a line of count 0 is left out."""
    _sources.append(source)
    return source


def what_waits(held: HeldRoles) -> dict[Procedure, list[Waiting]]:
    """What waits for who holds those roles, by procedure, the youngest first; one where nothing waits has no lines."""
    return {
        procedure: [line for source in _sources for line in source(held, procedure) if line.count]
        for procedure in held.procedures
    }
