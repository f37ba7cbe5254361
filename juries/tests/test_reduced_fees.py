"""A reduced fee before whoever validates: it is judged first, and its difference paid. Rule: APP-12."""

from __future__ import annotations

import pytest

from accounts.models import User
from applicants.contents import read_contents
from applicants.models import Dossier
from applicants.reductions import decide_reduction
from applicants.tests.scenario import person, reloaded, set_clock, staff
from juries.tests.test_fee_of_several_programmes import FEE, procedure_with, submitted_scholar
from juries.verification import what_remains


@pytest.fixture
def dossier(db: None) -> Dossier:
    """A dossier that was submitted on the reduced fee."""
    return submitted_scholar(procedure_with(FEE), person())


@pytest.fixture
def office(dossier: Dossier) -> User:
    return staff(dossier.procedure, "office")


def test_it_is_decided_before_validation(dossier: Dossier, office: User) -> None:
    assert "Le tarif réduit est demandé : acceptez-le ou refusez-le." in obstacles(dossier)
    decide_reduction(dossier.pk, accepted=True, by=office)
    assert not [sentence for sentence in obstacles(dossier) if "tarif" in sentence or "frais" in sentence]


def test_a_difference_that_is_not_paid_in_time_stands_in_the_way(dossier: Dossier, office: User) -> None:
    decide_reduction(dossier.pk, accepted=False, reason="Avis de 2024.", by=office)
    set_clock(dossier.procedure, "2026-02-20 10:00:01")
    assert any("le dossier n’est pas étudié" in sentence for sentence in obstacles(dossier))


def obstacles(dossier: Dossier) -> list[str]:
    """What stands in the way of validation, in words."""
    return [obstacle.sentence for obstacle in what_remains(read_contents(reloaded(dossier.pk)), [])]
