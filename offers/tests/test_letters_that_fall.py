"""A letter that no longer holds says so: after a correction, a withdrawal, a voiding. Rule: AST-24."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from applicants.endings import void_dossier, withdraw_dossier
from applicants.models import Dossier
from documents.authenticity import verified_notice
from documents.models import Notice
from juries.publication import confirm_correction, propose_correction
from offers.allocation import Reply
from offers.enrolment import pronounce_all_ready
from offers.tests.market import market, paper, play
from programmes.models import Procedure, Step


@pytest.fixture
def zoe(procedure: Procedure) -> Dossier:
    """Somebody who holds the letter of a definitive admission."""
    dossiers = market(procedure, {"albi": "z"}, {"z": "albi"}, {"albi": 1})
    play(procedure, 1, {"z": Reply.ACCEPT}, dossiers)
    for kind in ("required-title", "second-semester-transcript"):
        paper(dossiers["z"], kind, review="accepted")
    assert pronounce_all_ready(procedure) == 1
    return dossiers["z"]


def withdraw(zoe: Dossier, office: User, president: User) -> None:
    withdraw_dossier(zoe.pk, by=zoe.candidate.user)


def void(zoe: Dossier, office: User, president: User) -> None:
    void_dossier(zoe.pk, reason="Diplôme falsifié", by=office)


def correct(zoe: Dossier, office: User, president: User) -> None:
    decision = zoe.decisions.get(step__kind=Step.Kind.ADMISSION)
    proposed = propose_correction(decision.pk, outcome="refused", reason="Doublon", by=office)
    confirm_correction(proposed.pk, by=president)


@pytest.mark.parametrize(
    ("act", "title"),
    [
        (withdraw, "Retrait de votre candidature"),
        (void, "Annulation de votre candidature"),
        (correct, "Décision du jury sur votre candidature"),
    ],
)
def test_the_letter_of_an_admission_that_fell_is_replaced(
    zoe: Dossier, office: User, president: User, act: Callable[[Dossier, User, User], None], title: str
) -> None:
    letter = Notice.objects.get(kind="enrolment", recipient=zoe.candidate.user)
    act(zoe, office, president)
    verified = verified_notice(letter.number, letter.code)
    assert verified is not None
    assert verified.replacement is not None
    assert verified.replacement.title == title
