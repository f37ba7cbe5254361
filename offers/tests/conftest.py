"""Fixtures of the integration's tests: a clock that stands still, the procedure on the jury's day, and staff."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import User
from applicants.tests.scenario import procedure_at, staff
from journal.clock import at_one_instant
from offers.tests.market import JURY_DAY
from programmes.models import Procedure


@pytest.fixture(autouse=True)
def _clock_stands_still() -> Iterator[None]:
    """One instant for the whole test: only `set_clock` moves time."""
    with at_one_instant():
        yield


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure, on the day on which the jury of admission meets."""
    return procedure_at(JURY_DAY)


@pytest.fixture
def office(procedure: Procedure) -> User:
    """The office of the procedure."""
    return staff(procedure, "office")


@pytest.fixture
def president(procedure: Procedure) -> User:
    """Who presides over the jury."""
    return staff(procedure, "president")


@pytest.fixture
def verifier(procedure: Procedure) -> User:
    """The admissions service of Albi."""
    return staff(procedure, "verifier", "albi")


@pytest.fixture
def stranger(procedure: Procedure) -> User:
    """The admissions service of Alès."""
    return staff(procedure, "verifier", "ales")
