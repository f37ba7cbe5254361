"""Where a candidate is in the procedure: the timeline of one dossier, what comes next and when. Pure.

Everything that a jury decided comes in through its gate, by the `Standing` or the lines of the choices: what is given
here may be seen by the candidate now. What no longer concerns the candidate is left out. Rules: AST-13, AST-16, AST-25.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext, ngettext

from applicants.additions import ADDITIONS
from applicants.closings import OwnClosing
from applicants.editing import APPLICATIONS, APPRAISALS, LATE_PAPERS
from applicants.models import Correction, Dossier, Status
from applicants.readiness import asked_papers
from campaign.choice_news import ChoiceLine, Prompt
from campaign.news import Standing
from campaign.timeline import Milestone, milestones, placed, sorting_instant
from juries.models import Decision
from juries.summons import Summons
from offers.models import Enrolment
from programmes.models import JurySession, Period, Step
from programmes.rules import Rules
from programmes.windows import CalendarEntry
from programmes.words import PARIS, date_and_hour, date_in_full, deadline, hour, time_left, time_until

NEXT, PAST, HERE = "next", "past", "here"


@dataclass(frozen=True, slots=True)
class Where:
    """Where one is (`stage`, a clause), the timeline with a line `here` in it, and what comes next, if anything."""

    stage: str
    items: Sequence[Milestone]
    next: Milestone | None = None
    left: str = ""  # until then: « encore 2 jours » for what ends, « dans 2 jours » for what begins


def where_in_draft(
    dossier: Dossier,
    answers: Mapping[str, str],
    window: CalendarEntry | None,
    closing: OwnClosing | None,
    steps: Sequence[Step],
    periods: Sequence[Period],
    sessions: Sequence[JurySession],
) -> Where:
    """Where a draft is. `window` is that of applications as it holds for it, `closing` the hour of those like it."""
    now = dossier.procedure.now()
    is_shut = closing is not None and closing.is_shut
    if is_shut or (window is not None and window.is_over(now)):
        ends_at = closing.ends_at if is_shut and closing else window.ends_at if window else None
        closed = _instant(gettext("Clôture des candidatures"), ends_at, said=deadline)
        return _where(gettext("votre dossier n’a pas été transmis"), closed, now)
    entries = [one for one in _entries(dossier, answers, closing) if one.code != ADDITIONS]
    ends_at = _draft_ends_at(window, closing)
    sending = [_due(gettext("Transmission de votre dossier"), ends_at)] if ends_at else []
    items = _milestones(dossier, entries, steps, periods, sessions)
    stage = gettext("vous préparez votre dossier")
    if dossier.is_reopened:
        stage = gettext("votre dossier est rouvert, il reste à le transmettre de nouveau")
    return _where(stage, items, now, sending)


def where_common(
    standing: Standing,
    answers: Mapping[str, str],
    steps: Sequence[Step],
    periods: Sequence[Period],
    corrections: Sequence[Correction],
) -> Where:
    """Where a submitted dossier is, that one jury decides on for all choices."""
    dossier, now = standing.dossier, standing.dossier.procedure.now()
    is_over = standing.is_over
    summoned = _sittings(standing.summons, steps) if standing.summons else []
    kept = [step for step in _steps_of(standing, steps) if not (summoned and step.kind == Step.Kind.TESTS)]
    entries = [] if is_over or _is_definitive(standing) else _entries(dossier, answers)
    items = _milestones(dossier, entries, kept, _periods_of(standing, periods))
    asked = [] if is_over else _asked(corrections)
    own = [*_done(dossier, standing.enrolment), *summoned, *_reply_due(standing)]
    stage = gettext("une correction vous est demandée") if asked else _stage(standing)
    return _where(stage, [*items, *own], now, asked)


def where_by_choice(
    dossier: Dossier,
    answers: Mapping[str, str],
    lines: Sequence[ChoiceLine],
    prompts: Mapping[int, Prompt],
    steps: Sequence[Step],
    sessions: Sequence[JurySession],
    corrections: Sequence[Correction],
    enrolment: Enrolment | None,
) -> Where:
    """Where a submitted dossier is, on whose choices each programme decides."""
    now = dossier.procedure.now()
    is_over = dossier.status == Status.WITHDRAWN or all(line.is_over for line in lines)
    awaiting = [line for line in lines if not line.is_over and not line.is_on_list]
    live = {line.choice.programme_id for line in awaiting}
    concerning = [one for one in sessions if live and (one.programme_id is None or one.programme_id in live)]
    is_heard = all(line.is_prompted for line in awaiting)  # each has an interview of its own, or is beyond
    steps = [step for step in steps if not (is_heard and step.kind == Step.Kind.TESTS)]
    is_definitive = enrolment is not None and enrolment.state == Enrolment.State.DEFINITIVE
    entries = [] if is_over or is_definitive else _entries(dossier, answers)
    juries = [replace(one, detail="") for one in milestones([], [], [], now, _next_of_each(concerning, now))]
    items = [] if is_over else [*_milestones(dossier, entries, steps, []), *juries]
    asked = [] if is_over else _asked(corrections)
    own = [*_done(dossier, enrolment), *_prompted(lines, prompts)]
    stage = gettext("une correction vous est demandée") if asked else _stage_of(dossier, lines)
    return _where(stage, [*items, *own], now, asked)


def _where(stage: str, found: Iterable[Milestone], now: dt.datetime, asked: Sequence[Milestone] = ()) -> Where:
    """The timeline, with the line that says where one is between what is past and the rest.

    What the school asks for comes next, whatever has a date before it.
    """
    items = [placed(item, now) for item in sorted([*found, *asked], key=sorting_instant)]
    past = [replace(item, detail="") for item in items if item.state == PAST]  # a detail says what is still to come
    rest = [item for item in items if item.state != PAST]
    steps = [item for item in rest if item.state == NEXT and not item.is_optional]
    following = next((item for item in steps if item in asked), steps[0] if steps else None)
    left = ""
    if following is not None and following.starts_at is not None:
        left = time_until(following.starts_at, now)
    elif following is not None and following.ends_at is not None:
        left = time_left(following.ends_at, now)
    here = Milestone(stage, now, state=HERE)
    return Where(stage, [*past, here, *rest], following, left)


# --- What there is on the line ------------------------------------------------------------------------------


def _milestones(
    dossier: Dossier,
    entries: Iterable[CalendarEntry],
    steps: Iterable[Step],
    periods: Iterable[Period],
    sessions: Iterable[JurySession] = (),
) -> list[Milestone]:
    """The milestones of the procedure; those of windows in which one may do something, and need not, are optional."""
    now, optional = dossier.procedure.now(), {ADDITIONS, APPRAISALS, *(one.until for one in dossier.rules.refunds)}
    windows = list(entries)
    meanwhile = milestones([one for one in windows if one.code in optional], [], [], now)
    found = milestones([one for one in windows if one.code not in optional], steps, periods, now, sessions)
    return [*found, *(replace(one, is_optional=True) for one in meanwhile)]


def _next_of_each(sessions: Iterable[JurySession], now: dt.datetime) -> list[JurySession]:
    """The session of each jury that comes next: the dossier is there already, later ones for later dossiers."""
    first: dict[tuple[int, int | None], JurySession] = {}
    for one in sorted(sessions, key=lambda one: one.meets_at):
        if (one.results_at or one.meets_at) > now:
            first.setdefault((one.step_id, one.programme_id), one)
    return list(first.values())


def _entries(dossier: Dossier, answers: Mapping[str, str], closing: OwnClosing | None = None) -> list[CalendarEntry]:
    """The windows of the calendar that concern who answered so, with the one of `closing` if there is one.

    That of applications is not among them: it is said as the candidate's own.
    """
    rules = dossier.rules
    left_out = {APPLICATIONS} | _not_of(rules, answers) | {rule.code for rule in rules.closings}
    return [
        entry
        for entry in dossier.procedure.calendar.values()
        if entry.code not in left_out or (closing is not None and entry.code == closing.code)
    ]


def _not_of(rules: Rules, answers: Mapping[str, str]) -> set[str]:
    """The windows of papers that the candidate does not owe, and of cases of being paid back that are not theirs."""
    own_cases = {refund.until for refund in rules.refunds if refund.when.holds(answers)}
    others = {refund.until for refund in rules.refunds} - own_cases
    owes_late = any(paper.late for paper in asked_papers(rules, answers))
    return others if owes_late else others | {LATE_PAPERS}


def _draft_ends_at(window: CalendarEntry | None, closing: OwnClosing | None) -> dt.datetime | None:
    if closing is not None and closing.is_strict:
        return closing.ends_at
    return window.ends_at if window else None


def _done(dossier: Dossier, enrolment: Enrolment | None) -> list[Milestone]:
    """What has happened to the dossier."""
    ended = gettext("Candidature annulée") if dossier.ended_because else gettext("Candidature retirée")
    return [
        *_instant(gettext("Dossier transmis"), dossier.submitted_at),
        *_instant(gettext("Dossier validé"), dossier.validated_at),
        *_instant(gettext("Admission définitive"), enrolment.pronounced_at if enrolment else None),
        *(_instant(ended, dossier.ended_at) if dossier.status == Status.WITHDRAWN else []),
    ]


def _asked(corrections: Iterable[Correction]) -> list[Milestone]:
    return [_due(gettext("Réponse à la correction demandée"), one.until) for one in corrections]


def _reply_due(standing: Standing) -> list[Milestone]:
    """The answer that the period under way waits for."""
    if not _awaits_reply(standing) or standing.period is None:
        return []
    label = gettext("Votre réponse, période %(number)s") % {"number": standing.period.number}
    return [_due(label, standing.period.ends_at)]


def _sittings(summons: Summons, steps: Iterable[Step]) -> list[Milestone]:
    """The tests at one's own day and hours."""
    label = next((str(step) for step in steps if step.kind == Step.Kind.TESTS), gettext("Épreuves"))
    by_day: dict[dt.date, list[tuple[dt.datetime, dt.datetime]]] = {}
    for one in summons.sittings:
        by_day.setdefault(one.starts_at.astimezone(PARIS).date(), []).append((one.starts_at, one.ends_at))
    return [_hours(label, hours[0][0], hours[-1][1]) for hours in by_day.values()]


