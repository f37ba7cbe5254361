"""The banner of an incident stands on every page of its procedure, in the reader's language, and on no other's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from applicants.tests import scenario
from journal.errors import NotAllowed
from programmes.incidents import WrongBanner, end_incident, show_incident
from programmes.loading import store
from programmes.models import Procedure

pytestmark = pytest.mark.django_db
FR, EN = "Le paiement par carte est en panne.", "Card payments are down."
PAGES = (
    "/",
    "/procedures/{slug}/",
    "/mon-dossier/{slug}/",
    "/dossier/{slug}/page/identity/",
    "/dossier/{slug}/titre/",
    "/dossier/{slug}/voeux/",
    "/dossier/{slug}/pieces/",
    "/dossier/{slug}/pieces/cv/",
    "/dossier/{slug}/referents/",
    "/dossier/{slug}/frais/",
    "/dossier/{slug}/relecture/",
    "/dossier/{slug}/messages/",
    "/dossier/{slug}/accuse/",
    "/dossier/{slug}/retrait/",
)


@pytest.fixture
def procedure() -> Procedure:
    return scenario.procedure_at(scenario.OPEN)


def test_it_stands_on_every_page_until_it_is_taken_down(procedure: Procedure) -> None:
    office, zoe = scenario.staff(procedure, "office"), scenario.person()
    scenario.submitted(procedure, zoe)
    client = Client()
    client.force_login(zoe)
    show_incident(procedure.pk, fr=FR, en=EN, by=office)
    missing = [page for page in PAGES if FR not in client.get(page.format(slug=procedure.slug)).content.decode()]
    assert missing == []
    assert EN in client.get(f"/mon-dossier/{procedure.slug}/", headers={"accept-language": "en"}).content.decode()
    end_incident(procedure.pk, by=office)
    assert not [page for page in PAGES if FR in client.get(page.format(slug=procedure.slug)).content.decode()]
    assert {"incident.shown", "incident.ended"} <= set(scenario.events(procedure.pk))


def test_another_procedure_does_not_show_it(procedure: Procedure) -> None:
    elsewhere = store(scenario.ast_2026(), rehearsal=True, slug="une-autre")
    show_incident(procedure.pk, fr=FR, en=EN, by=scenario.staff(procedure, "office"))
    assert FR not in Client().get(f"/procedures/{elsewhere.slug}/").content.decode()


@pytest.mark.parametrize(("fr", "en"), [(FR, ""), ("", EN), ("x" * 401, EN)])
def test_it_has_words_in_both_languages(procedure: Procedure, fr: str, en: str) -> None:
    with pytest.raises(WrongBanner):
        show_incident(procedure.pk, fr=fr, en=en, by=scenario.staff(procedure, "office"))


def test_only_the_office_shows_it_and_from_the_procedures_page(procedure: Procedure) -> None:
    verifier, office = scenario.staff(procedure, "verifier"), scenario.staff(procedure, "office")
    with pytest.raises(NotAllowed):
        show_incident(procedure.pk, fr=FR, en=EN, by=verifier)
    with pytest.raises(NotAllowed):
        end_incident(procedure.pk, by=verifier)
    client = Client()
    client.force_login(office)
    own = reverse("admin:programmes_procedure_change", args=[procedure.pk])
    page = reverse("admin:campaign_incident", args=[procedure.pk])
    assert page in client.get(own).content.decode()
    client.post(page, {"fr": FR, "en": EN})
    assert FR in client.get(own).content.decode()
    client.post(reverse("admin:campaign_incident_end", args=[procedure.pk]))
    assert FR not in client.get(own).content.decode()
    client.force_login(verifier)
    assert client.get(page).status_code in (403, 404)
