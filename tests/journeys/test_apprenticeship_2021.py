"""The joint application to apprenticeships of 2021, in real browsers, from the first click to enrolment.

Aminata asks two programmes of two schools in one dossier, which a central office examines, and adds a third. Each
decides by its own calendar and sees nothing of the others: one admits her, one lets her wait. She confirms, and sends
her title.
Rules: APP-01 to APP-11, APP-13 to APP-18, APP-20, APP-21.
"""

from __future__ import annotations

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.conftest import OpenBrowser
from tests.journeys.apprenticeship_2021.application import apply
from tests.journeys.apprenticeship_2021.cast import Cast
from tests.journeys.apprenticeship_2021.decisions import decide
from tests.journeys.apprenticeship_2021.enrolment import enrol
from tests.journeys.apprenticeship_2021.verification import verify
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.postgresql]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window of applications."""
    return Stage("2021-02-01 10:00", "apprenticeship-2021")


def test_two_programmes_decide_on_one_dossier(
    stage: Stage, open_browser: OpenBrowser, live_server: LiveServer, settings: Settings
) -> None:
    """Applies, is examined, adds a programme, is judged by each, confirms, sends the title, is enrolled."""
    cast = Cast(stage, open_browser, live_server)
    apply(cast, settings)
    verify(cast)
    decide(cast)
    enrol(cast)