def _prompted(lines: Sequence[ChoiceLine], prompts: Mapping[int, Prompt]) -> list[Milestone]:
    """What choices ask of the candidate until an hour, or at one."""
    found = []
    for line in lines:
        prompt = prompts.get(line.choice.pk)
        if prompt is None or line.is_over:
            continue
        step = prompt.step or prompt.label
        words = {"label": step, "programme": line.choice.programme.title}
        label = gettext("%(label)s – %(programme)s") % words if len(lines) > 1 else step
        if prompt.starts_at is not None and prompt.ends_at is not None:
            found.append(_hours(label, prompt.starts_at, prompt.ends_at))
        elif prompt.ends_at is not None:
            found.append(_due(label, prompt.ends_at))
    return found


def _instant(
    label: str, moment: dt.datetime | None, *, said: Callable[[dt.datetime], str] = date_and_hour
) -> list[Milestone]:
    return [Milestone(label, moment, when=said(moment))] if moment is not None else []


def _due(label: str, ends_at: dt.datetime) -> Milestone:
    return Milestone(label, None, ends_at, when=gettext("avant le %(end)s") % {"end": deadline(ends_at)})


def _hours(label: str, starts_at: dt.datetime, ends_at: dt.datetime) -> Milestone:
    words = {"day": date_in_full(starts_at), "start": hour(starts_at), "end": hour(ends_at)}
    return Milestone(label, starts_at, ends_at, when=gettext("%(day)s, de %(start)s à %(end)s") % words)


