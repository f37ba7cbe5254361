"""The pages of a procedure whose programmes decide, as axe-core and a telephone see them: staff's and candidate's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.models import Choice
from juries.choice_decisions import decide_choice
from juries.choice_publication import publish_decisions
from juries.models import Panel
from juries.supplements import ask_supplement
from juries.tests import hearings
from juries.tests.hearings import approved, interviewed, marked, passed, slot, step_of, worker
from programmes.models import Procedure
from tests.actors import enter
from tests.conftest import OpenBrowser
from tests.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]
DAY = dt.timedelta(days=1)


@pytest.fixture
def procedure(transactional_db: None) -> Procedure:
    """A procedure with somebody at each stage: to book, booked, evaluated, asked for more, decided, published."""
    made = hearings.heard_procedure()
    office, president = hearings.office(made), worker(made, "president")
    evaluators = worker(made, "evaluator"), worker(made, "evaluator", "data")
    for number in (1, 2, 3, 4, 5):
        choice = passed(made, number)
        if number > 2:
            approved(choice)
            interviewed(choice, hours_ago=2 * number)
            for one in evaluators:
                marked(choice, one, "4" if number == 3 else "14", "6")
        if number == 3:
            subject = "Présentez votre projet professionnel en deux pages, et dites ce que la formation y apporte."
            ask_supplement(choice.pk, kind="written", subject=subject, due_at=made.now() + 5 * DAY, by=office)
        if number > 3:
            decision = decide_choice(choice.pk, step_of(made, "admission").pk, outcome="waiting", by=president)
        if number == 5:
            publish_decisions([decision.pk], visible_at=made.now() + DAY, by=office)
    for day in (18, 19):
        for hour in (9, 10, 14):
            slot(Panel.objects.get(), day, hour)
    return made


def choice_number(number: int) -> Choice:
    return Choice.objects.get(dossier__reference=f"T-{number:06}")


def staff_pages(procedure: Procedure) -> dict[str, list[str]]:
    """Which pages to look at, by who works there."""
    steps = {step.code: step.pk for step in procedure.steps.all()}

    def board(code: str) -> str:
        return reverse("admin:juries_choices", args=[steps[code]]) + "?state=all"

    def choice(code: str, number: int) -> str:
        return reverse("admin:juries_choice", args=[steps[code], choice_number(number).pk])

    held = choice_number(4).test_slots.get()
    decision = choice_number(4).decisions.get(step__code="admission")
    publish = reverse("admin:juries_publish_choices", args=[steps["admission"]])
    return {
        "office.tous@example.org": [
            reverse("admin:index"),
            reverse("admin:juries_opinion_changelist"),
            *(board(code) for code in ("study", "opinion", "evaluation", "admission")),
            reverse("admin:juries_interviews", args=[steps["interview"]]),
            reverse("admin:juries_interview", args=[steps["interview"], held.pk]),
            reverse("admin:juries_place_choice", args=[steps["interview"], choice_number(1).pk]),
            f"{publish}?decision={decision.pk}",
        ],
        "president.tous@example.org": [choice("admission", number) for number in (1, 3, 4, 5)],
        "head.tous@example.org": [board("opinion"), choice("opinion", 1)],
        "evaluator.tous@example.org": [board("evaluation"), choice("evaluation", 1), choice("evaluation", 4)],
    }


def test_every_page_of_the_staff_can_be_read_by_all(
    procedure: Procedure, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    for email, addresses in staff_pages(procedure).items():
        page = open_browser()
        enter(page, User.objects.get(email=email), live_server)
        for address in addresses:
            response = page.goto(address)
            assert response is not None
            assert response.ok, f"{address}: {response.status}"
            page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
            look_at(page)


def test_the_candidates_pages_can_be_read_by_all(
    procedure: Procedure, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    """To choose a slot, to change it, to hand a piece in."""
    page, slug = open_browser(), procedure.slug
    enter(page, choice_number(1).dossier.candidate.user, live_server)
    booking = reverse("juries:booking", args=[slug, choice_number(1).pk])
    page.goto(booking)
    look_at(page)
    page.get_by_label("9 h").first.check()
    page.get_by_role("button", name="Réserver ce créneau").click()
    page.get_by_role("heading", name="Votre entretien").wait_for()
    page.get_by_text("Choisir un autre créneau").click()
    look_at(page)
    page = open_browser()
    enter(page, choice_number(3).dossier.candidate.user, live_server)
    page.goto(reverse("juries:supplement", args=[slug, choice_number(3).supplements.get().pk]))
    look_at(page)
