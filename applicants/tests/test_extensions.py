"""An extension keeps applications open for one candidate until its instant, and for nobody else. Rule: ALL-07."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.answers import save_answers
from applicants.extensions import WrongExtension, grant_extension
from applicants.models import Status
from applicants.submission import submit_dossier
from applicants.tests import scenario
from applicants.tests.scenario import PARIS
from journal.errors import Closed, NotAllowed
from notifications.rendering import render
from programmes.models import Procedure

UNTIL = dt.datetime(2026, 3, 24, 12, tzinfo=PARIS)


def test_only_that_candidate_submits_and_only_until_then(
    procedure: Procedure, zoe: User, other: User, office: User
) -> None:
    """At 11:59:59 it is accepted, at 12:00:00 refused; the other draft stays closed since the closing hour."""
    late, lost = scenario.complete(procedure, zoe), scenario.complete(procedure, other)
    grant_extension(late.pk, until=UNTIL, reason="Panne constatée le 20 mars.", by=office)
    scenario.set_clock(procedure, "2026-03-24 12:00:00")
    with pytest.raises(Closed, match="24 mars"):
        submit_dossier(late.pk, by=zoe)
    scenario.set_clock(procedure, "2026-03-24 11:59:59")
    with pytest.raises(Closed):
        submit_dossier(lost.pk, by=other)
    submit_dossier(late.pk, by=zoe)
    assert scenario.reloaded(late.pk).status == Status.SUBMITTED


def test_the_draft_can_be_filled_in_and_its_pages_say_until_when(procedure: Procedure, zoe: User, office: User) -> None:
    dossier = scenario.begun(procedure, zoe)
    scenario.set_clock(procedure, "2026-03-21 09:00")
    client = Client()
    client.force_login(zoe)
    home = reverse("campaign:dossier", args=[procedure.slug])
    assert "n’a pas été transmis" in client.get(home).content.decode()
    grant_extension(dossier.pk, until=UNTIL, reason="Panne", by=office)
    page = " ".join(client.get(home).content.decode().split())
    assert "À transmettre avant le mardi 24 mars 2026 à 12" in page
    assert "24 mars 2026" in client.get("/").content.decode()
    save_answers(dossier.pk, "identity", scenario.ANSWERS, by=zoe)
    told = render(scenario.mails("dossier_extended")[0])
    assert "mardi 24 mars 2026 à 12" in " ".join(told.text.split())
    assert "Panne" not in told.text
    assert "dossier.extended" in scenario.events(dossier.pk)


def test_only_the_office_grants_one(procedure: Procedure, zoe: User, verifier: User) -> None:
    dossier = scenario.begun(procedure, zoe)
    for stranger in (verifier, zoe):
        with pytest.raises(NotAllowed):
            grant_extension(dossier.pk, until=UNTIL, reason="Panne", by=stranger)


@pytest.mark.parametrize(
    ("until", "reason"),
    [(UNTIL, " "), (dt.datetime(2026, 3, 20, 23, tzinfo=PARIS), "Panne"), (dt.datetime(2026, 1, 1, tzinfo=PARIS), "?")],
)
def test_one_that_gives_no_time_or_no_reason_is_refused(
    procedure: Procedure, zoe: User, office: User, until: dt.datetime, reason: str
) -> None:
    dossier = scenario.begun(procedure, zoe)
    with pytest.raises(WrongExtension):
        grant_extension(dossier.pk, until=until, reason=reason, by=office)


def test_a_submitted_dossier_gets_none(procedure: Procedure, zoe: User, office: User) -> None:
    dossier = scenario.submitted(procedure, zoe)
    with pytest.raises(WrongExtension, match="correction"):
        grant_extension(dossier.pk, until=UNTIL, reason="Panne", by=office)


def test_the_office_grants_it_from_the_page_of_the_account(procedure: Procedure, zoe: User, office: User) -> None:
    dossier = scenario.begun(procedure, zoe)
    client = Client()
    client.force_login(office)
    account = reverse("admin:accounts_user_change", args=[zoe.pk])
    page = reverse("admin:campaign_extension", args=[zoe.pk, dossier.pk])
    assert page in client.get(account).content.decode()
    client.post(page, {"until": "2026-03-24T12:00", "reason": "Panne"})
    assert scenario.reloaded(dossier.pk).extended_until == UNTIL
    assert "Délai accordé jusqu’au mardi 24 mars 2026" in client.get(account).content.decode()
    refused = client.post(page, {"until": "2026-01-01T12:00", "reason": "Trop tôt"}).content.decode()
    assert "Trop tôt" in refused
    assert "après la clôture" in refused