# --- What concerns the candidate still ----------------------------------------------------------------------


def _steps_of(standing: Standing, steps: Sequence[Step]) -> list[Step]:
    """The steps as far as the candidate goes: none after the one that turned the candidate down, or was left before."""
    dossier, last = standing.dossier, standing.admissibility
    if dossier.status == Status.WITHDRAWN:
        ended_at = dossier.ended_at
        return [step for step in steps if step.results_at and ended_at and step.results_at <= ended_at]
    if last is not None and last.outcome == Decision.Outcome.NOT_ADMISSIBLE:
        return [step for step in steps if step.position <= last.step.position]
    return list(steps)


def _periods_of(standing: Standing, periods: Sequence[Period]) -> list[Period]:
    """The periods of offers that the candidate has, or may have, a part in."""
    if standing.is_turned_down or standing.dossier.status == Status.WITHDRAWN:
        return []
    if standing.enrolment is not None:
        return [period for period in periods if period.starts_at < standing.enrolment.taken_at]
    struck = [entry.struck_at for entry in standing.entries if entry.struck_at]
    if standing.is_over:
        return [period for period in periods if struck and period.starts_at < max(struck)]
    awaited = standing.period if _awaits_reply(standing) else None
    return [period for period in periods if period != awaited]


def _awaits_reply(standing: Standing) -> bool:
    is_in_play = standing.admission is not None and not standing.is_over and standing.enrolment is None
    return is_in_play and standing.period is not None and standing.reply is None


