"""« Puis-je candidater ? »: answered to a stranger from each procedure's own data, and nothing of it is kept."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applicants.models import Candidate, Dossier
from applicants.tests import scenario
from applicants.tests.reading import Page, read
from campaign.rehearsal.opening import codes
from journal.models import Entry
from programmes.loading import store
from programmes.models import Procedure

MOST_QUERIES = 12
ANSWER = "Dans votre situation"


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The procedure, open."""
    return scenario.procedure_at(scenario.OPEN)


def asked(code: str, **said: str) -> Page:
    """What the page says of somebody who says so."""
    procedure = store(scenario.file_of(code), rehearsal=True)
    address = reverse("campaign:eligibility", args=[procedure.slug])
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(f"{address}?{urlencode(said)}" if said else address)
    assert answer.status_code == 200
    assert len(queries) <= MOST_QUERIES
    return read(answer)


@pytest.mark.parametrize("code", codes())
def test_every_procedure_asks_and_keeps_nothing(db: None, code: str) -> None:
    text = asked(code)
    assert "Voir la réponse" in text
    assert ANSWER not in text
    kept = (Candidate.objects.all(), Dossier.objects.all(), Entry.objects.filter(event__startswith="dossier"))
    assert not any(rows.exists() for rows in kept)


def test_a_title_opens_some_schools_and_the_others_say_what_would(db: None) -> None:
    text = asked("ast-2026", title="L3", speciality_0="biologie-biochimie", equivalence="")
    assert ANSWER in text
    assert "La Licence mention Biologie, Biochimie n’est pas recevable à IMT Nord Europe." in text
    opened = text.split("Ce qui ouvre IMT Nord Europe")[1].split("</details>")[0]
    assert "Mathématiques" in opened
    assert "Biologie" not in opened
    assert "BUT" not in opened
    assert "10 places avec ce titre" in text  # Albi, for a Licence


def test_without_a_title_one_is_asked_for(db: None) -> None:
    text = asked("ast-2026", title="", scholarship="no")
    assert ANSWER not in text
    assert "data-error-summary" in text


def test_papers_and_fee_follow_the_situation(db: None) -> None:
    scholar = asked("apprenticeship-2021", scholarship="yes", goes_abroad="yes", nationality="FR")
    assert "22 €" in scholar
    assert "Titres de transport" in scholar
    other = asked_again("apprenticeship-2021", scholarship="no", goes_abroad="no", nationality="FR")
    assert "77 €" in other
    assert "Titres de transport" not in other


def test_who_needs_a_visa_reads_the_earlier_date_and_what_to_declare(db: None) -> None:
    text = asked("ms-imtne-2025", nationality="MA", access_title="m1-experienced")
    assert "avant le mercredi 12 mars 2025 à minuit" in text
    assert "répondre oui à : Avez-vous au moins trois ans d’expérience" in text
    assert (
        "12 mars"
        not in asked_again("ms-imtne-2025", nationality="FR", access_title="engineer")
        .split(ANSWER)[1]
        .split("<form")[0]
    )


def test_what_is_declared_under_one_status_only_is_told_as_such(db: None) -> None:
    """APP-18: which status one chooses is not asked here."""
    text = asked("apprenticeship-2021", nationality="MA")
    assert "J’ai lu les trois conditions de l’apprentissage" in text
    assert "selon ce que vous répondrez d’autre" in text
    assert "J’ai lu les trois conditions" not in asked_again("apprenticeship-2021", nationality="FR")


def test_who_has_a_dossier_is_led_to_it(procedure: Procedure, client: Client) -> None:
    zoe = scenario.person()
    scenario.begun(procedure, zoe)
    address = reverse("campaign:eligibility", args=[procedure.slug])
    told = f"{address}?{urlencode({'title': 'L3', 'speciality_0': 'chimie'})}"
    assert "Commencer mon dossier" in client.get(told).content.decode()
    client.force_login(zoe)
    page = client.get(told).content.decode()
    assert "Ouvrir mon dossier" in page
    assert "Commencer mon dossier" not in page


def asked_again(code: str, **said: str) -> Page:
    """As `asked`, of a procedure that is there."""
    address = reverse("campaign:eligibility", args=[f"essai-{code}"])
    return read(Client().get(f"{address}?{urlencode(said)}"))
