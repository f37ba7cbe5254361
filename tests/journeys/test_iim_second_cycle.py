"""The second cycle of a digital school, in real browsers, from the first click to enrolment.

One seat is left in the major of video games. Ulysse arrives first and is admitted; Naïma waits at rank 1. He fails the
baccalauréat, is paid his deposit back and gives the seat up; so she is called, and confirms within fifteen days.
Rules: IIM-01 to IIM-08.
"""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from programmes.models import Pool
from tests.conftest import OpenBrowser
from tests.journeys.iim_second_cycle.application import apply
from tests.journeys.iim_second_cycle.cast import Cast
from tests.journeys.iim_second_cycle.place import enrol
from tests.journeys.iim_second_cycle.selection import select
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.postgresql]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window of applications, with one seat left in that major."""
    stage = Stage("2026-05-12 10:00", "iim-second-cycle")
    Pool.objects.filter(programme__procedure=stage.procedure, programme__code="jeux-video").update(seats=1)
    return stage


def test_a_candidate_is_called_from_the_waiting_list(
    stage: Stage, open_browser: OpenBrowser, live_server: LiveServer
) -> None:
    """Applies, is studied in her turn, meets the jury, waits, is called, confirms, is told when it starts."""
    cast = Cast(stage, open_browser, live_server)
    apply(cast)
    select(cast)
    enrol(cast)
