"""Each procedure from the first click to enrolment, on the same code, by made-up people who call the same acts."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from applicants.models import Dossier, Status
from documents.models import Notice
from offers.models import Enrolment
from tests.procedures import FILES

ALSO_IN_A_HURRY = "apprenticeship-2021"  # it has the most rules; the others are played in the long run
CODES = [path.stem for path in FILES if path.stem != "ast-2026"]  # campaign/tests/test_rehearsal.py plays that one


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=[] if code == ALSO_IN_A_HURRY else [pytest.mark.long]) for code in CODES]
)
def test_made_up_candidates_come_from_the_first_click_to_a_definitive_admission(code: str) -> None:
    """A part of a file that no act can carry out would stop them somewhere on the way."""
    out = StringIO()
    call_command("rehearse", code, candidates=8, seed=2, samples=0, json=True, stdout=out)
    assert set(json.loads(out.getvalue())["sound"].values()) == {True}
    dossiers = Dossier.objects.filter(procedure__code=code)
    assert dossiers.filter(status=Status.VALIDATED).count() >= 4
    admitted = Enrolment.objects.filter(dossier__in=dossiers, state=Enrolment.State.DEFINITIVE)
    assert admitted.exists()
    assert Notice.objects.filter(procedure__code=code, kind="decision").exists()
