"""A candidate with a dossier that can be submitted, signed in before a browser."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.models import Dossier
from applicants.tests import scenario
from tests.actors import Candidate, enter
from tests.candidate import EMAIL
from tests.conftest import OpenBrowser
from tests.stage import Stage


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """The procedure in its window of applications."""
    return Stage("2026-02-10 10:00")


@pytest.fixture
def user(stage: Stage) -> User:
    """A candidate, whose address is proven."""
    user = scenario.person(EMAIL)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


@pytest.fixture
def dossier(stage: Stage, user: User) -> Dossier:
    """A dossier that can be submitted."""
    return scenario.complete(stage.procedure, user)


@pytest.fixture
def zoe(stage: Stage, user: User, dossier: Dossier, open_browser: OpenBrowser, live_server: LiveServer) -> Candidate:
    """The candidate, signed in."""
    page = open_browser()
    enter(page, user, live_server)
    return Candidate(page, EMAIL, stage.slug)
