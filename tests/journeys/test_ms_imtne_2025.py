"""The story of a future expert of cybersecurity, in real browsers, from the first click to enrolment."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.actors import Candidate
from tests.conftest import OpenBrowser
from tests.journeys.ms_imtne_2025.application import apply
from tests.journeys.ms_imtne_2025.cast import Cast
from tests.journeys.ms_imtne_2025.enrolment import enrol
from tests.journeys.ms_imtne_2025.study import study
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.postgresql]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window, before the day by which international candidates are asked for."""
    return Stage("2025-03-03 10:00", "ms-imtne-2025")


def test_a_candidate_is_admitted_and_enrolled(stage: Stage, open_browser: OpenBrowser, live_server: LiveServer) -> None:
    """Applies from abroad, is studied, admitted under condition, keeps the place, pays, brings the title."""
    awa = Candidate(open_browser(), "awa@example.org", stage.slug)
    apply(stage, awa)
    cast = Cast(stage, awa, open_browser, live_server)
    study(cast)
    enrol(cast)
