"""A procedure with all that can come before the decision of a programme, and its people, for the tests of hearings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from accounts.models import User
from applicants.models import Choice
from applicants.tests.scenario import set_clock
from juries.evaluations import deposit_evaluation
from juries.models import Panel, TestSlot
from juries.opinions import give_opinion
from juries.planning import add_panel
from juries.tests.test_choice_decisions import applicant, choice_of, let_pass, worker
from programmes.loading import store
from programmes.models import Procedure, Step
from programmes.procedure_file import read
from programmes.words import PARIS

FILE = Path(__file__).parent / "hearings.yaml"
NOW = "2026-03-16 10:00"  # a Monday
HOUR = dt.timedelta(hours=1)
__all__ = ["applicant", "choice_of", "let_pass", "worker"]


def heard_procedure() -> Procedure:
    """The procedure, in its spring."""
    made = store(read(FILE), rehearsal=True)
    set_clock(made, NOW)
    return Procedure.objects.get(pk=made.pk)


def step_of(procedure: Procedure, code: str) -> Step:
    """One of its steps."""
    return procedure.steps.select_related("procedure").get(code=code)


def passed(procedure: Procedure, number: int = 1, *programmes: str) -> Choice:
    """The first choice of a candidate whom the study let pass, for all to know."""
    dossier = applicant(procedure, number, *programmes)
    for programme in programmes or ("data",):
        let_pass(dossier, step_of(procedure, "study"), programme)
    return choice_of(dossier, programmes[0] if programmes else "data")


def panel(procedure: Procedure, programme: str = "data", name: str = "Jury A") -> Panel:
    """A panel of the school of that programme, at a distance."""
    step, found = step_of(procedure, "interview"), procedure.programmes.get(code=programme)
    where = {"test": "interview", "name": name, "remote_url": "https://visio.example.org/a"}
    return add_panel(step.pk, found.school_id, programme_id=found.pk, by=office(procedure), **where)


def office(procedure: Procedure | None = None) -> User:
    """The office of the only procedure."""
    there = User.objects.filter(email="office.tous@example.org").first()
    return there or worker(procedure or Procedure.objects.get(), "office")


def slot(held_by: Panel, day: int, hour: int) -> TestSlot:
    """A free slot of half an hour on a day of March."""
    starts = dt.datetime(2026, 3, day, hour, tzinfo=PARIS)
    return TestSlot.objects.create(panel=held_by, test=held_by.test, starts_at=starts, ends_at=starts + HOUR / 2)


def interviewed(choice: Choice, *, hours_ago: int = 3) -> TestSlot:
    """The choice's interview, which was held some hours ago."""
    procedure = choice.dossier.procedure
    held_by = Panel.objects.filter(programme=choice.programme).first() or panel(procedure, choice.programme.code)
    starts = procedure.now() - hours_ago * HOUR
    return TestSlot.objects.create(
        panel=held_by,
        test="interview",
        starts_at=starts,
        ends_at=starts + HOUR / 2,
        dossier=choice.dossier,
        choice=choice,
        summoned_at=starts,
    )


def approved(choice: Choice) -> None:
    """The head of programme has given a favourable opinion."""
    head = User.objects.filter(email="head.tous@example.org").first() or worker(choice.dossier.procedure, "head")
    give_opinion(choice.pk, step_of(choice.dossier.procedure, "opinion").pk, favourable=True, by=head)


def marked(choice: Choice, by: User, path: str, project: str) -> None:
    """An evaluator's marks."""
    marks = {"path": Decimal(path), "project": Decimal(project)}
    deposit_evaluation(choice.pk, step_of(choice.dossier.procedure, "evaluation").pk, marks=marks, by=by)
