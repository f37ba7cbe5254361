"""The live part of a procedure between its file and the database: read, written, compared.

Both sides are a `schema.Live`. Compared, they are flat: one line per fact, such as "schools.albi.email", so
that a difference can be shown to a person and kept with the procedure as JSON.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar

from django.db import models

from programmes.models import (
    JurySession,
    Participation,
    Period,
    Pool,
    Procedure,
    Programme,
    School,
    Step,
    TestDay,
    Track,
)
from programmes.procedure_file import schema
from programmes.text import Text

Row = TypeVar("Row", bound=models.Model)

HOW_IT_RUNS = ("examination", "judgement", "retention_months")
IN_ORDER = {"schools", "steps", "programmes", "tracks"}  # their order is a fact too


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that differs: where it stands, what it was, what it becomes (empty: absent)."""

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path} : « {self.before} » → « {self.after} »"


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """What changes from one flat form to another, by path."""
    return [
        Difference(path, before.get(path, ""), after.get(path, ""))
        for path in sorted(before.keys() | after.keys())
        if before.get(path, "") != after.get(path, "")
    ]


def flat(live: schema.Live) -> dict[str, str]:
    """The facts of `live`, one per line, as text; instants in UTC. Empty ones are left out."""
    return {path: text for path, text in _facts("", live) if text}


def read_live(procedure: Procedure) -> schema.Live:
    """The live part as the database has it."""
    pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme", "track")
    return schema.Live(
        title=procedure.title,
        short_title=procedure.short_title,
        introduction=procedure.introduction,
        audience=procedure.audience,
        year=procedure.year,
        contact_email=procedure.contact_email,
        website=procedure.website,
        schools=tuple(_school(part) for part in procedure.participations.select_related("school")),
        calendar=procedure.calendar_entries,
        steps=tuple(
            _step(step) for step in procedure.steps.prefetch_related("test_days__school", "sessions__programme")
        ),
        programmes=tuple(
            schema.Programme(
                programme.code, programme.school.code, programme.title, programme.description, programme.starts_on
            )
            for programme in procedure.programmes.select_related("school")
        ),
        tracks=tuple(schema.Track(track.code, track.label, track.entry_year) for track in procedure.tracks.all()),
        pools=tuple(schema.Pool(pool.programme.code, pool.track.code, pool.seats, pool.calls) for pool in pools),
        periods=tuple(schema.Period(period.starts_at, period.ends_at) for period in procedure.periods.all()),
        examination=schema.Examination(procedure.examination),
        judgement=schema.Judgement(procedure.judgement),
        retention_months=procedure.retention_months,
    )


def write_live(procedure: Procedure, live: schema.Live) -> None:
    """Make the database say what `live` says, and delete the rows that it does not name, in a transaction.

    Raises:
        ProtectedError: a row that it does not name is in use.
    """
    names = ("title", "short_title", "introduction", "audience", "year", "contact_email", "website", *HOW_IT_RUNS)
    for name in names:
        setattr(procedure, name, getattr(live, name))
    procedure.calendar_entries = live.calendar
    procedure.save(update_fields=[*names, "calendar_entries"])
    schools = _write_schools(procedure, live.schools)
    _write_steps(procedure, live.steps, schools)
    _write_programmes_and_seats(procedure, live, schools)
    _write_sessions(procedure, live.steps)
    _write_periods(procedure, live.periods)
    procedure.participations.exclude(school__in=schools.values()).delete()
    procedure.refresh_from_db(fields=["calendar_entries"])  # with its hours in UTC
    procedure.__dict__.pop("calendar", None)  # the cached one is of before


def _school(part: Participation) -> schema.School:
    own = ("code", "name", "website", "accent")
    shared = {name: getattr(part.school, name) for name in own}
    in_this_procedure = [item.name for item in fields(schema.School) if item.name not in own]
    return schema.School(**shared, **{name: getattr(part, name) for name in in_this_procedure})


def _step(step: Step) -> schema.Step:
    days = tuple(schema.TestDay(test_day.school.code, test_day.day) for test_day in step.test_days.all())
    return schema.Step(
        step.code,
        schema.StepKind(step.kind),
        step.label,
        step.meets_at,
        step.results_at,
        test_days=days,
        decided_by=schema.DecidedBy(step.decided_by),
        order=schema.Order.ARRIVAL if step.in_order else schema.Order.ANY,
        notify_within=step.notify_within,
        booking=schema.Booking(step.booking),
        booking_closes_hours=step.booking_closes_hours,
        sessions=tuple(_session(session) for session in step.sessions.all()),
    )


def _session(session: JurySession) -> schema.JurySession:
    programme = session.programme.code if session.programme else ""
    return schema.JurySession(programme, session.closes_at, session.meets_at, session.results_at)


def _write_schools(procedure: Procedure, given: Sequence[schema.School]) -> dict[str, School]:
    """The schools by code. They are shared by all procedures; how to reach and pay them is this procedure's."""
    shared = ("name", "website", "accent")
    schools = _upsert([School(code=one.code, **_named(one, shared)) for one in given], ("code",), shared)
    own = ("department", "address", "email", "phone", "presentation", "iban", "bic", "account_holder", "takes_cards")
    _upsert(
        [
            Participation(procedure=procedure, school=school, position=position, **_named(one, own))
            for school, (position, one) in zip(schools, _numbered(given), strict=True)
        ],
        ("procedure", "school"),
        ("position", *own),
    )
    return {school.code: school for school in schools}


