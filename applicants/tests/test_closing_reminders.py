"""Reminders of closing: to those who have not submitted, once each, at the hours before their own closing hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from applicants.choices import rank_choices
from applicants.closing_reminders import BEFORE_CLOSING, due_before, remind_drafts
from applicants.contents import read_contents, read_each
from applicants.endings import withdraw_dossier
from applicants.extensions import grant_extension
from applicants.models import Dossier
from applicants.submission import submit_dossier
from applicants.tests import scenario
from applicants.tests.scenario import PARIS, begun, complete, mails, person, reloaded, set_clock
from applicants.tests.test_closings import asked_early
from applicants.titles import choose_title
from journal.models import Entry
from notifications.rendering import render
from programmes.models import Procedure

DAY, HOUR, SECOND = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(seconds=1)
CLOSING = dt.datetime(2026, 3, 20, 23, tzinfo=PARIS)
LONG_AGO = CLOSING - 60 * DAY


def hours_told(dossier: Dossier | None = None) -> list[int]:
    """How many hours before closing each reminder was for, in their order; of one dossier, or of all."""
    entries = Entry.objects.filter(event="dossier.reminded").order_by("procedure_time")
    if dossier is not None:
        entries = entries.filter(subject_id=str(dossier.pk))
    hours = [entry.details["hours"] for entry in entries]
    if dossier is None:
        assert len(hours) == len(mails("closing_reminder"))
    return hours


def at(procedure: Procedure, *moments: str) -> list[int]:
    """Run the task at each of these moments (day and hour in March 2026); how many mails each run queued."""
    return [remind_drafts(set_clock(procedure, f"2026-03-{moment}")) for moment in moments]


@pytest.mark.parametrize(
    ("left", "begun_before", "expected"),
    [
        (8 * DAY, 60 * DAY, None),
        (7 * DAY + SECOND, 60 * DAY, None),
        (7 * DAY, 60 * DAY, 7 * DAY),
        (2 * DAY + SECOND, 60 * DAY, 7 * DAY),
        (2 * DAY, 60 * DAY, 2 * DAY),
        (6 * HOUR + SECOND, 60 * DAY, 2 * DAY),
        (6 * HOUR, 60 * DAY, 6 * HOUR),
        (SECOND, 60 * DAY, 6 * HOUR),
        (0 * SECOND, 60 * DAY, None),
        (-DAY, 60 * DAY, None),
        (3 * DAY, 3 * DAY, None),
        (3 * DAY, 7 * DAY, None),
        (3 * DAY, 7 * DAY + SECOND, 7 * DAY),
        (2 * DAY, 3 * DAY, 2 * DAY),
        (HOUR, DAY, 6 * HOUR),
        (HOUR, 5 * HOUR, None),
    ],
)
def test_which_one_is_due(left: dt.timedelta, begun_before: dt.timedelta, expected: dt.timedelta | None) -> None:
    assert due_before(CLOSING, since=CLOSING - begun_before, now=CLOSING - left) == expected


def test_over_all_instants_each_comes_once_in_its_order_and_none_at_or_after_the_hour() -> None:
    """Every quarter of an hour of nine days, for drafts begun at any of them."""
    quarters = [CLOSING - 9 * DAY + number * dt.timedelta(minutes=15) for number in range(9 * 96 + 10)]
    for since in quarters[::7]:
        seen = [due_before(CLOSING, since=since, now=now) for now in quarters if now >= since]
        due = [before for number, before in enumerate(seen) if before and before not in seen[:number]]
        assert due == [before for before in BEFORE_CLOSING if since < CLOSING - before]
        assert not any(due_before(CLOSING, since=since, now=CLOSING + number * HOUR) for number in range(3))


def test_a_draft_is_reminded_three_times_and_each_time_once(procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    moments = ("13 22:59:59", "13 23:00", "13 23:01", "18 22:59", "18 23:00", "19 12:00", "20 17:00", "20 22:59:59")
    assert at(procedure, *moments) == [0, 1, 0, 0, 1, 0, 1, 0]
    assert at(procedure, "20 23:00", "21 08:00") == [0, 0]
    assert hours_told(dossier) == [168, 48, 6]
    assert {mail.recipient for mail in mails("closing_reminder")} == {zoe}


def test_a_task_that_was_down_sends_only_the_nearest(procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    assert at(procedure, "19 10:00", "19 10:01") == [1, 0]
    assert hours_told() == [48]


def test_none_to_who_submitted_or_withdrew(procedure: Procedure, zoe: User, other: User) -> None:
    sent = scenario.submitted(procedure, zoe)
    gone = scenario.submitted(procedure, other)
    withdraw_dossier(gone.pk, by=other)
    assert at(procedure, "14 10:00", "19 10:00", "20 20:00") == [0, 0, 0]
    assert hours_told(sent) == hours_told(gone) == []


def test_none_once_it_is_submitted(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    assert at(procedure, "14 10:00") == [1]
    submit_dossier(dossier.pk, by=zoe)
    assert at(procedure, "19 10:00", "20 20:00") == [0, 0]


def test_one_begun_in_the_last_days_is_not_told_of_a_week(procedure: Procedure, zoe: User) -> None:
    set_clock(procedure, "2026-03-17 10:00")
    begun(procedure, zoe)
    assert at(procedure, "17 10:01", "18 22:00", "18 23:00") == [0, 0, 1]
    assert hours_told() == [48]


def test_an_extension_has_its_own_hours(procedure: Procedure, zoe: User, other: User, office: User) -> None:
    """Granted after the hour, for three days: nothing at once, then two days and six hours before its end."""
    dossier, lost = begun(procedure, zoe), begun(procedure, other)
    assert at(procedure, "20 20:00") == [2]
    set_clock(procedure, "2026-03-21 09:00")
    grant_extension(dossier.pk, until=dt.datetime(2026, 3, 24, 12, tzinfo=PARIS), reason="Panne", by=office)
    assert at(procedure, "21 09:01", "22 11:59", "22 12:00", "24 06:00", "24 11:59:59", "24 12:00") == [
        0,
        0,
        1,
        1,
        0,
        0,
    ]
    assert hours_told(dossier) == [6, 48, 6]
    assert hours_told(lost) == [6]


@pytest.mark.parametrize(("strict", "then"), [("oui", []), ("non", [168, 48, 6])])
def test_who_closes_earlier_is_told_of_that_hour(zoe: User, other: User, strict: str, then: list[int]) -> None:
    """Those with a Licence apply by 6 March; where that is advised only, the hour of everyone comes after it."""
    procedure = scenario.procedure_from(asked_early(strict=strict))
    early, late = begun(procedure, zoe), begun(procedure, other)
    for dossier, title in ((early, "L3"), (late, "BUT3")):
        choose_title(dossier.pk, title=title, speciality="chimie", equivalence="", by=dossier.candidate.user)
    at(procedure, "01 10:00", "05 10:00", "06 20:00")
    assert (hours_told(early), hours_told(late)) == ([168, 48, 6], [])
    expected = "ne pourra plus être transmis" if strict == "oui" else "Dans votre situation, il est attendu avant"
    assert all(
        expected in render(mail).text and "6 mars 2026" in render(mail).text for mail in mails("closing_reminder")
    )
    at(procedure, "14 10:00", "19 10:00", "20 20:00")
    assert (hours_told(early)[3:], hours_told(late)) == (then, [168, 48, 6])


def test_a_closing_hour_that_is_moved_has_its_own_reminders(procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    assert at(procedure, "20 20:00") == [1]
    _move_closing(procedure, CLOSING + 10 * DAY)
    assert at(procedure, "20 20:01", "24 10:00", "29 10:00") == [0, 1, 1]
    assert hours_told() == [6, 168, 48]


def _move_closing(procedure: Procedure, until: dt.datetime) -> None:
    procedure.calendar_entries = tuple(
        replace(entry, ends_at=until) if entry.code == "applications" else entry for entry in procedure.calendar_entries
    )
    procedure.save()
    procedure.__dict__.pop("calendar", None)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_says_until_when_how_long_and_what_is_left(procedure: Procedure, language: str) -> None:
    nothing, little, ready = (person(f"{number}@example.org", language) for number in range(3))
    begun(procedure, nothing)
    rank_choices(scenario.filled(procedure, little).pk, ["albi"], by=little)
    complete(procedure, ready)
    at(procedure, "18 23:01")
    told = {mail.recipient: plain(render(mail).text) for mail in mails("closing_reminder")}
    until, todo = {
        "fr": ("jusqu’au vendredi 20 mars 2026 à 23 h : encore 2 jours.", "Il reste une chose à faire avant de"),
        "en": ("until Friday 20 March 2026 at 23:00: 2 days left.", "There is one thing left to do before"),
    }[language]
    assert all(plain(until) in text for text in told.values())
    assert todo in told[little]
    assert {"fr": "- Les frais de dossier", "en": "- The application fee"}[language] in told[little]
    assert plain({"fr": "dans ces parties : - Identité", "en": "in these parts: - Identity"}[language]) in told[nothing]
    assert {"fr": "Tout est rempli.", "en": "Everything is filled in."}[language] in told[ready]
    assert "/relecture/" in told[ready]


def plain(text: str) -> str:
    """A text without what only lays it out."""
    return " ".join(text.split())


def test_each_is_read_as_one_alone_is(procedure: Procedure, zoe: User, other: User) -> None:
    keys = [begun(procedure, zoe).pk, complete(procedure, other).pk]
    for dossier, contents in zip(keys, read_each([reloaded(key) for key in keys]), strict=True):
        alone = read_contents(reloaded(dossier))
        assert contents.filled == alone.filled
        assert (contents.choices, contents.charge) == (alone.choices, alone.charge)
        assert set(contents.documents) == set(alone.documents)


def test_it_takes_as_many_queries_however_many_drafts(procedure: Procedure, zoe: User) -> None:
    complete(procedure, zoe)
    counts = [_queries(set_clock(procedure, "2026-03-14 10:00"))]
    for number in range(50):
        begun(procedure, person(f"draft{number}@example.org"))
    counts.append(_queries(set_clock(procedure, "2026-03-19 10:00")))
    assert len(hours_told()) == 1 + 51
    assert counts[0] == counts[1] <= 20
    assert _queries(procedure) <= 2, "a turn that finds nothing new"


def _queries(procedure: Procedure) -> int:
    with CaptureQueriesContext(connection) as queries:
        remind_drafts(procedure)
    return len(queries)
