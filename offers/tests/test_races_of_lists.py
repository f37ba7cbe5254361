"""Two acts at once on PostgreSQL: the jury sets or closes its lists while a mark is still being written.

A mark holds its dossier and waits for the step; a list holds the step and points to the dossier. The twin shows how
they would wait for each other if the dossier's key were held as well.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from accounts.models import User
from applicants.models import Dossier, DossierQuerySet
from applicants.tests.scenario import procedure_at, staff
from applicants.tests.test_races import both
from juries.marks import record_mark
from juries.models import Mark
from juries.steps import Frozen
from juries.tests.rows import published
from offers.lists import prepare_admission, set_list
from offers.tests.market import JURY_DAY, candidate, pool_of
from programmes.models import Procedure, Step

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def procedure() -> Procedure:
    made = procedure_at(JURY_DAY)
    published(made.steps.get(kind=Step.Kind.ADMISSIBILITY))
    return made


@pytest.fixture
def president(procedure: Procedure) -> User:
    return staff(procedure, "president")


@pytest.fixture
def zoe(procedure: Procedure) -> Dossier:
    return candidate(procedure, "zoe", ["albi"])


@pytest.fixture
def whole_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: dossiers are locked with their key."""

    def select_for_update(self: DossierQuerySet, **how: object) -> DossierQuerySet:
        return QuerySet.select_for_update(self, **how | {"no_key": False})  # type: ignore[arg-type]

    monkeypatch.setattr(DossierQuerySet, "select_for_update", select_for_update, raising=False)


def rank(dossier: Dossier, by: User) -> None:
    set_list(pool_of(dossier.procedure, "albi").pk, [dossier.pk], by=by)


def mark(dossier: Dossier, by: User) -> Mark | None:
    return record_mark(dossier.pk, "interview", value=Decimal(15), by=by)


def test_a_mark_waits_for_a_list_that_names_its_candidate(zoe: Dossier, president: User) -> None:
    ranked, marked = both(lambda: rank(zoe, president), lambda: mark(zoe, president))
    assert ranked is None
    assert isinstance(marked, Mark)


def test_a_mark_comes_too_late_for_a_publication_that_is_being_prepared(
    procedure: Procedure, zoe: Dossier, president: User
) -> None:
    rank(zoe, president)
    step = procedure.steps.get(kind=Step.Kind.ADMISSION)
    _, marked = both(lambda: prepare_admission(step.pk, by=president), lambda: mark(zoe, president))
    assert isinstance(marked, Frozen)
    assert zoe.decisions.filter(step=step).exists()


@pytest.mark.usefixtures("whole_lock")
def test_with_the_key_locked_they_would_wait_for_each_other(zoe: Dossier, president: User) -> None:
    results = both(lambda: rank(zoe, president), lambda: mark(zoe, president))
    assert any(isinstance(result, OperationalError) for result in results)
