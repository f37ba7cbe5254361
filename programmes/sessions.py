"""Sessions: which meeting of a jury that meets several times studies a dossier. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from programmes.models import JurySession


def session_of(sessions: Iterable[JurySession], programme_id: int, submitted_at: dt.datetime) -> JurySession | None:
    """The first of `sessions`, given in order, that studies what was submitted then for a programme. Pure.

    Rule: NE-01.
    """
    own = (one for one in sessions if one.programme_id in (None, programme_id))
    return next((one for one in own if one.closes_at is None or submitted_at < one.closes_at), None)
