"""The tests: each school plans its days, summons its candidates, and the panels' marks are entered.

Rules: AST-14, AST-15.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.db.models import Q

from campaign.rehearsal.company import Company, Event
from campaign.rehearsal.people import Habit, Person
from juries.decisions import admissible_dossiers
from juries.marks import record_mark
from juries.models import Panel, TestSlot
from juries.planning import add_panel, admissible_at, assign_candidates, change_panel, plan_slots, send_summons
from programmes.models import School, Step, TestDay
from programmes.rules import TestRule
from programmes.words import PARIS

PLANS = dt.timedelta(days=4)  # after the results of the admissibility
SUMMONS = dt.timedelta(days=7)
CHANGES_ROOM = dt.timedelta(days=12)
MOST_PANELS = 30  # of one test in one school
EVENING = dt.time(19, 0)


def events(company: Company) -> Iterator[Event]:
    """Planning, summons, a panel that moves; each test day's marks on its evening, and at last the missing ones."""
    step, before = company.step(Step.Kind.TESTS), company.step(Step.Kind.ADMISSIBILITY)
    if step is None or before is None or before.results_at is None:
        return
    for school in _schools(company):
        yield Event(before.results_at + PLANS, partial(plan, company, step, school))
        yield Event(before.results_at + SUMMONS, partial(summon, company, step, school))
    yield Event(before.results_at + CHANGES_ROOM, partial(move_a_panel, company, step))
    days = sorted(set(TestDay.objects.filter(step=step).values_list("day", flat=True)))
    for day in days:
        yield Event(dt.datetime.combine(day, EVENING, PARIS), partial(enter_marks, company, day))
    if days:
        the_morrow = dt.datetime.combine(days[-1] + dt.timedelta(days=1), EVENING, PARIS)
        yield Event(the_morrow, partial(enter_missing_marks, company))


def plan(company: Company, step: Step, school: School) -> None:
    """Add panels until each candidate of the school has a day."""
    if not admissible_at(step, school).exists():
        return
    planner = company.staff.verifier(school)
    for number in range(1, MOST_PANELS + 1):
        for rule in company.rules.tests:
            remote = "https://visio.example/jury" if number == 3 else ""
            room = "" if remote else f"Salle {rule.code[:1].upper()}{number}"
            name = f"{rule.label.fr} {number}"
            company.attempt(
                add_panel, step.pk, school.pk, test=rule.code, name=name, room=room, remote_url=remote, by=planner
            )
        company.attempt(plan_slots, step.pk, school.pk, by=planner)
        placement = company.attempt(assign_candidates, step.pk, school.pk, by=planner)
        if placement is None or not placement.left_over:
            return


def summon(company: Company, step: Step, school: School) -> None:
    """Send the school's summons."""
    company.attempt(send_summons, step.pk, school.pk, by=company.staff.verifier(school))


def move_a_panel(company: Company, step: Step) -> None:
    """One panel moves to another room: its candidates are summoned again."""
    panel = Panel.objects.filter(step=step, remote_url="").order_by("school__code", "name").first()
    if panel is not None:
        company.attempt(
            change_panel, panel.pk, room="Amphithéâtre", remote_url="", by=company.staff.verifier(panel.school)
        )


def enter_marks(company: Company, day: dt.date) -> None:
    """Enter the marks of those who sat on `day`."""
    start = dt.datetime.combine(day, dt.time(), PARIS)
    sat = TestSlot.objects.filter(starts_at__range=(start, start + dt.timedelta(days=1))).values("dossier")
    for dossier in company.dossiers(Q(pk__in=sat), Q(marks=None)):
        person = company.person(dossier)
        for rule in dossier.rules.marked_tests:
            value = _mark(person, rule)
            company.attempt(
                record_mark, dossier.pk, rule.code, value=value, absent=value is None, by=company.staff.juror
            )


def enter_missing_marks(company: Company) -> None:
    """Who sat at no test that was planned was absent."""
    for dossier in admissible_dossiers(company.procedure):
        marked = set(dossier.marks.values_list("test", flat=True))
        for rule in dossier.rules.marked_tests:
            if rule.code not in marked:
                company.attempt(record_mark, dossier.pk, rule.code, value=None, absent=True, by=company.staff.juror)


def _schools(company: Company) -> list[School]:
    return [part.school for part in company.procedure.participations.select_related("school")]


def _mark(person: Person, rule: TestRule) -> Decimal | None:
    """A mark to a quarter of a point; None for an absence."""
    if person.has(Habit.ABSENT):
        return None
    drawn = person.draw(f"mark {rule.code}").gauss(person.ability, 2.6) * float(rule.out_of) / 20
    return Decimal(round(min(max(drawn, 0.0), float(rule.out_of)) * 4)) / 4
