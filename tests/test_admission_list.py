"""The jury's list in a browser: by typing, by buttons, by dragging; nothing counts before it is set. Rule: AST-16."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from applicants.tests.scenario import procedure_at, staff
from journal.clock import at_one_instant
from offers.tests.market import JURY_DAY, candidate, pool_of
from tests.actors import enter
from tests.looking import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARKS = {"a": ("18", "15"), "b": ("14", "12"), "c": ("13", "12"), "d": ("12", "11")}


@pytest.fixture
def _frozen() -> Iterator[None]:
    with at_one_instant():
        yield


@pytest.mark.usefixtures("_frozen")
def test_the_jury_orders_a_list(page: Page, live_server: LiveServer) -> None:
    procedure = procedure_at(JURY_DAY)
    for name, marks in MARKS.items():
        candidate(procedure, name, ["albi"], marks=marks)
    enter(page, staff(procedure, "jury"), live_server)
    pool = pool_of(procedure, "albi")
    page.goto(reverse("admin:offers_list", args=[procedure.steps.get(kind="admission").pk, pool.pk]))
    assert not violations(page)

    boxes = page.locator("[data-listed] input[data-rank]")
    assert letters(page) == "ABCD"
    page.get_by_role("button", name="Descendre A Martin").click()
    assert letters(page) == "BACD"
    expect(page.locator("[data-moved]")).to_contain_text("A Martin : rang 2.")
    boxes.nth(3).fill("1")
    boxes.nth(3).press("Tab")
    assert letters(page) == "DBAC"
    boxes.nth(1).fill("")
    boxes.nth(0).press("Tab")
    assert letters(page) == "DAC"
    page.locator("[data-listed] [data-handle]").nth(2).drag_to(page.locator("[data-listed] tr").nth(0))
    assert letters(page) == "CDA"
    assert [box.input_value() for box in boxes.all()] == ["1", "2", "3"]
    assert not pool.entries.exists()
    page.get_by_role("button", name="Arrêter ce tableau").click()
    expect(page.get_by_text("Le tableau est arrêté.")).to_be_visible()
    assert [entry.dossier.candidate.given_names for entry in pool.entries.order_by("rank")] == ["C", "D", "A"]


def letters(page: Page) -> str:
    """The order on the page, by the first letters of the names."""
    return "".join(name[0] for name in page.locator("[data-listed] tr th").all_inner_texts())
