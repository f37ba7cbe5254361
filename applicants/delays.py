"""Delays: until when the candidate may answer what is asked after submission, unless staff say otherwise.

Rule: APP-13.
"""

from __future__ import annotations

import datetime as dt

from applicants.models import Dossier
from programmes.models import JurySession
from programmes.sessions import session_of


def answer_until(dossier: Dossier) -> dt.datetime:
    """The end (UTC, the procedure's time) of a delay that begins now.

    Until the programmes study the dossier, where they have a date for it: after that it is studied as it stands.
    Elsewhere as many days as the rules leave. Rules: AST-08, APP-13.
    """
    return studied_at(dossier) or dossier.procedure.now() + dt.timedelta(days=dossier.rules.corrections.days)


def studied_at(dossier: Dossier) -> dt.datetime | None:
    """When the last of the programmes chosen will study the dossier (UTC); None where none has a date to come."""
    procedure = dossier.procedure
    if not procedure.judges_by_programme or dossier.submitted_at is None:
        return None
    to_come = list(
        JurySession.objects.filter(step__procedure=procedure, meets_at__gt=procedure.now()).order_by("meets_at")
    )
    chosen = [choice.programme_id for choice in dossier.ranked_choices]
    first = [session_of(to_come, programme, dossier.submitted_at) for programme in chosen]
    return max((session.meets_at for session in first if session is not None), default=None)
