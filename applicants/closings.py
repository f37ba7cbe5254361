"""Closing hours of some: by when somebody is asked to apply, earlier than everyone else.

Those who need a visa, for one: a procedure advises them to apply early, or closes to them.
Rule: NE-01.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from applicants.models import Dossier
from journal.errors import Closed
from programmes.words import date_and_hour


@dataclass(frozen=True)
class OwnClosing:
    """By when (UTC) a candidate is asked to apply; if it is strict, nothing is taken later. `code`: of the calendar."""

    code: str
    ends_at: dt.datetime
    is_strict: bool
    is_over: bool

    @property
    def is_shut(self) -> bool:
        """Whether nothing is taken any more."""
        return self.is_strict and self.is_over


def own_closing(dossier: Dossier, answers: Mapping[str, str]) -> OwnClosing | None:
    """The closing hour of whoever answered so, if it is not everyone's; of several, the first.

    It binds neither a dossier that was sent once and is open again for a programme added, nor one to which the office
    granted an extension, which is longer than everyone's.
    """
    if dossier.is_reopened or dossier.extended_until is not None:
        return None
    calendar, now = dossier.procedure.calendar, dossier.procedure.now()
    found = [
        OwnClosing(rule.code, entry.ends_at, rule.strict, is_over=entry.ends_at <= now)
        for rule in dossier.rules.closings
        if rule.when.holds(answers) and (entry := calendar.get(rule.code)) and entry.ends_at
    ]
    return min(found, key=lambda closing: closing.ends_at, default=None)


def require_in_time(dossier: Dossier, answers: Mapping[str, str]) -> None:
    """Raise `Closed` if applications are over for whoever answered so, though not for everyone."""
    closing = own_closing(dossier, answers)
    if closing and closing.is_shut:
        raise Closed(
            gettext("Pour les candidats dans votre situation, les candidatures sont closes depuis le %(when)s.")
            % {"when": date_and_hour(closing.ends_at)}
        )
