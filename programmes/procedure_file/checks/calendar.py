"""Checks of the calendar: windows, steps and periods must follow one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import check_order
from programmes.procedure_file.live_part import UNREAD
from programmes.procedure_file.nodes import Source
from programmes.rules import ClosingRule, Order, Rules
from programmes.windows import CalendarEntry
from programmes.words import PARIS


def check_calendar(source: Source, live: schema.Live, rules: Rules) -> None:
    entries = {entry.code: entry for entry in live.calendar}
    for entry in live.calendar:
        where = ("calendar", entry.code)
        if entry.starts_at is None and entry.ends_at is None:
            source.fault(f"« {entry.code} » n’a ni début (starts) ni fin (ends).", *where)
        check_order(source, entry.starts_at, entry.ends_at, "la fin n’est pas après le début.", *where, "ends")
    applications = entries.get("applications")
    if applications is None or applications.starts_at is None or applications.ends_at is None:
        source.fault("l’entrée « applications » est nécessaire, avec son début et sa fin.", "calendar")
        return
    late_papers = entries.get("late_papers")
    late_end = late_papers.ends_at if late_papers else None
    if late_end is None and any(paper.late for paper in rules.papers):
        source.fault("des pièces peuvent venir plus tard : il faut l’entrée « late_papers », avec sa fin.", "calendar")
    too_early = "cette fin n’est pas après la clôture des candidatures."
    check_order(source, applications.ends_at, late_end, too_early, "calendar", "late_papers", "ends")
    if (appraisals := entries.get("appraisals")) is not None:
        check_order(source, applications.ends_at, appraisals.ends_at, too_early, "calendar", "appraisals", "ends")
    for closing in rules.closings:
        _check_closing(source, closing, entries.get(closing.code), applications)
    _check_additions(source, entries.get("additions"), applications.ends_at, rules.choices.order)
    _check_steps(source, live.steps, after=applications.ends_at)


def _check_closing(
    source: Source, closing: ClosingRule, entry: CalendarEntry | None, applications: CalendarEntry
) -> None:
    """A closing hour of some must be in the calendar, and before everyone's."""
    where = ("closings", closing.code)
    if entry is None or entry.ends_at is None:
        source.fault(f"le calendrier n’a pas d’entrée « {closing.code} » avec sa fin.", *where)
    else:
        too_late = "cette fin n’est pas avant la clôture des candidatures."
        check_order(source, entry.ends_at, applications.ends_at, too_late, "calendar", closing.code, "ends")


def _check_additions(source: Source, additions: CalendarEntry | None, closing: dt.datetime, order: Order) -> None:
    """A programme added joins others that nobody ranks, and must leave time to submit the dossier again."""
    if additions is not None and order != Order.UNRANKED:
        source.fault("rien ne s’ajoute à des vœux classés, ni à un seul (order).", "calendar", "additions")
    if additions is None or UNREAD in (additions.ends_at, closing):
        return
    if additions.ends_at is None:
        source.fault("l’ajout de formations a besoin d’une fin (ends).", "calendar", "additions")
    elif additions.ends_at > closing:
        reason = "une formation ajoutée après la clôture ne pourrait plus être transmise."
        source.fault(reason, "calendar", "additions", "ends")


def _check_steps(source: Source, steps: Iterable[schema.Step], *, after: dt.datetime) -> None:
    """Closing, then each step's meeting, test days and results, must follow one another."""
    last = after
    for step in steps:
        where = ("steps", step.code)
        too_early = "cette date n’est pas après ce qui la précède (clôture des candidatures, étape d’avant)."
        check_order(source, last, step.meets_at, too_early, *where, "meets")
        for test_day in step.test_days:
            morning = dt.datetime.combine(test_day.day, dt.time(0), PARIS)
            check_order(source, last, morning, too_early, *where, "days", test_day.school)
        last = max([last, *(dt.datetime.combine(day.day, dt.time(0), PARIS) for day in step.test_days)])
        check_order(
            source,
            step.meets_at,
            step.results_at,
            "les résultats ne sont pas après la réunion.",
            *where,
            "results",
        )
        last = max(last, step.results_at or last)


def check_periods(source: Source, live: schema.Live) -> None:
    for number, period in enumerate(live.periods, start=1):
        where = ("periods", str(number))
        check_order(source, period.starts_at, period.ends_at, f"la période {number} finit avant de commencer.", *where)
    for number, (before, after) in enumerate(pairwise(live.periods), start=2):
        if UNREAD not in (before.ends_at, after.starts_at) and after.starts_at < before.ends_at:
            source.fault(f"la période {number} commence avant la fin de la précédente.", "periods", str(number))
    results = [step.results_at for step in live.steps if step.results_at not in (None, UNREAD)]
    if live.periods and results and UNREAD != live.periods[0].starts_at < max(filter(None, results)):
        source.fault("la première période commence avant la publication des résultats.", "periods", "1")


def check_sessions(source: Source, live: schema.Live) -> None:
    """The sessions of a jury: each in its order, after the one before, and one at last for whoever applied last."""
    programmes = {programme.code for programme in live.programmes}
    window = next((entry for entry in live.calendar if entry.code == "applications"), None)
    for step in live.steps:
        for number, session in enumerate(step.sessions, start=1):
            where = ("steps", step.code, "sessions", str(number))
            if session.programme and session.programme not in programmes:
                source.fault(f"la formation « {session.programme} » n’existe pas.", *where, "programme")
            if _is_before(session.meets_at, session.closes_at):
                source.fault("le jury se réunit avant la date limite de ses dossiers (closes).", *where, "meets")
            if _is_before(session.results_at, session.meets_at):
                source.fault("les résultats ne sont pas après la réunion.", *where, "results")
        for programme in sorted(programmes) if step.sessions else ():
            own = [one for one in step.sessions if one.programme in ("", programme)]
            _check_own_sessions(source, step.code, programme, own, window.ends_at if window else None)


def _check_own_sessions(
    source: Source,
    step: str,
    programme: str,
    sessions: Sequence[schema.JurySession],
    closing: dt.datetime | None,
) -> None:
    where = ("steps", step, "sessions")
    if any(after.meets_at <= before.meets_at for before, after in pairwise(sessions)):
        source.fault(f"les sessions de « {programme} » ne se suivent pas dans le temps.", *where)
    last = sessions[-1].closes_at if sessions else UNREAD
    if not sessions or _is_before(last, closing):
        source.fault(f"aucune session n’étudie les derniers dossiers transmis pour « {programme} ».", *where)


def _is_before(earlier: dt.datetime | None, later: dt.datetime | None) -> bool:
    """Whether both are known, and the first comes before the second."""
    return earlier is not None and later is not None and UNREAD not in (earlier, later) and earlier < later
