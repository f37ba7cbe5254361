"""A sixth procedure, made of rules of the five: from the first click to enrolment without a line of Python for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from applicants.models import Choice
from campaign.rehearsal.company import gather
from campaign.rehearsal.script import play
from campaign.rehearsal.soundness import broken_rules
from juries.models import Decision, Evaluation, Opinion, TestSlot
from offers.models import Enrolment, Place
from payments.models import Charge
from programmes.loading import store
from programmes.models import Procedure
from programmes.procedure_file import read

FILE = Path(__file__).parent / "made_up" / "design-studios-2027.yaml"
CANDIDATES, SEED = 24, 5


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure as a rehearsal."""
    made = store(read(FILE), rehearsal=True)
    return Procedure.objects.get(pk=made.pk)


def test_it_runs_from_the_first_click_to_enrolment(procedure: Procedure) -> None:
    """Each of its rules is met by somebody on the way: what nobody meets would prove nothing."""
    play(gather(procedure, candidates=CANDIDATES, seed=SEED, samples=0))
    assert {rule: faults for rule, faults in broken_rules(procedure).items() if faults} == {}
    assert Choice.objects.filter(dossier__procedure=procedure, rank=2).exists(), "choices are ranked"
    study = Decision.objects.filter(step__procedure=procedure, step__code="study")
    assert set(study.values_list("outcome", flat=True)) == {"admissible", "not_admissible"}
    assert not study.exclude(out_of_turn_because="").exists(), "taken as they arrived"
    assert Opinion.objects.filter(step__procedure=procedure).exists()
    assert TestSlot.objects.filter(panel__step__procedure=procedure, choice__isnull=False).exists(), "interviews"
    marks = Counter(Evaluation.objects.filter(step__procedure=procedure).values_list("choice", flat=True))
    assert set(marks.values()) == {2}, "two marks each"
    places = Place.objects.filter(dossier__procedure=procedure)
    assert places.filter(decision__outcome=Decision.Outcome.WAITING).exists(), "the waiting list was called"
    assert places.filter(state=Place.State.DECLINED).exists(), "some gave their place back"
    deposits = Charge.objects.filter(account__procedure=procedure, reason="deposit", state=Charge.State.SETTLED)
    definitive = Enrolment.objects.filter(dossier__procedure=procedure, state=Enrolment.State.DEFINITIVE)
    assert 0 < definitive.count() <= deposits.count()
