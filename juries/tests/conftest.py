"""Fixtures of the juries' tests: a clock that stands still, the procedure while schools verify, and its staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from applicants.tests import scenario
from journal.clock import at_one_instant
from programmes.models import Procedure, School, Step

Counting = Callable[[User, str], int]


@pytest.fixture(autouse=True)
def _clock_stands_still() -> Iterator[None]:
    """One instant for the whole test: only `set_clock` moves time."""
    with at_one_instant():
        yield


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure, while the schools verify."""
    return scenario.procedure_at(scenario.VERIFYING)


@pytest.fixture
def office(procedure: Procedure) -> User:
    """The office of the procedure."""
    return scenario.staff(procedure, "office")


@pytest.fixture
def verifier(procedure: Procedure) -> User:
    """The admissions service of the school that the candidates rank first."""
    return scenario.staff(procedure, "verifier", "albi")


@pytest.fixture
def stranger(procedure: Procedure) -> User:
    """The admissions service of another school."""
    return scenario.staff(procedure, "verifier", "ales")


@pytest.fixture
def jury(procedure: Procedure) -> User:
    """A member of the common jury."""
    return scenario.staff(procedure, "jury")


@pytest.fixture
def president(procedure: Procedure) -> User:
    """Who presides the jury."""
    return scenario.staff(procedure, "president")


@pytest.fixture
def admissibility(procedure: Procedure) -> Step:
    """The step that declares candidates admissible."""
    return Step.objects.get(procedure=procedure, kind=Step.Kind.ADMISSIBILITY)


@pytest.fixture
def tests_step(procedure: Procedure) -> Step:
    """The step of the tests."""
    return Step.objects.get(procedure=procedure, kind=Step.Kind.TESTS)


@pytest.fixture
def admission(procedure: Procedure) -> Step:
    """The step that admits."""
    return Step.objects.get(procedure=procedure, kind=Step.Kind.ADMISSION)


@pytest.fixture
def albi(procedure: Procedure) -> School:
    """The school ranked first."""
    return School.objects.get(code="albi")


@pytest.fixture
def count_queries() -> Counting:
    """How many queries a page makes for somebody, once what lives as long as the process has been read."""

    def count(user: User, address: str) -> int:
        client = Client()
        client.force_login(user)
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return count