def _write_steps(procedure: Procedure, given: Sequence[schema.Step], schools: Mapping[str, School]) -> None:
    when = ("meets_at", "results_at", "notify_within", "booking_closes_hours")
    names = ("kind", "label", "decided_by", "booking", *when)
    steps = [
        Step(
            procedure=procedure,
            code=one.code,
            position=position,
            in_order=one.order == schema.Order.ARRIVAL,
            **_named(one, names),
        )
        for position, one in _numbered(given)
    ]
    steps = _upsert(steps, ("procedure", "code"), ("position", "in_order", *names))
    test_days = [
        TestDay(step=step, school=schools[test_day.school], day=test_day.day)
        for step, one in zip(steps, given, strict=True)
        for test_day in one.test_days
    ]
    kept = _upsert(test_days, ("step", "school", "day"), ("day",))
    _delete_others(TestDay.objects.filter(step__procedure=procedure), kept)
    _delete_others(procedure.steps.all(), steps)


def _write_programmes_and_seats(procedure: Procedure, live: schema.Live, schools: Mapping[str, School]) -> None:
    names = ("title", "description", "starts_on")
    programmes = [
        Programme(
            procedure=procedure, code=one.code, position=position, school=schools[one.school], **_named(one, names)
        )
        for position, one in _numbered(live.programmes)
    ]
    programmes = _upsert(programmes, ("procedure", "code"), ("position", "school", *names))
    facts = ("label", "entry_year")
    tracks = [
        Track(procedure=procedure, code=one.code, position=position, **_named(one, facts))
        for position, one in _numbered(live.tracks)
    ]
    tracks = _upsert(tracks, ("procedure", "code"), ("position", *facts))
    by_code = {programme.code: programme for programme in programmes}
    track_by_code = {track.code: track for track in tracks}
    pools = [
        Pool(programme=by_code[one.programme], track=track_by_code[one.track], seats=one.seats, calls=one.calls)
        for one in live.pools
    ]
    pools = _upsert(pools, ("programme", "track"), ("seats", "calls"))
    _delete_others(Pool.objects.filter(programme__procedure=procedure), pools)
    _delete_others(procedure.programmes.all(), programmes)
    _delete_others(procedure.tracks.all(), tracks)


def _write_sessions(procedure: Procedure, given: Iterable[schema.Step]) -> None:
    """The meetings of the juries that meet several times; those of one programme name it."""
    programmes = {programme.code: programme for programme in procedure.programmes.all()}
    steps = {step.code: step for step in procedure.steps.all()}
    dates = ("closes_at", "meets_at", "results_at")
    sessions = [
        JurySession(step=steps[step.code], number=number, programme=programmes.get(one.programme), **_named(one, dates))
        for step in given
        for number, one in _numbered(step.sessions)
    ]
    kept = _upsert(sessions, ("step", "number"), ("programme", *dates))
    _delete_others(JurySession.objects.filter(step__procedure=procedure), kept)


def _write_periods(procedure: Procedure, given: Iterable[schema.Period]) -> None:
    dates = ("starts_at", "ends_at")
    periods = [Period(procedure=procedure, number=number, **_named(one, dates)) for number, one in _numbered(given)]
    _delete_others(procedure.periods.all(), _upsert(periods, ("procedure", "number"), dates))


def _upsert(rows: Sequence[Row], told_apart_by: Sequence[str], says: Sequence[str]) -> list[Row]:
    """The rows, now in the database, in one statement: inserted, or what they say written over those that were there.

    They are `told_apart_by` the fields of a unique constraint. Fields that are in neither list keep their value.
    """
    if not rows:
        return []
    return type(rows[0])._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=told_apart_by, update_fields=says
    )


def _named(given: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(given, name) for name in names}


def _delete_others(rows: models.QuerySet[Any], kept: Iterable[models.Model]) -> None:
    rows.exclude(pk__in=[row.pk for row in kept]).delete()


def _numbered(items: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    return enumerate(items, start=1)


def _facts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The facts of a value, as (path, text)."""
    if isinstance(value, Text):
        yield f"{path}.fr", value.fr
        yield f"{path}.en", value.en
    elif is_dataclass(value):
        for item in fields(value):
            yield from _facts(f"{path}.{item.name}".lstrip("."), getattr(value, item.name))
    elif isinstance(value, tuple):
        keys = [_key(item, number) for number, item in _numbered(value)]
        if path in IN_ORDER:
            yield path, ", ".join(keys)
        for key, item in zip(keys, value, strict=True):
            yield from _facts(f"{path}.{key}", item)
    elif isinstance(value, dt.datetime):
        yield path, value.astimezone(dt.UTC).isoformat()
    else:
        yield path, "" if value is None else str(value)


def _key(item: Any, number: int) -> str:
    """What distinguishes an item among its like."""
    match item:
        case schema.Pool():
            return f"{item.programme}-{item.track}"
        case schema.TestDay():
            return f"{item.school}-{item.day}"
        case schema.Period() | schema.JurySession():
            return str(number)
        case _:
            return str(item.code)
