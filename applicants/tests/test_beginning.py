"""Who may begin a dossier at all. Rule: AST-01."""

from __future__ import annotations

import pytest

from accounts.models import User
from applicants.dossiers import WorksHere, start_dossier
from applicants.models import Dossier
from applicants.tests.scenario import person
from programmes.models import Procedure, Role


@pytest.mark.parametrize("kind", Role.Kind.values)
def test_who_works_on_a_procedure_does_not_apply_to_it(procedure: Procedure, kind: str) -> None:
    """A member of the jury would judge themselves, and one of a school's service accept their own papers."""
    member: User = person("member@example.org")
    Role.objects.create(user=member, procedure=procedure, kind=kind)
    with pytest.raises(WorksHere):
        start_dossier(procedure.pk, by=member)
    assert not Dossier.objects.exists()


def test_who_works_elsewhere_may_apply(procedure: Procedure) -> None:
    member = person("member@example.org")
    elsewhere = Procedure.objects.create(slug="autre", code="autre", year=2026)
    Role.objects.create(user=member, procedure=elsewhere, kind=Role.Kind.JURY)
    assert start_dossier(procedure.pk, by=member).candidate.user == member
