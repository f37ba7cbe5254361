"""The whole story of one candidate, in real browsers, from the first click to enrolment."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.actors import Candidate, Person
from tests.conftest import OpenBrowser
from tests.journeys.ast_2026.application import apply
from tests.journeys.ast_2026.cast import Cast
from tests.journeys.ast_2026.integration import integrate
from tests.journeys.ast_2026.jury import judge
from tests.journeys.ast_2026.verification import verify
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window of applications."""
    return Stage("2026-02-10 10:00")


def test_a_candidate_is_admitted(
    stage: Stage, open_browser: OpenBrowser, live_server: LiveServer, settings: Settings
) -> None:
    """Applies, corrects, is judged, sits the tests, answers two periods, sends the title, is enrolled."""
    zoe = Candidate(open_browser(), "zoe@example.org", stage.slug)
    apply(stage, zoe, Person(open_browser()), settings)
    cast = Cast(stage, zoe, open_browser, live_server)
    verify(cast)
    judge(cast)
    integrate(cast)
