"""The story of a lawyer from Brazil, in real browsers, from the first click to enrolment and a deposit paid back."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.actors import Candidate
from tests.conftest import OpenBrowser
from tests.journeys.ms_imtbs_2024.application import apply
from tests.journeys.ms_imtbs_2024.cast import Cast
from tests.journeys.ms_imtbs_2024.enrolment import enrol
from tests.journeys.ms_imtbs_2024.judgement import judge
from tests.journeys.ms_imtbs_2024.study import study
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.postgresql]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its spring."""
    return Stage("2024-04-15 10:00", "ms-imtbs-2024")


def test_a_candidate_is_admitted_and_enrolled(stage: Stage, open_browser: OpenBrowser, live_server: LiveServer) -> None:
    """Reads her conditions, applies, books an interview, is marked twice, admitted, pays, is paid back."""
    livia = Candidate(open_browser(), "livia@example.org", stage.slug)
    apply(stage, livia)
    cast = Cast(stage, livia, open_browser, live_server)
    study(cast)
    judge(cast)
    enrol(cast)
