"""Two acts at once on PostgreSQL: the jury against the publication, two planners against each other.

Who decides and who prepares hold the step in turn: what is published is what was decided. The twin shows a
decision that changes behind a publication when nobody holds it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from accounts.models import User
from applicants.dossiers import lock
from applicants.models import Dossier
from applicants.tests import scenario
from applicants.tests.test_races import both
from documents.models import Notice
from juries.decisions import decide_admissibility
from juries.models import Decision, Publication, TestSlot
from juries.planning import Placement, add_panel, assign_candidates, plan_slots
from juries.publication import announce, confirm_correction, prepare_publication, propose_correction
from juries.steps import Frozen
from juries.tests import rows
from programmes.models import Procedure, School, Step

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def procedure() -> Procedure:
    return scenario.procedure_at(scenario.VERIFYING)


@pytest.fixture
def decided(procedure: Procedure) -> Dossier:
    """The only dossier, declared admissible."""
    return rows.admissible(procedure, 1)[0]


def refuse(dossier: Dossier, jury: User) -> Decision:
    return decide_admissibility(dossier.pk, admissible=False, reason="À la réflexion", by=jury)


def test_a_decision_that_comes_while_the_publication_is_prepared_is_refused(
    decided: Dossier, admissibility: Step, jury: User, president: User
) -> None:
    prepared, refused = both(lambda: prepare_publication(admissibility.pk, by=president), lambda: refuse(decided, jury))
    assert isinstance(prepared, Publication)
    assert isinstance(refused, Frozen)
    assert Decision.objects.get().outcome == Decision.Outcome.ADMISSIBLE


def test_without_the_lock_a_decision_changes_behind_the_publication(
    decided: Dossier, admissibility: Step, jury: User, president: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
    both(lambda: prepare_publication(admissibility.pk, by=president), lambda: refuse(decided, jury))
    assert Publication.objects.exists()
    assert Decision.objects.get().outcome == Decision.Outcome.NOT_ADMISSIBLE


def end_role(dossier: Dossier, jury: User) -> None:
    """Who holds the dossier takes the juror's role away."""
    lock(dossier.pk)
    jury.roles.all().delete()


def test_who_loses_the_role_while_waiting_decides_nothing(decided: Dossier, jury: User) -> None:
    _, refused = both(lambda: end_role(decided, jury), lambda: refuse(decided, jury))
    assert isinstance(refused, Dossier.DoesNotExist)
    assert Decision.objects.get().outcome == Decision.Outcome.ADMISSIBLE


def test_without_the_lock_who_loses_the_role_decides_all_the_same(
    decided: Dossier, jury: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
    both(lambda: end_role(decided, jury), lambda: refuse(decided, jury))
    assert Decision.objects.get().outcome == Decision.Outcome.NOT_ADMISSIBLE


def test_a_publication_waits_for_the_decision_under_way(
    procedure: Procedure, admissibility: Step, jury: User, president: User
) -> None:
    dossier = rows.dossier(procedure)
    decision, prepared = both(
        lambda: refuse(dossier, jury), lambda: prepare_publication(admissibility.pk, by=president)
    )
    assert isinstance(decision, Decision)
    assert isinstance(prepared, Publication)


def test_an_announcement_waits_for_a_correction_under_way(
    decided: Dossier, admissibility: Step, president: User, office: User
) -> None:
    publication = rows.published(admissibility)
    correction = propose_correction(decided.decisions.get().pk, outcome="not_admissible", reason="Doublon", by=office)
    both(lambda: confirm_correction(correction.pk, by=president), lambda: announce(publication.pk))
    assert [notice.kind for notice in Notice.objects.all()] == ["refusal"]


@pytest.fixture
def planners(
    procedure: Procedure, admissibility: Step, tests_step: Step, albi: School, verifier: User, office: User
) -> tuple[Callable[[], Placement], Callable[[], Placement]]:
    """Two who place the same three candidates."""
    rows.admissible(procedure, 3)
    rows.published(admissibility)
    for test in ("interview", "english"):
        add_panel(tests_step.pk, albi.pk, test=test, name=test, room="B12", by=verifier)
    plan_slots(tests_step.pk, albi.pk, by=verifier)
    return (
        lambda: assign_candidates(tests_step.pk, albi.pk, by=verifier),
        lambda: assign_candidates(tests_step.pk, albi.pk, by=office),
    )


def test_two_planners_place_nobody_twice(planners: tuple[Callable[[], Placement], Callable[[], Placement]]) -> None:
    assert both(*planners) == (Placement(placed=3, left_over=0), Placement(placed=0, left_over=0))
    assert TestSlot.objects.exclude(dossier=None).count() == 6


def test_without_the_lock_both_place_them(
    planners: tuple[Callable[[], Placement], Callable[[], Placement]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
    assert both(*planners) == (Placement(placed=3, left_over=0), Placement(placed=3, left_over=0))
