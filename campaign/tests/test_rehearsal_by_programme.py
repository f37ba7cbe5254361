"""A rehearsal of a procedure whose programmes decide each for itself: from the first click to the last decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from applicants.models import Dossier, Status
from campaign.rehearsal.company import gather
from campaign.rehearsal.script import play
from campaign.rehearsal.soundness import broken_rules
from juries.choice_decisions import undecided_choices
from juries.models import Decision
from juries.tests.test_choice_decisions import FILE
from programmes.loading import store
from programmes.models import Procedure, Role
from programmes.procedure_file import read
from programmes.roles import STEP_OF


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The small procedure, as a rehearsal."""
    made = store(read(Path(FILE)), rehearsal=True)
    return Procedure.objects.get(pk=made.pk)


def test_nobody_is_hired_for_a_step_that_there_is_not(procedure: Procedure) -> None:
    """Whoever signs in as such a person finds something to do."""
    procedure.steps.filter(kind__in=STEP_OF.values()).delete()
    staff = gather(procedure, candidates=1, seed=3, samples=1).staff
    assert {(one.head, one.evaluators) for one in staff.programmes.values()} == {(None, ())}
    assert not Role.objects.filter(procedure=procedure, kind__in=STEP_OF).exists()
    procedure.steps.create(code="marks", kind="evaluation", label={"fr": "Notes", "en": "Marks"}, position=9)
    staff = gather(procedure, candidates=1, seed=3, samples=1).staff
    assert {(one.head, len(one.evaluators)) for one in staff.programmes.values()} == {(None, 2)}


def test_the_whole_of_it_is_sound(procedure: Procedure) -> None:
    company = gather(procedure, candidates=12, seed=3, samples=1)
    play(company)
    assert {rule: faults for rule, faults in broken_rules(procedure).items() if faults} == {}
    assert Dossier.objects.filter(procedure=procedure, status=Status.VALIDATED).count() > 6
    for step in procedure.steps.filter(kind__in=["admissibility", "admission"]):
        assert not undecided_choices(step).exists()
    assert not Decision.objects.filter(publication=None, dossier__status=Status.VALIDATED).exists()
    assert set(Decision.objects.values_list("outcome", flat=True)) >= {"admissible", "not_admissible"}
