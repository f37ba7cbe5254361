"""The staff's board of places: what it shows to whom, the papers judged there, and the acts that it calls."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applicants.models import Answer
from applicants.papers import deposit_paper
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.scenario import set_clock
from documents.models import SupportingDocument
from offers.models import Place
from offers.place_confirmation import confirm_by_word
from offers.place_endings import decline_place
from offers.tests.admitted import (
    BY_STAFF,
    BY_WORD,
    FUNDING,
    TUITION,
    WAITING,
    admit,
    announce_deposit,
    applicant,
    decide,
    deposit_form,
    owner,
    pay_deposit,
    small,
    state_of,
    worker,
)
from offers.tests.market import paper
from programmes.models import Procedure
from programmes.roles import roles_of
from programmes.waiting import what_waits


@pytest.fixture
def procedure(db: None) -> Procedure:
    """By a paper and a deposit; staff release and call."""
    return small(*BY_STAFF)


@pytest.fixture
def keeper(procedure: Procedure, client: Client) -> User:
    """The service of the school of the programme, signed in."""
    user = worker(procedure, "verifier", "data")
    client.force_login(user)
    return user


def board(client: Client, procedure: Procedure) -> str:
    """What the person reads on the board."""
    return read(client.get(reverse("admin:offers_places", args=[procedure.slug])))


class TestTheBoard:
    def test_it_counts_the_seats_and_says_what_each_place_waits_for(self, client, procedure, keeper):
        place = admit(procedure, 1)
        deposit_form(place)
        said = board(client, procedure)
        assert "Places gardées : 1 sur 2" in said
        assert "mardi 16 juin 2026 à minuit" in said
        assert "Bulletin d’engagement" in said
        announce_deposit(place)
        assert "à examiner" in board(client, procedure)

    def test_what_is_overdue_stands_out_and_is_released_on_the_places_page(self, client, procedure, keeper):
        place = admit(procedure, 1)
        page = reverse("admin:offers_place", args=[place.pk])
        assert "Libérer la place" not in read(client.get(page))
        set_clock(procedure, "2026-06-17 00:00")
        assert "1 délai dépassé" in board(client, procedure)
        assert "Libérer la place" in read(client.get(page))
        client.post(page, {"act": "release"})
        assert state_of(place) == "released"

    def test_more_time_is_given_there(self, client, procedure, keeper):
        place = admit(procedure, 1)
        page = reverse("admin:offers_place", args=[place.pk])
        said = read(client.post(page, {"act": "postpone", "last_day": "2026-06-20"}, follow=True))
        assert "samedi 20 juin 2026 à minuit" in said
        assert client.post(page, {"act": "postpone", "last_day": "demain"}).status_code == 404

    def test_the_first_instalment_is_told_there_and_given_more_time(self, client, db):
        procedure = small(*BY_WORD, TUITION, FUNDING)
        place = admit(procedure, 1)
        Answer.objects.create(dossier=place.dossier, field="funding", value="self", saved_at=procedure.now())
        confirm_by_word(place.pk, by=owner(place))
        client.force_login(worker(procedure, "verifier", "data"))
        page = reverse("admin:offers_place", args=[place.pk])
        assert "à régler avant le mardi 16 juin 2026" in read(client.get(page))
        said = read(client.post(page, {"act": "postpone_tuition", "last_day": "2026-06-24"}, follow=True))
        assert "à régler avant le mercredi 24 juin 2026 à minuit" in said

    def test_the_next_of_the_list_is_called_when_a_seat_is_free(self, client, procedure, keeper):
        places = [admit(procedure, number) for number in (1, 2)]
        waiting = decide(applicant(procedure, 3), WAITING)
        assert "Proposer une place" not in board(client, procedure)
        decline_place(places[0].pk, by=owner(places[0]))
        assert "Proposer une place" in board(client, procedure)
        address = reverse("admin:offers_places", args=[procedure.slug])
        client.post(address, {"pool": places[0].pool_id, "decision": waiting.pk})
        assert Place.objects.get(decision=waiting).state == "offered"

    def test_another_schools_service_sees_none_of_it(self, client, procedure):
        place = admit(procedure, 1)
        waiting = decide(applicant(procedure, 2), WAITING)
        document = deposit_form(place)
        client.force_login(worker(procedure, "verifier", "energy"))
        said = board(client, procedure)
        assert place.dossier.reference not in said
        assert waiting.dossier.reference not in said
        for address in (
            reverse("admin:offers_place", args=[place.pk]),
            reverse("admin:offers_place_paper", args=[place.pk, document.pk]),
            reverse("admin:offers_start_letters", args=[place.choice.programme_id]),
        ):
            assert client.get(address).status_code == 404

    @pytest.mark.parametrize("kind", ["jury", "head", "evaluator", "accountant"])
    def test_nor_does_who_keeps_no_places(self, client, procedure, kind):
        client.force_login(worker(procedure, kind, "data"))
        assert client.get(reverse("admin:offers_places", args=[procedure.slug])).status_code == 404

    def test_it_asks_as_much_at_one_place_as_at_many(self, client, procedure, keeper):
        procedure.programmes.get(code="data").pools.update(seats=30)
        admit(procedure, 1)
        decide(applicant(procedure, 50), WAITING)
        board(client, procedure)
        few = queries(client, procedure)
        for number in range(2, 12):
            admit(procedure, number)
            decide(applicant(procedure, 50 + number), WAITING)
        assert queries(client, procedure) == few


def queries(client: Client, procedure: Procedure) -> int:
    with CaptureQueriesContext(connection) as asked:
        board(client, procedure)
    return len(asked)


class TestAPlace:
    def test_a_paper_is_accepted_beside_it_and_the_place_confirmed(self, client, procedure, keeper):
        place = admit(procedure, 1)
        pay_deposit(place, worker(procedure, "office"))
        document = deposit_form(place)
        page = reverse("admin:offers_place", args=[place.pk])
        assert "Accepter" in read(client.get(page))
        client.post(page, {"document": document.pk, "verdict": "accepted"})
        assert state_of(place) == "confirmed"

    def test_the_title_is_reviewed_there_once_it_is_confirmed(self, client, db):
        procedure = small(*BY_WORD)
        place = admit(procedure, 1, titled=False)
        confirm_by_word(place.pk, by=owner(place))
        document = deposit_paper(place.dossier_id, "diploma", scenario.pdf(), by=owner(place))
        SupportingDocument.objects.filter(pk=document.pk).update(check_state="passed")
        keeper = worker(procedure, "verifier", "data")
        client.force_login(keeper)
        said = {line.label: line.count for line in what_waits(roles_of(keeper))[procedure]}
        assert said["titre d’entrant à examiner"] == 1
        page = reverse("admin:offers_place", args=[place.pk])
        assert "confirmée, titre à examiner" in read(client.get(page))
        client.post(page, {"document": document.pk, "verdict": "accepted"})
        place.dossier.enrolment.refresh_from_db()
        assert place.dossier.enrolment.state == "definitive"

    def test_what_was_joined_to_something_else_is_not_among_the_papers(self, client, procedure, keeper):
        place = admit(procedure, 1)
        paper(place.dossier, "supplement-1")
        answer = client.get(reverse("admin:offers_place", args=[place.pk]))
        assert answer.status_code == 200
        assert "supplement-1" not in read(answer)

    def test_papers_close_to_the_school_with_the_place(self, client, procedure, keeper):
        place = admit(procedure, 1)
        document = deposit_form(place)
        paper = reverse("admin:offers_place_paper", args=[place.pk, document.pk])
        answer = client.get(paper)
        assert b"".join(answer).startswith(b"%PDF")  # to its end, where the file is closed
        decline_place(place.pk, by=owner(place))
        assert client.get(paper).status_code == 404


def test_the_letters_of_the_start_are_shown_before_they_leave(client, db):
    procedure = small(*BY_WORD)
    place = admit(procedure, 1)
    confirm_by_word(place.pk, by=owner(place))
    client.force_login(worker(procedure, "office"))
    assert "Écrire à 1 personne" in board(client, procedure)
    address = reverse("admin:offers_start_letters", args=[place.choice.programme_id])
    said = read(client.get(address))
    assert "Envoyer 1 lettre" in said
    assert "lundi 5 octobre 2026" in said
    client.post(address)
    assert "Écrire à" not in board(client, procedure)


def test_the_start_page_says_what_waits(procedure, keeper):
    places = [admit(procedure, number) for number in (1, 2)]
    decide(applicant(procedure, 3), WAITING)
    deposit_form(places[0])
    announce_deposit(places[0])
    set_clock(procedure, "2026-06-17 00:00")
    decline_place(places[1].pk, by=owner(places[1]))
    admit(procedure, 4)
    set_clock(procedure, "2026-07-10 00:00")
    said = {line.label: line.count for line in what_waits(roles_of(keeper))[procedure]}
    assert said["confirmation de place à examiner"] == 1
    assert said["place non confirmée dans son délai"] == 1
    assert "place libre à proposer à qui attend" not in said


def test_the_menu_has_the_pages_of_ones_own_procedures(client, procedure, keeper):
    """Lists and periods are of procedures that have them."""
    menu = read(client.get(reverse("admin:index")))
    assert "Places à confirmer" in menu
    assert reverse("admin:offers_offer_changelist") not in menu
    assert reverse("admin:offers_listentry_changelist") not in menu
