"""Fixtures of the dossier's tests: a clock that stands still, the procedure open, a candidate and staff."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import User
from applicants.tests import scenario
from journal.clock import at_one_instant
from programmes.models import Procedure


@pytest.fixture(autouse=True)
def _clock_stands_still() -> Iterator[None]:
    """One instant for the whole test: only `set_clock` moves time."""
    with at_one_instant():
        yield


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure, in the middle of its window of applications."""
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def zoe(db: None) -> User:
    """A candidate."""
    return scenario.person()


@pytest.fixture
def other(db: None) -> User:
    """Another candidate."""
    return scenario.person("max@example.org")


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
