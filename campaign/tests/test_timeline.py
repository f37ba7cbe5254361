"""The timeline: its order, what is past, under way and to come, and ends said as people say them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from campaign.timeline import gathered, milestones
from programmes.models import JurySession, Period, Programme, Step
from programmes.text import Text
from programmes.windows import CalendarEntry

PARIS = ZoneInfo("Europe/Paris")


def at(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=PARIS)


def line(now: dt.datetime) -> list[tuple[str, str]]:
    entries = [
        CalendarEntry("late", Text("Tardif", ""), None, at(31)),
        CalendarEntry("applications", Text("Dépôt", ""), at(1, 14), at(10, 23)),
    ]
    tests = Step(label=Text("Épreuves", ""))
    tests.first_day, tests.last_day = dt.date(2026, 3, 15), dt.date(2026, 3, 16)  # type: ignore[attr-defined]
    results = Step(label=Text("Admission", ""), results_at=at(20, 14))
    periods = [Period(number=1, starts_at=at(20, 14), ends_at=at(25, 23))]
    found = milestones(entries, [tests, results], periods, now)
    return [(item.label.split(",")[0], item.state) for item in found]


@pytest.mark.parametrize(
    ("now", "states"),
    [
        (at(1, 13), "next next next next next"),
        (at(1, 14), "now next next next next"),
        (at(10, 23), "past next next next next"),  # the end is strict
        (at(16, 23), "past now next next next"),
        (at(17), "past past next next next"),
        (at(20, 14), "past past past now next"),
        (at(31), "past past past past past"),
    ],
)
def test_each_milestone_is_past_now_or_next(now: dt.datetime, states: str) -> None:
    assert [state for _, state in line(now)] == states.split()


def test_milestones_stand_in_the_order_of_time() -> None:
    assert [label for label, _ in line(at(1))] == [
        "Dépôt",
        "Épreuves",
        "Résultats : Admission",
        "Propositions d’intégration",
        "Tardif",
    ]


def test_a_window_that_ends_at_midnight_ends_with_its_last_day() -> None:
    window = CalendarEntry("titles", Text("Titres", ""), None, at(18))
    (found,) = milestones([window], [], [], at(1))
    assert found.when == "jusqu’au mardi 17 mars 2026 à minuit"


def test_a_window_that_opens_with_the_day_does_not_say_zero_hours() -> None:
    window = CalendarEntry("refusals", Text("Refus", ""), at(3), at(18))
    (found,) = milestones([window], [], [], at(1))
    assert found.when == "du mardi 3 mars 2026 au mardi 17 mars 2026 à\u00a0minuit"


def test_the_juries_of_many_programmes_are_one_line_for_who_has_not_chosen() -> None:
    step, common = Step(pk=1, label=Text("Admission", "")), Step(pk=2, label=Text("Jury", ""))
    of_programmes = [
        JurySession(step=step, number=number, programme=Programme(), meets_at=at(number), results_at=at(number, 14))
        for number in (12, 10, 14)
    ]
    of_all = [JurySession(step=common, number=number, meets_at=at(number)) for number in (16, 18)]
    found = milestones([], [], [], at(11), gathered([*of_programmes, *of_all]))
    assert [(item.label, item.when, item.state) for item in found] == [
        ("Admission", "résultats du mardi 10 mars 2026 au samedi 14 mars 2026, selon la formation", "now"),
        ("Jury, session n°\u00a016", "le jury se réunit le lundi 16 mars 2026", "next"),
        ("Jury, session n°\u00a018", "le jury se réunit le mercredi 18 mars 2026", "next"),
    ]
