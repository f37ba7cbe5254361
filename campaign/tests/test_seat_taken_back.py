"""A seat that the jury takes back by a correction was not given up, and no page says that it was. Rule: AST-24."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from applicants.models import Dossier, Receipt
from applicants.tests.scenario import procedure_at, staff
from journal.clock import at_one_instant
from juries.publication import confirm_correction, propose_correction
from offers.allocation import Reply
from offers.tests.market import JURY_DAY, market, play, seat_of
from programmes.models import Procedure, Step


@pytest.fixture(autouse=True)
def _clock_stands_still() -> Iterator[None]:
    with at_one_instant():
        yield


@pytest.fixture
def procedure(db: None) -> Procedure:
    return procedure_at(JURY_DAY)


@pytest.fixture
def zoe(procedure: Procedure) -> Dossier:
    """Somebody who has accepted for good, and whose admission was then corrected to a refusal."""
    dossiers = market(procedure, {"albi": "z"}, {"z": "albi"}, {"albi": 1})
    play(procedure, 1, {"z": Reply.ACCEPT}, dossiers)
    dossier = dossiers["z"]
    Receipt.objects.create(dossier=dossier, number="R", issued_at=procedure.now(), choices=[])
    decision = dossier.decisions.get(step__kind=Step.Kind.ADMISSION)
    proposed = propose_correction(decision.pk, outcome="refused", reason="Doublon", by=staff(procedure, "office"))
    confirm_correction(proposed.pk, by=staff(procedure, "president"))
    return dossier


@pytest.mark.django_db(transaction=True)  # what follows from a correction follows its commit
def test_no_page_says_that_the_candidate_gave_it_up(procedure: Procedure, zoe: Dossier) -> None:
    assert seat_of(zoe) == ("albi", "given_up")
    client = Client()
    client.force_login(zoe.candidate.user)
    home = client.get(f"/mon-dossier/{procedure.slug}/").content.decode()
    offers = client.get(f"/places/{procedure.slug}/").content.decode()
    assert "Vous n’êtes pas admis" in home
    assert "Le jury a rectifié sa décision" in offers
    assert "renoncé" not in home + offers
