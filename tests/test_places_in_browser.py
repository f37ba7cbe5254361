"""The pages of places to confirm, of candidates and of staff, in a browser: wide, narrow, and to a screen reader."""

from __future__ import annotations

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.tests.scenario import set_clock
from offers.models import Place
from offers.place_endings import decline_place
from offers.tests.admitted import (
    ADMITTED,
    BY_STAFF,
    BY_WORD,
    WAITING,
    admit,
    announce_deposit,
    applicant,
    decide,
    deposit_form,
    owner,
    small,
    state_of,
    worker,
)
from tests.actors import Person, enter
from tests.conftest import OpenBrowser
from tests.looking import violations
from tests.stage import loosely

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def person(open_browser: OpenBrowser, user: User, live_server: LiveServer) -> Person:
    """That user before a screen."""
    page = open_browser()
    enter(page, user, live_server)
    return Person(page)


def test_a_place_is_confirmed_by_a_word(open_browser: OpenBrowser, live_server: LiveServer) -> None:
    place = admit(small(*BY_WORD), 1, "data", "energy")
    decide(place.dossier, ADMITTED, "energy")
    candidate = person(open_browser, owner(place), live_server)
    candidate.go(reverse("offers:place", args=[place.procedure.slug]))
    candidate.arrives_at("Mes places")
    candidate.page.get_by_role("link", name=loosely("Rendre cette place")).last.click()
    candidate.arrives_at("Rendre votre place en Énergie ?")
    candidate.follow("Garder ma place")
    candidate.page.get_by_role("region", name="Données").get_by_role("button", name="Confirmer ma place").click()
    candidate.reads("Votre place est confirmée")
    candidate.looks_again()
    assert state_of(place) == Place.State.CONFIRMED


def test_what_confirms_a_place_can_be_read_by_all(open_browser: OpenBrowser, live_server: LiveServer) -> None:
    place = admit(small(*BY_STAFF), 1)
    deposit_form(place)
    announce_deposit(place)
    other = admit(place.procedure, 2)
    for one in (place, other):
        candidate = person(open_browser, owner(one), live_server)
        candidate.go(reverse("offers:place", args=[one.procedure.slug]))
        candidate.arrives_at("Ma place")
    set_clock(place.procedure, "2026-06-18 10:00")
    candidate.page.reload()
    candidate.reads("ne vous est plus garantie")
    candidate.looks_again()


def test_staff_see_who_keeps_what_and_offer_a_free_seat(open_browser: OpenBrowser, live_server: LiveServer) -> None:
    procedure = small(*BY_STAFF)
    places = [admit(procedure, number) for number in (1, 2)]
    deposit_form(places[0])
    announce_deposit(places[0])
    for number in (3, 4):
        decide(applicant(procedure, number), WAITING)
    decline_place(places[1].pk, by=owner(places[1]))
    keeper = person(open_browser, worker(procedure, "office"), live_server)
    keeper.page.set_viewport_size({"width": 1280, "height": 900})
    keeper.go(reverse("admin:offers_places", args=[procedure.slug]))
    keeper.reads("Places gardées : 1 sur 2")
    look_wide(keeper)
    keeper.page.get_by_role("button", name="Proposer une place").click()
    keeper.reads("Places gardées : 2 sur 2")
    keeper.go(reverse("admin:offers_place", args=[places[0].pk]))
    look_wide(keeper)


def look_wide(keeper: Person) -> None:
    """Staff pages are made for wide screens: no rule of axe-core is broken there."""
    assert not (found := violations(keeper.page)), found
