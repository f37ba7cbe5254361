"""The candidate's pages that the story passes by, looked at as it looks at its own; and all in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from applicants.corrections import ask_correction
from applicants.models import Dossier
from applicants.referees import name_referee
from applicants.tests import scenario
from juries.verification import review_paper
from tests.actors import Candidate, enter
from tests.conftest import OpenBrowser
from tests.looking import look_at
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]

OPEN_TO_ALL = ["/", "/compte/donnees-personnelles/", "/documents/verifier/"]
OF_A_DRAFT = [
    "/mon-dossier/{slug}/",
    "/dossier/{slug}/titre/",
    "/dossier/{slug}/voeux/",
    "/dossier/{slug}/pieces/cv/",
    "/dossier/{slug}/referents/",
    "/dossier/{slug}/referents/appraiser/",
    "/dossier/{slug}/frais/",
    "/dossier/{slug}/relecture/",
    "/compte/2fa/",
    "/compte/email/",
]
OF_A_SUBMITTED_ONE = [
    "/mon-dossier/{slug}/",
    "/dossier/{slug}/titre/",
    "/dossier/{slug}/voeux/",
    "/dossier/{slug}/pieces/cv/",
    "/dossier/{slug}/referents/",
    "/dossier/{slug}/frais/",
    "/dossier/{slug}/relecture/",
    "/dossier/{slug}/retrait/",
    "/dossier/{slug}/accuse/",
    "/dossier/{slug}/messages/",
]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window of applications."""
    return Stage("2026-02-10 10:00")


def a_draft(stage: Stage) -> Dossier:
    """All filled in, with a scholarship that is claimed and a referee who has not answered."""
    zoe = scenario.person()
    dossier = scenario.filled(stage.procedure, zoe)
    name_referee(dossier.pk, kind="appraiser", name="H. Bréchet", position="", email="h@univ.example", by=zoe)
    return dossier


def a_submitted_one(stage: Stage) -> Dossier:
    """With a paper turned down and a correction asked."""
    dossier = scenario.submitted(stage.procedure, scenario.person())
    albi = scenario.staff(stage.procedure, "verifier", "albi")
    paper = dossier.folder.documents.get(kind="cv")
    review_paper(paper.pk, accepted=False, reason="Une page manque.", by=albi)
    until = stage.procedure.calendar["applications"].ends_at
    assert until is not None
    ask_correction(dossier.pk, opens=["page:contact"], reason="Le téléphone est faux.", until=until, by=albi)
    return dossier


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("make", "addresses"),
    [(a_draft, OPEN_TO_ALL + OF_A_DRAFT), (a_submitted_one, OF_A_SUBMITTED_ONE)],
    ids=["draft", "submitted"],
)
def test_pages_can_be_read_by_all_and_on_a_telephone(
    make, addresses: list[str], language: str, stage: Stage, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    """No rule of axe-core broken, nothing wider than 320 pixels; the chosen language is the page's."""
    dossier = make(stage)
    page = open_browser()
    enter(page, dossier.candidate.user, live_server)
    zoe = Candidate(page, dossier.candidate.user.email, stage.slug)
    if language == "en":
        zoe.go("/")
        zoe.press("English")
    for address in addresses:
        zoe.go(address.format(slug=stage.slug))
        expect(page.locator("html")).to_have_attribute("lang", language)
        look_at(page)
