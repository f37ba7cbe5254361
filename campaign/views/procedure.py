"""A procedure as anyone may read it: calendar, schools, seats, titles accepted, papers, fee, tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from applicants.editing import APPLICATIONS
from applicants.models import Dossier
from campaign.timeline import gathered, milestones
from offers.seats import pools_as_announced
from programmes.models import JurySession, Participation, Pool, Procedure, Programme, School, TestDay, Track
from programmes.rules import Rules, Title
from programmes.text import Text


@dataclass(frozen=True)
class SeatsRow:
    """A line of the table of seats: a programme, its seats by track (None: not that track), their sum."""

    programme: Text
    accent: str
    cells: list[tuple[Track, int | None]]
    total: int


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme that decides by itself: under which statuses it is studied, its seats in all, its jury's results."""

    programme: Programme
    statuses: list[Text]
    seats: int
    sessions: list[JurySession]


@dataclass(frozen=True)
class EligibilityTable:
    """The specialities of a title, and for each whether it is accepted by each programme, in the table's columns."""

    title: Title
    columns: list[Text]
    rows: list[tuple[Text, list[bool]]]


@dataclass(frozen=True)
class CostRow:
    """What studying in a programme costs (cents), by the answer to a question; None where it has no price."""

    programme: Text
    question: Text
    cells: list[tuple[Text, int | None]]


def procedure(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one procedure."""
    shown = get_object_or_404(Procedure, slug=slug)
    if (rules := shown.rules) is None:
        raise Http404
    now = shown.now()
    pools = pools_as_announced(shown)
    parts = list(shown.participations.select_related("school"))
    sessions = _sessions(shown)
    periods = list(shown.periods.all())
    return render(
        request,
        "campaign/procedure.html",
        {
            "procedure": shown,
            "now": now,
            "window": shown.calendar.get(APPLICATIONS),
            "is_open": shown.is_open(),
            "dossier": own_dossier_in(request, shown),
            "milestones": milestones(
                shown.calendar.values(), shown.steps.with_days(), periods, now, gathered(sessions)
            ),
            "test_days": test_days(shown),
            "participations": parts,
            "programmes": programme_rows(pools, rules, sessions) if shown.judges_by_programme else [],
            "tracks": tracks_of(pools),
            "seats": [] if shown.judges_by_programme else seats_table(pools),
            "seats_total": sum(pool.seats for pool in pools),
            "eligibility": eligibility_tables(rules),
            "asks_eligibility": True,
            "costs": cost_rows(rules),
            "either": {code for one in rules.alternatives if one.papers for code in (*one.papers, *one.referees)},
            "periods": periods,
            "rules": rules,
            "payee": _payee(parts, rules),
        },
    )


def cost_rows(rules: Rules) -> list[CostRow]:
    """What each programme costs; nothing where the procedure does not say it. Rule: NE-08."""
    question = rules.field(rules.tuition.by) if rules.tuition else None
    if rules.tuition is None or question is None:
        return []
    return [
        CostRow(
            programme.label,
            question.label,
            [(option.label, rules.tuition.price(programme.code, option.code)) for option in question.options],
        )
        for programme in rules.programmes
    ]


def own_dossier_in(request: HttpRequest, shown: Procedure) -> Dossier | None:
    """The reader's own dossier in the procedure, if there is one."""
    if not request.user.is_authenticated:
        return None
    return Dossier.objects.owned_by(request.user).filter(procedure=shown).first()


def _sessions(shown: Procedure) -> list[JurySession]:
    """The sessions of the juries that meet several times."""
    if not shown.judges_by_programme:
        return []
    return list(JurySession.objects.filter(step__procedure=shown).select_related("step", "programme"))


def _payee(parts: Sequence[Participation], rules: Rules) -> str:
    """Whom everybody pays; empty where it hangs on what one chooses."""
    named = next((part for part in parts if rules.fee and part.school.code == rules.fee.payee), None)
    return (named or parts[0]).school.name if named or len(parts) == 1 else ""


def test_days(shown: Procedure) -> list[tuple[School, list[dt.date]]]:
    """The days on which each school holds its tests. Rule: AST-14."""
    found: dict[School, list[dt.date]] = {}
    for test_day in TestDay.objects.filter(step__procedure=shown).select_related("school").order_by("day"):
        found.setdefault(test_day.school, []).append(test_day.day)
    return list(found.items())


def programme_rows(pools: list[Pool], rules: Rules, sessions: Sequence[JurySession]) -> list[ProgrammeRow]:
    """The programmes in the procedure's order, each with what one asks about it first. Rules: APP-02, NE-08, IIM-02."""
    by_programme: dict[int, list[Pool]] = {}
    for pool in sorted(pools, key=lambda pool: pool.programme.position):
        by_programme.setdefault(pool.programme_id, []).append(pool)
    return [
        ProgrammeRow(
            own[0].programme,
            [status.label for status in rules.statuses_of(own[0].programme.code)],
            sum(pool.seats for pool in own),
            [one for one in sessions if one.programme_id == own[0].programme_id and one.results_at],
        )
        for own in by_programme.values()
    ]


def tracks_of(pools: list[Pool]) -> list[Track]:
    """The tracks by which one enters, in the procedure's order."""
    found = {pool.track_id: pool.track for pool in pools}
    return sorted(found.values(), key=lambda track: track.position)


def seats_table(pools: list[Pool]) -> list[SeatsRow]:
    """The seats of each programme by track, in the columns of `tracks_of`. Rule: AST-05."""
    tracks = tracks_of(pools)
    by_programme: dict[int, list[Pool]] = {}
    for pool in sorted(pools, key=lambda pool: pool.programme.position):
        by_programme.setdefault(pool.programme_id, []).append(pool)
    rows = []
    for own in by_programme.values():
        seats = {pool.track_id: pool.seats for pool in own}
        programme = own[0].programme
        cells = [(track, seats.get(track.pk)) for track in tracks]
        rows.append(SeatsRow(programme.title, programme.school.accent, cells, sum(seats.values())))
    return rows


def eligibility_tables(rules: Rules) -> list[EligibilityTable]:
    """For each title, which specialities each programme accepts; programmes that take none of them have no column.

    Rule: AST-03.
    """
    tables = []
    for title in rules.titles:
        accepting = [p for p in rules.programmes if any(p.code in row.programmes for row in title.specialities)]
        rows = [(row.label, [p.code in row.programmes for p in accepting]) for row in title.specialities]
        tables.append(EligibilityTable(title, [programme.label for programme in accepting], rows))
    return tables
