"""The staff's, the jury's and the office's pages, each kind looked at as axe-core and a telephone do."""

from __future__ import annotations

from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import resolve, reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from campaign.demonstration.moments import moments_of
from campaign.rehearsal.company import Company, gather
from campaign.rehearsal.opening import open_rehearsal
from campaign.rehearsal.script import play
from tests.actors import enter
from tests.conftest import OpenBrowser
from tests.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.postgresql]  # a walk takes about a minute

UNFOLD = "for (const details of document.querySelectorAll('details')) details.open = true"
LINKS = "[...document.links].map(link => link.href)"
FILES = ("juries_paper", "juries_minutes", "juries_minutes_of_programme", "offers_paper")


@pytest.mark.parametrize(
    ("moment", "some"),
    [
        ("admissibility-jury", {"applicants_dossier_change", "juries_admissibility", "payments_statement"}),
        ("admission-jury", {"juries_planning", "juries_marks", "offers_list", "journal_entry_change"}),
        ("period-1", {"offers_periods", "offers_entrant", "juries_publication_changelist", "offers_moves"}),
    ],
)
def test_every_page_can_be_read_by_all(
    moment: str, some: set[str], transactional_db: None, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    """No rule of axe-core broken, nothing wider than 320 pixels, all that is folded unfolded."""
    seen: set[str] = set()
    for user in working_at(moment):
        page = open_browser()
        enter(page, user, live_server)
        walk(page, live_server, seen)
    assert some <= seen


def working_at(moment: str) -> list[User]:
    """Who has something to do once made-up people have done all that is done by then; first those who do most there."""
    staff = company_at(moment).staff
    verifier, accountant = (next(iter(some.values())) for some in (staff.verifiers, staff.accountants))
    return [staff.juror, staff.president, verifier, accountant, staff.office]


def company_at(code: str) -> Company:
    """A small rehearsal, played up to that moment."""
    procedure = open_rehearsal("ast-2026")
    company = gather(procedure, candidates=10, seed=8, samples=1, where_seats_are_few=True)
    moment = next(moment for moment in moments_of(procedure) if moment.code == code)
    play(company, until=moment.at)
    with company.at(moment.at):
        return company


def walk(page: Page, live_server: LiveServer, seen: set[str]) -> None:
    """Follow the links from the start page, and look once at each kind of page that nobody before has seen."""
    to_visit, visited = deque([reverse("admin:index")]), set[str]()
    while to_visit:
        address = to_visit.popleft()
        kind = resolve(urlsplit(address).path).url_name or ""
        if kind in visited or kind in FILES:
            continue
        visited.add(kind)
        response = page.goto(address)
        assert response is not None
        assert response.ok, f"{address}: {response.status}"
        to_visit.extend(link for link in page.evaluate(LINKS) if is_of_staff(link, live_server))
        if kind not in seen:
            seen.add(kind)
            page.evaluate(UNFOLD)
            look_at(page)


def is_of_staff(link: str, live_server: LiveServer) -> bool:
    """Does it lead to a page of the staff's side?"""
    return link.startswith(live_server.url + reverse("admin:index"))
