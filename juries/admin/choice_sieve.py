"""The sieve of a board of choices: of which programme, before which session, in which state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext

from juries.admin.choice_rows import ALL, LABELS, STATES, TODO, choices_with_state, counted, studied_at
from programmes.models import JurySession, Programme, Step

Link = tuple[str | Promise, int | None, str, bool]  # words, how many (if counted), address, whether it is chosen


class Sieve:
    """What a page's address asks of the choices before `step`, among those programmes and sessions."""

    def __init__(
        self, request: HttpRequest, step: Step, programmes: Sequence[Programme], sessions: Sequence[JurySession]
    ) -> None:
        self.request = request
        self.step = step
        self.programmes = programmes
        self.sessions = sessions
        asked = request.GET
        self.programme = next((one for one in programmes if one.code == asked.get("programme")), None)
        self.session = next((one for one in sessions if str(one.number) == asked.get("session")), None)
        self.everyone = choices_with_state(step, [self.programme] if self.programme else programmes)
        if self.session is not None:
            self.everyone = self.everyone.filter(studied_at(self.session))
        self.counts, self.told_by = counted(step, self.everyone)
        self.state = asked["state"] if asked.get("state") in self.counts else TODO if self.counts[TODO] else ALL

    @property
    def choices(self) -> Any:
        """Those that are shown, as they arrived."""
        return self.everyone.filter(STATES[self.state])

    @property
    def count(self) -> int:
        """How many are shown, on all pages."""
        return self.counts[self.state]

    @property
    def kept(self) -> str:
        """What the address of another page of the same ends with."""
        query = self.request.GET.copy()
        query.pop("page", None)
        return query.urlencode()

    @property
    def rows(self) -> list[tuple[str, list[Link]]]:
        """The links of the sieve, a row for each thing by which one may choose."""
        found = [(gettext("Par état"), self._states())]
        if len(self.programmes) > 1:
            found.append((gettext("Par formation"), self._by_programme()))
        if self.sessions:
            found.append((gettext("Par session"), self._by_session()))
        return found

    def _states(self) -> list[Link]:
        words = LABELS[self.step.kind] | {ALL: gettext("Toutes")}
        return [(words[name], count, self._with(state=name), name == self.state) for name, count in self.counts.items()]

    def _by_programme(self) -> list[Link]:
        whole: Link = (gettext("Toutes les formations"), None, self._with(programme=""), self.programme is None)
        own = [(str(one.title), None, self._with(programme=one.code), one == self.programme) for one in self.programmes]
        return [whole, *own]

    def _by_session(self) -> list[Link]:
        whole: Link = (gettext("Toutes les sessions"), None, self._with(session=""), self.session is None)
        own = [
            (session_name(one), None, self._with(session=str(one.number)), one == self.session) for one in self.sessions
        ]
        return [whole, *own]

    def _with(self, **changed: str) -> str:
        """The board's address with another filter, back on its first page."""
        query = self.request.GET.copy()
        query.pop("page", None)
        for name, value in changed.items():
            query[name] = value
        return f"?{query.urlencode()}"


def session_name(session: JurySession) -> str:
    """« session 2 », « session 2, Données »."""
    return f"{session}, {session.programme.title}" if session.programme else str(session)
