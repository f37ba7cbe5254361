"""The candidate's page of a place: what is to be done, until when, and giving it up with one more question."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applicants.tests.reading import read
from applicants.tests.scenario import set_clock
from documents.models import SupportingDocument
from offers.models import Place
from offers.tests.admitted import (
    ADMITTED,
    BY_WORD,
    accept_form,
    admit,
    announce_deposit,
    applicant,
    decide,
    deposit_form,
    due_acts,
    owner,
    pay_deposit,
    small,
    state_of,
    worker,
)

MOST_QUERIES = 12


def look(client: Client, place: Place, page: str = "offers:place", *key: int) -> str:
    """What the candidate reads there."""
    client.force_login(owner(place))
    return read(client.get(reverse(page, args=[place.procedure.slug, *key]), follow=True))


class TestByPaperAndDeposit:
    @pytest.fixture
    def place(self, db: None) -> Place:
        return admit(small(), 1)

    def test_it_says_what_to_do_and_until_when(self, client, place):
        said = look(client, place)
        assert "au plus tard le mardi 16 juin 2026 à minuit" in said
        assert "À déposer" in said
        assert "À régler" in said
        assert "450 €" in said
        assert "Confirmer ma place" not in said

    def test_each_thing_has_its_state(self, client, place):
        deposit_form(place)
        announce_deposit(place)
        said = look(client, place)
        assert "À l’examen" in said
        assert "Annoncé" in said
        assert "l’école examine votre confirmation" in said

    def test_the_page_of_its_paper_says_what_it_is_for_and_leads_back(self, client, place):
        client.force_login(owner(place))
        said = read(client.get(reverse("applicants:paper", args=[place.procedure.slug, "commitment"])))
        assert "Cette pièce confirme votre place." in said
        assert "Cette pièce n’est pas obligatoire." not in said
        assert "Revenir à ma place" in said

    def test_confirmed_it_says_so_and_when_it_starts(self, client, place):
        accept_form(place, worker(place.procedure, "verifier", "data"))
        pay_deposit(place, worker(place.procedure, "office"))
        said = look(client, place)
        assert "admission définitive" in said
        assert "lundi 5 octobre 2026" in said

    def test_giving_a_confirmed_place_up_speaks_of_the_deposit_that_was_paid(self, client, place):
        """Where it matters: the sum is gone but in the cases that the rules name."""
        assert "que vous avez réglé" not in look(client, place, "offers:decline_place", place.pk)
        accept_form(place, worker(place.procedure, "verifier", "data"))
        pay_deposit(place, worker(place.procedure, "office"))
        said = look(client, place, "offers:decline_place", place.pk)
        assert "que vous avez réglé n’est rendu que dans les cas prévus" in said

    def test_past_the_delay_it_says_what_can_still_be_done(self, client, place):
        set_clock(place.procedure, "2026-06-17 00:00")
        assert "ne vous est plus garantie" in look(client, place)
        set_clock(place.procedure, "2026-06-17 00:11")
        due_acts(place.procedure)
        assert "ne vous est plus gardée" in look(client, place)

    def test_the_paper_has_its_page_while_the_place_waits(self, client, place):
        address = reverse("applicants:paper", args=[place.procedure.slug, "commitment"])
        client.force_login(owner(place))
        assert client.get(address).status_code == 200
        assert "Bulletin d’engagement" not in look(client, place, "applicants:papers")

    def test_a_query_more_for_nothing(self, client, place, django_assert_max_num_queries: DjangoAssertNumQueries):
        client.force_login(owner(place))
        address = reverse("offers:place", args=[place.procedure.slug])
        client.get(address)
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(address)


class TestByWord:
    @pytest.fixture
    def place(self, db: None) -> Place:
        return admit(small(*BY_WORD), 1, "data", "energy")

    def post(self, client: Client, place: Place, page: str) -> str:
        client.force_login(owner(place))
        return read(client.post(reverse(page, args=[place.procedure.slug, place.pk]), follow=True))

    def test_a_button_confirms_it(self, client, place):
        assert "Confirmer ma place" in look(client, place)
        assert "Votre place est confirmée." in self.post(client, place, "offers:confirm_place")

    def test_giving_it_up_is_asked_once_more(self, client, place):
        assert "Vous ne pourrez pas la reprendre" in look(client, place, "offers:decline_place", place.pk)
        assert state_of(place) == "offered"
        assert "Vous avez rendu cette place." in self.post(client, place, "offers:decline_place")

    def test_two_places_warn_that_one_is_to_be_chosen(self, client, place):
        assert "c’est rendre les autres" not in look(client, place)
        decide(place.dossier, ADMITTED, "energy")
        assert "c’est rendre les autres" in look(client, place)

    def test_nobody_reaches_anothers(self, client, place):
        other = admit(place.procedure, 2)
        client.force_login(owner(other))
        for page in ("offers:confirm_place", "offers:decline_place"):
            assert client.post(reverse(page, args=[place.procedure.slug, place.pk])).status_code == 404
        assert state_of(place) == "offered"

    def test_nothing_shows_before_the_decision_is_public(self, client, place):
        place.decision.publication.visible_at = place.until
        place.decision.publication.save()
        client.force_login(owner(place))
        answer = client.get(reverse("offers:place", args=[place.procedure.slug]))
        assert answer.status_code == 302
        decline = reverse("offers:decline_place", args=[place.procedure.slug, place.pk])
        assert client.post(decline).status_code == 404


@pytest.mark.django_db
def test_without_a_place_the_page_leads_home(client):
    procedure = small()
    dossier = applicant(procedure, 1)
    client.force_login(dossier.candidate.user)
    assert client.get(reverse("offers:place", args=[procedure.slug])).status_code == 302
    assert not SupportingDocument.objects.filter(kind="commitment").exists()
