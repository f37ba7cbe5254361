"""Reading the live part of a file: titles, schools, calendar, steps, programmes, tracks, seats, periods."""

from __future__ import annotations

import datetime as dt

from programmes.procedure_file import schema
from programmes.procedure_file.nodes import Place, Table, by_key, cells_under, each
from programmes.procedure_file.values import (
    accent,
    bic,
    code,
    day,
    email,
    iban,
    key_of,
    line,
    moment,
    one_of,
    phone,
    website,
    whole_number,
    words,
    yes_or_no,
)
from programmes.text import Text
from programmes.windows import CalendarEntry

NO_TEXT = Text("", "")
# What stands in for a value that is there and wrong: the file is refused, and the checks say nothing more of it.
UNREAD, UNREAD_TEXT = dt.datetime.min.replace(tzinfo=dt.UTC), "?"
TOTAL = "total"  # the column, and the row, of the totals as printed in the notice


def read_live(file: Table) -> schema.Live:
    """The live part, from the file's outermost table."""
    return schema.Live(
        title=file.need("title", words, NO_TEXT),
        short_title=file.need("short_title", words, NO_TEXT),
        introduction=file.may("introduction", words, NO_TEXT),
        audience=file.may("audience", words, NO_TEXT),
        year=file.need("year", whole_number(2000, 2100), 2000),
        contact_email=file.may("contact_email", email, ""),
        website=file.may("website", website, ""),
        schools=file.need("schools", by_key(_school), ()),
        calendar=file.need("calendar", by_key(_calendar_entry), ()),
        steps=file.need("steps", by_key(_step), ()),
        programmes=file.need("programmes", by_key(_programme), ()),
        tracks=file.need("tracks", by_key(_track), ()),
        pools=file.need("seats", _pools, ()),
        periods=file.may("periods", each(_period), ()),
        examination=file.may("examination", one_of(schema.Examination), schema.Examination.FIRST_CHOICE),
        judgement=file.may("judgement", one_of(schema.Judgement), schema.Judgement.COMMON),
        retention_months=file.may("retention_months", whole_number(1, 120), 24),
    )


def _school(place: Place) -> schema.School:
    with place.table() as school:
        return schema.School(
            code=key_of(place),
            name=school.need("name", line, ""),
            website=school.may("website", website, ""),
            accent=school.need("accent", accent, ""),
            department=school.may("department", line, ""),
            address=school.need("address", Place.text, ""),
            email=school.need("email", email, ""),
            phone=school.may("phone", phone, ""),
            presentation=school.may("presentation", words, NO_TEXT),
            iban=school.may("iban", iban, UNREAD_TEXT if "iban" in school else ""),
            bic=school.may("bic", bic, ""),
            account_holder=school.may("account_holder", line, UNREAD_TEXT if "account_holder" in school else ""),
            takes_cards=school.may("takes_cards", yes_or_no, False),
        )


def _calendar_entry(place: Place) -> CalendarEntry:
    with place.table() as entry:
        return CalendarEntry(
            code=key_of(place),
            label=entry.need("label", words, NO_TEXT),
            starts_at=entry.may("starts", moment, UNREAD if "starts" in entry else None),
            ends_at=entry.may("ends", moment, UNREAD if "ends" in entry else None),
        )


def _step(place: Place) -> schema.Step:
    with place.table() as step:
        return schema.Step(
            code=key_of(place),
            kind=step.need("kind", one_of(schema.StepKind), schema.StepKind.ADMISSION),
            label=step.need("label", words, NO_TEXT),
            meets_at=step.may("meets", moment, None),
            results_at=step.may("results", moment, None),
            test_days=step.may("days", _test_days, ()),
            decided_by=step.may("decided_by", one_of(schema.DecidedBy), schema.DecidedBy.JURY),
            order=step.may("order", one_of(schema.Order), schema.Order.ANY),
            notify_within=step.may("notify_within", whole_number(1, 60), None),
            booking=step.may("booking", one_of(schema.Booking), schema.Booking.STAFF),
            booking_closes_hours=step.may("booking_closes_hours", whole_number(0, 720), None),
            sessions=step.may("sessions", each(_session), ()),
        )


def _session(place: Place) -> schema.JurySession:
    with place.table() as session:
        return schema.JurySession(
            programme=session.may("programme", code, ""),
            closes_at=session.may("closes", moment, UNREAD if "closes" in session else None),
            meets_at=session.need("meets", moment, UNREAD),
            results_at=session.may("results", moment, UNREAD if "results" in session else None),
        )


def _test_days(place: Place) -> tuple[schema.TestDay, ...]:
    found: list[schema.TestDay] = []
    for school, entry in place.entries().items():
        days: tuple[dt.date, ...] = entry.read(each(day), ())
        found += [schema.TestDay(school, date) for date in days]
    return tuple(found)


def _programme(place: Place) -> schema.Programme:
    with place.table() as programme:
        for rule in ("statuses", "takes_early"):  # see `selection_part.read_programme`
            programme.leave(rule)
        return schema.Programme(
            code=key_of(place),
            school=programme.need("school", code, ""),
            title=programme.need("title", words, NO_TEXT),
            description=programme.may("description", words, NO_TEXT),
            starts_on=programme.may("starts_on", day, None),
        )


def _track(place: Place) -> schema.Track:
    with place.table() as track:
        return schema.Track(
            code=key_of(place),
            label=track.need("label", words, NO_TEXT),
            entry_year=track.need("entry_year", whole_number(1, 10), 1),
        )


def _period(place: Place) -> schema.Period:
    with place.table() as period:
        return schema.Period(
            starts_at=period.need("starts", moment, UNREAD),
            ends_at=period.need("ends", moment, UNREAD),
        )


def _pools(place: Place) -> tuple[schema.Pool, ...]:
    """The table of seats: a line of columns (the tracks), then a line per programme. Rule: AST-05.

    A column and a line of totals may be given, as the notice prints them: where they are not what the cells
    give, the cells stand and the file is loaded with a warning.
    """
    rows = place.entries()
    header = rows.pop("columns", None)
    if header is None:
        place.fault("il manque la ligne « columns », qui nomme les filières.")
        return ()
    columns: tuple[str, ...] = header.read(each(Place.text), ())
    read_row = cells_under(columns, whole_number(), 0)
    cells: dict[str, dict[str, int]] = {}
    for programme, row in rows.items():
        cells[programme] = row.read(read_row, dict.fromkeys(columns, 0))
    printed = cells.pop(TOTAL, {})
    _compare_totals(place, cells, printed)
    return tuple(
        schema.Pool(programme, track, seats)
        for programme, row_cells in cells.items()
        for track, seats in row_cells.items()
        if track != TOTAL
    )


def _compare_totals(place: Place, cells: dict[str, dict[str, int]], printed: dict[str, int]) -> None:
    """Warn of each printed total that the cells do not give."""
    sums: dict[str, int] = {}
    for programme, row in cells.items():
        row_sum = sum(seats for track, seats in row.items() if track != TOTAL)
        if TOTAL in row and row[TOTAL] != row_sum:
            _warn_of_total(place, programme, programme, row[TOTAL], row_sum)
        for track, seats in row.items():
            sums[track] = sums.get(track, 0) + (row_sum if track == TOTAL else seats)
    for track, total in printed.items():
        if total != sums.get(track, 0):
            _warn_of_total(place, TOTAL, track, total, sums.get(track, 0))


def _warn_of_total(place: Place, row: str, name: str, total: int, given: int) -> None:
    place.source.warn(
        f"le total donné pour « {name} » est {total}, ses cases font {given} : les cases l’emportent.",
        *place.path,
        row,
    )
