"""Checks of the calendar: windows, steps and periods must follow one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise

from programmes.procedure_file import schema
from programmes.procedure_file.checks.comparing import check_order
from programmes.procedure_file.live_part import UNREAD
from programmes.procedure_file.nodes import Source
from programmes.rules import Rules
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
    _check_steps(source, live.steps, after=applications.ends_at)


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
