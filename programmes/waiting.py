"""What waits for whom: the lines of the staff's start page, which each app contributes for its own part."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import User
from programmes.models import Procedure


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a person can do now: in words, how many times, and where; since when, and until when."""

    label: str
    count: int
    url: str
    since: dt.date | dt.datetime | None = None  # the oldest of them (UTC)
    due: dt.datetime | None = None  # UTC


Source = Callable[[User, Procedure], Iterable[Waiting]]
_sources: list[Source] = []


def tells_what_waits(source: Source) -> Source:
    """Register a function that says what waits for a person in a procedure; a line of count 0 is left out."""
    _sources.append(source)
    return source


def what_waits(user: User) -> dict[Procedure, list[Waiting]]:
    """What waits for `user`, by procedure, the youngest first; procedures where nothing waits have no lines."""
    lines: dict[Procedure, list[Waiting]] = defaultdict(list)
    for procedure in Procedure.objects.filter(roles__user=user).distinct():
        lines[procedure] = [line for source in _sources for line in source(user, procedure) if line.count]
    return dict(lines)
