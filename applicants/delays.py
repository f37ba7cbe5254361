"""Delays: until when the candidate may answer what is asked after submission, unless staff say otherwise.

Rule: APP-13.
"""

from __future__ import annotations

import datetime as dt

from applicants.models import Dossier
from applicants.studying import dates_of_study


def answer_until(dossier: Dossier) -> dt.datetime:
    """The end (UTC, the procedure's time) of a delay that begins now.

    Until the programmes study the dossier, where they have a date for it: after that it is studied as it stands.
    Elsewhere as many days as the rules leave. Rules: AST-08, APP-13.
    """
    return studied_at(dossier) or dossier.procedure.now() + dt.timedelta(days=dossier.rules.corrections.days)


def studied_at(dossier: Dossier) -> dt.datetime | None:
    """When the last of the programmes chosen will study the dossier (UTC); None where none has a date to come."""
    now = dossier.procedure.now()
    dates = dates_of_study(dossier, validated_at=dossier.validated_at or now)
    return max((date for date in dates.values() if date > now), default=None)
