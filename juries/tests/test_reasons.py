"""Whatever staff type as a reason is kept or refused in words, on every page: PostgreSQL refuses a NUL, and a text that
is longer than its column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.corrections import ask_correction
from applicants.models import Dossier
from applicants.tests import scenario
from documents.models import SupportingDocument
from juries.decisions import decide_admissibility
from juries.models import Decision
from juries.tests import rows
from notifications.models import Mail
from payments.models import Charge, Exemption
from programmes.models import Procedure, Step

pytestmark = pytest.mark.django_db

WITH_NUL, KEPT = "Ill\x00isible\x07", "Illisible"
TOO_LONG = "x" * 501
Post = Callable[..., str]


@pytest.fixture
def dossier(procedure: Procedure) -> Dossier:
    """A dossier with the school."""
    scenario.set_clock(procedure, scenario.OPEN)
    made = scenario.submitted(procedure, scenario.person())
    scenario.set_clock(procedure, scenario.VERIFYING)
    return scenario.reloaded(made.pk)


@pytest.fixture
def post(office: User, dossier: Dossier) -> Post:
    """Posts an act of the dossier's page, and returns what the page then says."""
    client = Client()
    client.force_login(office)
    page = reverse("admin:applicants_dossier_change", args=[dossier.pk])

    def do(act: str, **fields: object) -> str:
        fee = Charge.objects.get(account=dossier.account_id)
        answer = client.post(page, {"act": act, "charge": fee.pk, **fields}, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return do


def said_too_long(page: str) -> bool:
    return "plus de 500 caractères" in page


def test_of_a_paper(dossier: Dossier, post: Post) -> None:
    document = SupportingDocument.objects.filter(folder=dossier.folder_id).first()
    assert document is not None
    refused = {"document": document.pk, "verdict": "refused"}
    assert said_too_long(post("review", reason=TOO_LONG, **refused))
    post("review", reason=WITH_NUL, **refused)
    document.refresh_from_db()
    assert document.review_reason == KEPT


@pytest.mark.parametrize("act", ["review", "decide_exemption"])
def test_a_request_that_says_neither_yes_nor_no_refuses_nothing(dossier: Dossier, office: User, act: str) -> None:
    client = Client()
    client.force_login(office)
    document = SupportingDocument.objects.filter(folder=dossier.folder_id).first()
    assert document is not None
    fee = Charge.objects.get(account=dossier.account_id)
    said = {"act": act, "document": document.pk, "charge": fee.pk, "reason": "Illisible"}
    assert client.post(reverse("admin:applicants_dossier_change", args=[dossier.pk]), said).status_code == 404
    document.refresh_from_db()
    assert document.review == "unreviewed"


def test_of_a_transfer_that_never_came(post: Post) -> None:
    assert said_too_long(post("refuse_transfer", reason=TOO_LONG))
    post("refuse_transfer", reason=WITH_NUL)
    assert Mail.objects.get(kind="transfer_not_received").context["reason"] == KEPT


def test_of_an_exemption(dossier: Dossier, post: Post) -> None:
    charge = Charge.objects.get(account=dossier.account_id)
    charge.payments.all().delete()
    exemption = Exemption.objects.create(charge=charge)
    assert said_too_long(post("decide_exemption", verdict="refused", reason=TOO_LONG))
    post("decide_exemption", verdict="refused", reason=WITH_NUL)
    exemption.refresh_from_db()
    assert exemption.reason == KEPT


def test_of_a_correction_that_is_asked(dossier: Dossier, office: User) -> None:
    until = dossier.procedure.now() + dt.timedelta(days=7)
    asked = ask_correction(dossier.pk, opens=["paper:cv"], reason=WITH_NUL, until=until, by=office)
    assert asked.reason == KEPT


def test_of_the_jury(procedure: Procedure, jury: User, admissibility: Step) -> None:
    before_the_jury = rows.dossier(procedure)
    client = Client()
    client.force_login(jury)
    page = reverse("admin:juries_decide", args=[admissibility.pk, before_the_jury.pk])
    assert client.post(page, {"decision": "not_admissible", "reason": "\x00"}).status_code == 302
    assert not Decision.objects.exists()  # nothing that can be read is no reason
    decide_admissibility(before_the_jury.pk, admissible=False, reason=WITH_NUL, by=jury)
    assert Decision.objects.get().reason == KEPT
