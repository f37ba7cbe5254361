"""The live part of a procedure between its file and the database: read, written, compared.

Both sides are a `schema.Live`. Compared, they are flat: one line per fact, such as "schools.albi.email", so
that a difference can be shown to a person and kept with the procedure as JSON.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from django.db import models

from programmes.models import (
    JurySession,
    Participation,
    Pool,
    Procedure,
    School,
    Step,
)
from programmes.procedure_file import schema
from programmes.text import Text

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
        year=procedure.year,
        contact_email=procedure.contact_email,
        website=procedure.website,
        schools=tuple(_school(part) for part in procedure.participations.select_related("school")),
        calendar=tuple(
            schema.CalendarEntry(entry.key, entry.label, entry.starts_at, entry.ends_at)
            for entry in procedure.calendar_entries.all()
        ),
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
    names = ("title", "short_title", "introduction", "year", "contact_email", "website", *HOW_IT_RUNS)
    for name in names:
        setattr(procedure, name, getattr(live, name))
    procedure.save(update_fields=names)
    schools = {given.code: _write_school(procedure, position, given) for position, given in _numbered(live.schools)}
    _write_calendar(procedure, live.calendar)
    _write_steps(procedure, live.steps, schools)
    _write_programmes_and_seats(procedure, live, schools)
    _write_sessions(procedure, live.steps)
    _write_periods(procedure, live.periods)
    procedure.participations.exclude(school__in=schools.values()).delete()
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


def _write_school(procedure: Procedure, position: int, given: schema.School) -> School:
    """The school itself is shared by all procedures; how to reach and pay it is this procedure's."""
    school, _ = School.objects.update_or_create(
        code=given.code, defaults={"name": given.name, "website": given.website, "accent": given.accent}
    )
    own = {name: getattr(given, name) for name in ("department", "address", "email", "phone", "presentation")}
    money = {name: getattr(given, name) for name in ("iban", "bic", "account_holder", "takes_cards")}
    procedure.participations.update_or_create(school=school, defaults={"position": position, **own, **money})
    return school


def _write_calendar(procedure: Procedure, calendar: Iterable[schema.CalendarEntry]) -> None:
    kept = [
        procedure.calendar_entries.update_or_create(
            key=entry.code,
            defaults={"label": entry.label, "starts_at": entry.starts_at, "ends_at": entry.ends_at},
        )[0]
        for entry in calendar
    ]
    _delete_others(procedure.calendar_entries.all(), kept)


def _write_steps(procedure: Procedure, steps: Iterable[schema.Step], schools: Mapping[str, School]) -> None:
    kept = []
    for position, given in _numbered(steps):
        dates, rest = ("meets_at", "results_at"), ("decided_by", "notify_within", "booking", "booking_closes_hours")
        names = ("kind", "label", *dates, *rest)
        defaults = {"position": position, **{name: getattr(given, name) for name in names}}
        defaults["in_order"] = given.order == schema.Order.ARRIVAL
        step, _ = procedure.steps.update_or_create(code=given.code, defaults=defaults)
        kept.append(step)
        days = [
            step.test_days.get_or_create(school=schools[test_day.school], day=test_day.day)[0]
            for test_day in given.test_days
        ]
        _delete_others(step.test_days.all(), days)
    _delete_others(procedure.steps.all(), kept)


def _write_programmes_and_seats(procedure: Procedure, live: schema.Live, schools: Mapping[str, School]) -> None:
    programmes = {
        given.code: procedure.programmes.update_or_create(
            code=given.code,
            defaults={
                "position": position,
                "school": schools[given.school],
                "title": given.title,
                "description": given.description,
                "starts_on": given.starts_on,
            },
        )[0]
        for position, given in _numbered(live.programmes)
    }
    tracks = {
        given.code: procedure.tracks.update_or_create(
            code=given.code,
            defaults={"position": position, "label": given.label, "entry_year": given.entry_year},
        )[0]
        for position, given in _numbered(live.tracks)
    }
    pools = [
        Pool.objects.update_or_create(
            programme=programmes[given.programme],
            track=tracks[given.track],
            defaults={"seats": given.seats, "calls": given.calls},
        )[0]
        for given in live.pools
    ]
    _delete_others(Pool.objects.filter(programme__procedure=procedure), pools)
    _delete_others(procedure.programmes.all(), programmes.values())
    _delete_others(procedure.tracks.all(), tracks.values())


def _write_sessions(procedure: Procedure, steps: Iterable[schema.Step]) -> None:
    """The meetings of the juries that meet several times; those of one programme name it."""
    programmes = {programme.code: programme for programme in procedure.programmes.all()}
    for step in procedure.steps.all():
        given = next(one for one in steps if one.code == step.code)
        kept = [
            step.sessions.update_or_create(
                number=number,
                defaults={
                    "programme": programmes.get(session.programme),
                    "closes_at": session.closes_at,
                    "meets_at": session.meets_at,
                    "results_at": session.results_at,
                },
            )[0]
            for number, session in _numbered(given.sessions)
        ]
        _delete_others(step.sessions.all(), kept)


def _write_periods(procedure: Procedure, periods: Iterable[schema.Period]) -> None:
    kept = [
        procedure.periods.update_or_create(
            number=number, defaults={"starts_at": given.starts_at, "ends_at": given.ends_at}
        )[0]
        for number, given in _numbered(periods)
    ]
    _delete_others(procedure.periods.all(), kept)


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
