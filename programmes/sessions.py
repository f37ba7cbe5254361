"""Sessions: which meeting of a jury that meets several times studies a dossier. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from programmes.models import JurySession


def session_of(sessions: Iterable[JurySession], programme_id: int, submitted_at: dt.datetime) -> JurySession | None:
    """The first of `sessions`, given in order, that studies what was submitted then for a programme. Pure.

    Rule: NE-01.
    """
    return next((one for one in sessions if session_takes(one, programme_id, submitted_at)), None)


def session_takes(session: JurySession, programme_id: int, submitted_at: dt.datetime) -> bool:
    """Whether a session studies what was submitted then for a programme: its own, and in time. Pure."""
    is_own = session.programme_id in (None, programme_id)
    return is_own and (session.closes_at is None or submitted_at < session.closes_at)
