"""The script: all events of a rehearsal in the order of their moments, and how they are played.

What a person would do is an event of one of its stages. What the calendar does by itself are the due acts, run at the
instants at which the real portal would. Playing can stop at any moment and go on from there later.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from applicants.closing_reminders import BEFORE_CLOSING
from applicants.editing import APPLICATIONS
from applicants.referees import DAYS_BEFORE_CLOSING
from campaign.due import run_due_acts_of
from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.stages import Stage, stages_of
from campaign.rehearsal.stages.decisions import rounds
from journal.followups import run_pending_facts
from journal.wakeups import without_wakeups
from offers.reminders import BEFORE_THE_END
from programmes.models import JurySession

log = logging.getLogger(__name__)

EVERY_ROUND = dt.timedelta(days=5)  # after programmes have decided, and looked at what came for their places
DAYS_AFTER_AN_END = (5, 12)  # who was asked for something at the last moment has had the time to answer


@dataclass(frozen=True)
class Line:
    """An event with its place in the script: `first` is the moment of all events, `ends` the stage that it ends."""

    event: Event
    number: int
    first: dt.datetime
    stage: Stage | None
    ends: Stage | None


def lines(company: Company) -> list[Line]:
    """The whole script. At one moment the due acts come first, then the stages in their order."""
    staged: list[tuple[Stage | None, Event]] = [(None, event) for event in due_events(company)]
    for stage in stages_of(company.procedure):
        staged += [(stage, event) for event in stage.events(company)]
    staged.sort(key=lambda item: item[1].moment)
    last = {stage.code: number for number, (stage, _event) in enumerate(staged) if stage}
    return [
        Line(event, number, staged[0][1].moment, stage, stage if stage and last[stage.code] == number else None)
        for number, (stage, event) in enumerate(staged)
    ]


def play(
    company: Company,
    *,
    after: dt.datetime | None = None,
    until: dt.datetime | None = None,
    told: Callable[[Line], object] = lambda line: None,
) -> None:
    """Play the events whose moment is past `after` and not past `until` (UTC); `told` hears of each once it is done."""
    with without_wakeups():
        for line in lines(company):
            if after is not None and line.event.moment <= after:
                continue
            if until is not None and line.event.moment > until:
                break
            with company.at(line.event.moment, is_first=line.number == 0):
                _do(line.event, company)
            told(line)


def _do(event: Event, company: Company) -> None:
    try:
        event.act()
    except Exception:
        if not company.goes_on_after_errors:
            raise
        log.exception("An event of the rehearsal failed")


def due_events(company: Company) -> Iterator[Event]:
    """The instants at which something comes due, whoever is asleep."""
    procedure = company.procedure
    instants = {step.results_at for step in procedure.steps.all()}
    instants |= set(JurySession.objects.filter(step__procedure=procedure).values_list("results_at", flat=True))
    ends = {entry.ends_at for entry in procedure.calendar.values() if entry.ends_at}
    instants |= ends | {end + dt.timedelta(days=days) for end in ends for days in DAYS_AFTER_AN_END}
    if (window := company.window(APPLICATIONS)) is not None:
        instants |= {window[1] - dt.timedelta(days=days) for days in DAYS_BEFORE_CLOSING}
        instants |= {window[1] - before for before in BEFORE_CLOSING}
    if procedure.judges_by_programme:
        instants |= {moment + EVERY_ROUND for moment in rounds(company)}
    for period in company.periods():
        instants |= {period.starts_at, period.ends_at} | {period.ends_at - before for before in BEFORE_THE_END}
    for instant in sorted(instant for instant in instants if instant is not None):
        yield Event(instant, lambda: run_what_is_due(company))


def run_what_is_due(company: Company) -> None:
    """What the periodic task does, for this procedure."""
    run_due_acts_of(company.procedure)
    run_pending_facts()
