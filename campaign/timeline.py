"""The timeline of a procedure: what has passed, what is under way, what comes next and when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from programmes.models import JurySession, Period, Step
from programmes.windows import CalendarEntry
from programmes.words import PARIS, date_and_hour, date_in_full, deadline


@dataclass(frozen=True, slots=True)
class Milestone:
    """A line of the timeline: an instant (`starts_at` alone), or a window that ends strictly at `ends_at`."""

    label: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None = None
    when: str = ""
    detail: str = ""
    state: str = "next"  # past | now | next; here: where a candidate is
    is_optional: bool = False  # what one may do meanwhile: never what comes next


def milestones(
    entries: Iterable[CalendarEntry],
    steps: Iterable[Step],
    periods: Iterable[Period],
    now: dt.datetime,
    sessions: Iterable[JurySession | Milestone] = (),
) -> list[Milestone]:
    """The milestones in the order of their instants, as they stand at `now`.

    `steps` are read `with_days`, `sessions` with their step and their programme; they may be `gathered`.
    """
    found = [_window(str(entry), entry.starts_at, entry.ends_at) for entry in entries]
    for step in steps:
        found += [*_test_days(step), *_results(step)]
    found += [session if isinstance(session, Milestone) else _session(session) for session in sessions]
    for period in periods:
        label = gettext("Propositions d’intégration, période %(number)s") % {"number": period.number}
        found.append(_window(label, period.starts_at, period.ends_at))
    return [placed(item, now) for item in sorted(found, key=sorting_instant)]


def gathered(sessions: Iterable[JurySession]) -> list[JurySession | Milestone]:
    """The sessions for who has not chosen a programme: those of a step whose results each programme gives at a date of
    its own are one milestone, from the first to the last.
    """
    by_step: dict[int, list[JurySession]] = {}
    for session in sessions:
        by_step.setdefault(session.step_id, []).append(session)
    return [one for own in by_step.values() for one in _together(own)]


def window_in_words(starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> str:
    """« du lundi 26 janvier 2026 à 14 h au vendredi 20 mars 2026 à 23 h », or the one end that there is."""
    if starts_at and ends_at:
        begins_with_the_day = starts_at.astimezone(PARIS).time() == dt.time(0)
        start = date_in_full(starts_at) if begins_with_the_day else date_and_hour(starts_at)
        words = {"start": start, "end": deadline(ends_at)}
        return gettext("du %(start)s au %(end)s") % words
    if ends_at:
        return gettext("jusqu’au %(end)s") % {"end": deadline(ends_at)}
    return date_and_hour(starts_at) if starts_at else ""


def _window(label: str, starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> Milestone:
    return Milestone(label, starts_at, ends_at, when=window_in_words(starts_at, ends_at))


def _results(step: Step) -> list[Milestone]:
    if step.results_at is None:
        return []
    met = gettext("Le jury se réunit le %(day)s.") % {"day": date_in_full(step.meets_at)} if step.meets_at else ""
    label = gettext("Résultats : %(step)s") % {"step": step}
    return [Milestone(label, step.results_at, when=date_and_hour(step.results_at), detail=met)]


def _session(session: JurySession) -> Milestone:
    """A jury's meeting, at the hour of its results where the calendar has one."""
    words = {"step": session.step, "number": session.number, "programme": session.programme}
    if session.programme is not None:
        label = gettext("%(step)s – %(programme)s") % words
    else:
        label = gettext("%(step)s, session n° %(number)d") % words
    detail = ""
    if session.closes_at is not None:
        detail = gettext("Pour les dossiers transmis au plus tard le %(end)s.") % {"end": deadline(session.closes_at)}
    if session.results_at is None:
        met = gettext("le jury se réunit le %(day)s") % {"day": date_in_full(session.meets_at)}
        return Milestone(label, session.meets_at, when=met, detail=detail)
    when = gettext("résultats le %(when)s") % {"when": date_and_hour(session.results_at)}
    return Milestone(label, session.results_at, when=when, detail=detail)


def _together(sessions: list[JurySession]) -> Sequence[JurySession | Milestone]:
    results = [one.results_at for one in sessions if one.programme is not None and one.results_at is not None]
    if len(results) < 2 or len(results) < len(sessions):
        return sessions
    first, last = min(results), max(results)
    words = {"first": date_in_full(first), "last": date_in_full(last)}
    if words["first"] == words["last"]:
        when = gettext("résultats le %(when)s") % {"when": words["first"]}
    else:
        when = gettext("résultats du %(first)s au %(last)s, selon la formation") % words
    return [Milestone(str(sessions[0].step), first, last, when)]


def _test_days(step: Step) -> list[Milestone]:
    first: dt.date | None = getattr(step, "first_day", None)
    last: dt.date | None = getattr(step, "last_day", None)
    if first is None or last is None:
        return []
    words = {"first": date_in_full(first), "last": date_in_full(last)}
    when = words["first"] if first == last else gettext("du %(first)s au %(last)s") % words
    return [Milestone(str(step), _midnight(first), _midnight(last + dt.timedelta(days=1)), when)]


def _midnight(day: dt.date) -> dt.datetime:
    """The instant at which a day begins in Europe/Paris."""
    return dt.datetime.combine(day, dt.time(0), PARIS)


def sorting_instant(item: Milestone) -> dt.datetime:
    """Where a milestone stands in the line: at its beginning, or where it has none at its end."""
    instant = item.starts_at or item.ends_at
    assert instant is not None
    return instant


def placed(item: Milestone, now: dt.datetime) -> Milestone:
    """The milestone with its state at `now`."""
    end = item.ends_at or item.starts_at
    if end is not None and end <= now:
        state = "past"
    elif item.ends_at is not None and item.starts_at is not None and item.starts_at <= now:
        state = "now"
    else:
        state = "next"
    return replace(item, state=state)
