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

CODES = [path.stem for path in FILES if path.stem != "ast-2026"]  # campaign/tests/test_rehearsal.py plays that one


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", CODES)
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
