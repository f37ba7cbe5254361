"""Nobody is candidate and judge in one procedure, not even when both happen at the same moment on PostgreSQL.

Beginning a dossier and getting a role hold the account in turn; the twin shows both done when nobody holds it.
"""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from accounts.models import User
from applicants.dossiers import WorksHere, start_dossier
from applicants.models import Dossier
from applicants.tests import scenario
from applicants.tests.test_races import both
from campaign.staffing import NotStaffable, give_role
from programmes.models import Procedure, Role

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def procedure() -> Procedure:
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def zoe() -> User:
    return scenario.person()


@pytest.fixture
def office(procedure: Procedure) -> User:
    return scenario.staff(procedure, "office")


def give(procedure: Procedure, zoe: User, by: User) -> Role:
    return give_role(procedure.pk, email=zoe.email, name="", kind=Role.Kind.JURY, school_id=None, by=by)


def test_a_role_that_is_being_given_keeps_its_person_from_applying(
    procedure: Procedure, zoe: User, office: User
) -> None:
    given, begun = both(lambda: give(procedure, zoe, office), lambda: start_dossier(procedure.pk, by=zoe))
    assert isinstance(given, Role)
    assert isinstance(begun, WorksHere)


def test_a_dossier_that_is_being_begun_keeps_its_person_from_a_role(
    procedure: Procedure, zoe: User, office: User
) -> None:
    begun, given = both(lambda: start_dossier(procedure.pk, by=zoe), lambda: give(procedure, zoe, office))
    assert isinstance(begun, Dossier)
    assert isinstance(given, NotStaffable)


def test_without_the_lock_one_is_both(
    procedure: Procedure, zoe: User, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
    both(lambda: give(procedure, zoe, office), lambda: start_dossier(procedure.pk, by=zoe))
    assert Role.objects.filter(user=zoe).exists()
    assert Dossier.objects.filter(candidate__user=zoe).exists()
