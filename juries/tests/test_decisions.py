"""Admissibility: who decides, on what, until when."""

from __future__ import annotations

import pytest

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.tests import scenario
from journal.errors import NotAllowed
from juries.decisions import NotJudgeable, decide_admissibility
from juries.models import Decision
from juries.steps import Frozen
from juries.tests import rows
from programmes.loading import store
from programmes.models import Procedure, Step


@pytest.fixture
def dossier(procedure: Procedure) -> Dossier:
    return rows.dossier(procedure)


def test_the_jury_declares_admissible_then_changes_its_mind(dossier: Dossier, jury: User) -> None:
    decide_admissibility(dossier.pk, admissible=True, by=jury)
    decide_admissibility(dossier.pk, admissible=False, reason="Trop peu de physique", by=jury)
    decision = Decision.objects.get()
    assert (decision.outcome, decision.reason) == (Decision.Outcome.NOT_ADMISSIBLE, "Trop peu de physique")
    assert scenario.events(dossier.pk) == ["decision.taken", "decision.taken"]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_refusal_needs_its_reason(dossier: Dossier, jury: User, reason: str) -> None:
    with pytest.raises(NotJudgeable):
        decide_admissibility(dossier.pk, admissible=False, reason=reason, by=jury)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.WITHDRAWN])
def test_only_validated_dossiers_are_judged(procedure: Procedure, jury: User, status: str) -> None:
    made = rows.dossier(procedure, status=status)
    with pytest.raises(NotJudgeable):
        decide_admissibility(made.pk, admissible=True, by=jury)


def test_a_draft_is_not_there_for_the_jury(procedure: Procedure, jury: User) -> None:
    made = rows.dossier(procedure, status=Status.DRAFT)
    with pytest.raises(Dossier.DoesNotExist):
        decide_admissibility(made.pk, admissible=True, by=jury)


def test_neither_office_nor_school_judges(dossier: Dossier, office: User, verifier: User) -> None:
    for person in (office, verifier):
        with pytest.raises(NotAllowed):
            decide_admissibility(dossier.pk, admissible=True, by=person)


def test_the_jury_of_another_procedure_sees_nothing(dossier: Dossier) -> None:
    elsewhere = store(scenario.ast_2026(), rehearsal=True, slug="ailleurs")
    with pytest.raises(Dossier.DoesNotExist):
        decide_admissibility(dossier.pk, admissible=True, by=scenario.staff(elsewhere, "jury"))


def test_decisions_are_frozen_once_prepared(dossier: Dossier, admissibility: Step, jury: User) -> None:
    rows.published(admissibility)
    with pytest.raises(Frozen):
        decide_admissibility(dossier.pk, admissible=True, by=jury)
