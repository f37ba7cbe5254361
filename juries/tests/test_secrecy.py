"""What the desk may not give away of a decision that is not public. Rules: AST-13, AST-16."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from documents.models import Notice
from juries.models import Decision, DecisionCorrection
from juries.publication import (
    NotPublishable,
    announce,
    cancel_publication,
    confirm_correction,
    prepare_publication,
    propose_correction,
)
from juries.steps import Frozen
from juries.tests import rows
from notifications.models import Mail
from programmes.models import Procedure, Step

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("outcome", ["admissible", "not_admissible"])
def test_nobody_learns_a_decision_by_proposing_to_correct_it(
    procedure: Procedure, verifier: User, admissibility: Step, outcome: str
) -> None:
    """The form used to say that the outcome of the decision is no other outcome."""
    (dossier,) = rows.admissible(procedure, 1)
    client = Client()
    client.force_login(verifier)
    proposed = {"act": "propose", "decision": dossier.decisions.get().pk, "outcome": outcome, "reason": "Doublon"}
    page = reverse("admin:applicants_dossier_change", args=[dossier.pk])
    assert client.post(page, proposed).status_code == 404
    rows.published(admissibility)
    assert client.post(page, proposed).context["refused"].act == "propose"
    assert not DecisionCorrection.objects.exists()


def test_a_cancelled_admission_is_decided_anew(procedure: Procedure, president: User, admission: Step) -> None:
    """Its decisions follow from lists that may have changed since: they are not published as they stood."""
    (dossier,) = rows.admissible(procedure, 1)
    rows.decided(dossier, admission, Decision.Outcome.CONDITIONAL)
    prepare_publication(admission.pk, by=president)
    cancel_publication(admission.pk, by=president)
    with pytest.raises(NotPublishable):
        prepare_publication(admission.pk, by=president)
    assert not Decision.objects.filter(step=admission).exists()


def test_a_decision_corrected_before_it_was_announced_is_told_once_and_as_corrected(
    procedure: Procedure, president: User, office: User, admissibility: Step
) -> None:
    """The workers may be late by minutes: a second mail and a second letter would contradict the first."""
    dossier = rows.dossier(procedure)
    decision = rows.decided(dossier, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
    publication = rows.published(admissibility)
    correction = propose_correction(decision.pk, outcome="admissible", reason="Relevé égaré", by=president)
    confirm_correction(correction.pk, by=office)
    announce(publication.pk)
    assert [mail.kind for mail in Mail.objects.all()] == ["result_corrected"]
    assert [notice.kind for notice in Notice.objects.all()] == ["admissibility"]


def test_a_cancelled_admissibility_keeps_what_the_jury_decided(
    procedure: Procedure, president: User, admissibility: Step
) -> None:
    rows.admissible(procedure, 1)
    prepare_publication(admissibility.pk, by=president)
    cancel_publication(admissibility.pk, by=president)
    assert Decision.objects.filter(step=admissibility).count() == 1


@pytest.mark.parametrize("outcome", [Decision.Outcome.NOT_ADMISSIBLE, Decision.Outcome.ADMISSIBLE])
def test_admissibility_is_not_corrected_behind_an_admission_that_is_prepared(
    procedure: Procedure, president: User, office: User, admissibility: Step, admission: Step, outcome: str
) -> None:
    """Its lists would go on with somebody who is not admissible, or without somebody who is."""
    dossier = rows.dossier(procedure)
    before = next(one for one in ("admissible", "not_admissible") if one != outcome)
    decision = rows.decided(dossier, admissibility, before)
    rows.published(admissibility)
    waiting = propose_correction(decision.pk, outcome=outcome, reason="Relevé égaré", by=president)
    rows.decided(dossier, admission, Decision.Outcome.CONDITIONAL)
    prepare_publication(admission.pk, by=president)
    with pytest.raises(Frozen):
        confirm_correction(waiting.pk, by=office)
    with pytest.raises(Frozen):
        propose_correction(decision.pk, outcome=outcome, reason="Relevé égaré", by=president)
    cancel_publication(admission.pk, by=president)
    assert confirm_correction(waiting.pk, by=office).outcome == outcome
