"""Sessions: which meeting of a jury that meets several times studies a dossier, and when a programme does. Pure."""

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


def date_of_study(
    sessions: Iterable[JurySession], programme_id: int, *, submitted_at: dt.datetime, validated_at: dt.datetime
) -> dt.datetime | None:
    """When a programme studies what was submitted and validated then; None where it has no date for it. Pure.

    Of the first step at which the programme has dates, the first for which the dossier was submitted in time and by
    which it is validated; one that is validated once all are over is studied as soon as that. `sessions` come in the
    order of the steps, then of their dates; all are UTC, the procedure's time. Rule: APP-13.
    """
    own = [one for one in sessions if one.programme_id in (None, programme_id)]
    of_first_step = [one for one in own if one.step_id == own[0].step_id]
    to_come = [one for one in of_first_step if one.meets_at >= validated_at]
    if session := session_of(to_come, programme_id, submitted_at):
        return session.meets_at
    return validated_at if session_of(of_first_step, programme_id, submitted_at) else None