def _is_definitive(standing: Standing) -> bool:
    return standing.enrolment is not None and standing.enrolment.state == Enrolment.State.DEFINITIVE


# --- Where one is, in a clause ------------------------------------------------------------------------------


def _stage(standing: Standing) -> str:
    dossier = standing.dossier
    if dossier.status == Status.WITHDRAWN:
        return _ended(dossier)
    if standing.is_turned_down:
        return gettext("votre candidature s’arrête ici")
    if standing.enrolment is not None:
        return _stage_enrolled(standing.enrolment)
    if standing.admission is not None:
        return _stage_listed(standing)
    if standing.admissibility is not None:
        return _stage_admissible(standing)
    if dossier.status == Status.VALIDATED:
        return gettext("votre dossier est validé, le jury l’étudie")
    return gettext("votre dossier est transmis, nous vérifions vos pièces")


def _stage_enrolled(enrolment: Enrolment) -> str:
    match enrolment.state:
        case Enrolment.State.DEFINITIVE:
            return gettext("votre admission est définitive")
        case Enrolment.State.AWAITING_TITLE:
            return gettext("vous avez une place, il reste à recevoir votre titre")
    return gettext("vous n’avez plus de place")


def _stage_listed(standing: Standing) -> str:
    if standing.is_over:
        return gettext("vous n’êtes plus sur aucun tableau d’admission")
    if standing.period is None:
        return gettext("vous êtes sur un tableau d’admission")
    if standing.reply is not None:
        return gettext("vous avez répondu dans la période %(number)s") % {"number": standing.period.number}
    if standing.offer is not None and standing.offer.period_id == standing.period.pk:
        return gettext("une place vous est proposée")
    return gettext("vous êtes sur un tableau d’admission, sans proposition dans cette période")


def _stage_admissible(standing: Standing) -> str:
    if standing.summons is None:
        return gettext("vous êtes admissible, votre convocation va paraître")
    if standing.summons.sittings[-1].ends_at <= standing.dossier.procedure.now():
        return gettext("vos épreuves sont passées")
    return gettext("vous êtes admissible, vous avez votre convocation")


def _stage_of(dossier: Dossier, lines: Collection[ChoiceLine]) -> str:
    if dossier.status == Status.WITHDRAWN:
        return _ended(dossier)
    if dossier.status == Status.SUBMITTED:
        return gettext("votre dossier est transmis, nous vérifions vos pièces")
    standing = [line for line in lines if not line.is_over]
    if not standing:
        return ngettext(
            "votre candidature a reçu sa réponse", "toutes vos candidatures ont reçu leur réponse", len(lines)
        )
    to_do = [line for line in standing if line.is_to_do]
    answered = [line for line in standing if line.is_answered]
    if len(standing) == 1 and (to_do or answered or standing[0].is_prompted):
        return standing[0].label
    if to_do:
        words = {"count": len(to_do)}
        return gettext("%(count)d de vos candidatures attendent quelque chose de vous") % words
    if answered:
        return gettext("une réponse vous est parvenue")
    return gettext("votre dossier est validé, il est à l’étude")


def _ended(dossier: Dossier) -> str:
    if dossier.ended_because:
        return gettext("votre candidature est annulée")
    return gettext("votre candidature est retirée")
