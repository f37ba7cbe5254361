"""Filling in a page: what is saved, by the button or by the script, what is refused, and what two tabs make of it.

Rule: APP-03.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.answers import save_answers
from applicants.corrections import ask_correction
from applicants.given import answers_of
from applicants.models import Dossier
from applicants.tests.reading import read, shown_on
from applicants.tests.scenario import CLOSED, begun, filled, reloaded, set_clock, submitted
from programmes.models import Procedure

MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _clock_stands_still() -> None:
    """Pages move with the request's clock: the rehearsal's offset alone decides the hour."""


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(name: str, procedure: Procedure, *args: object) -> str:
    return reverse(f"applicants:{name}", args=[procedure.slug, *args])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return read(answer)


def sent(client: Client, address: str, typed: dict[str, str], **kwargs: Any) -> str:
    """The page that comes of changing these answers on it and pressing its button."""
    return read(client.post(address, shown_on(page(client, address)) | typed, follow=True, **kwargs))


def test_a_page_saves_what_is_there_and_says_what_is_left(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    typed = {"family_name": "  Nguyễn ", "given_names": "Zoé", "birth_date": "2004-03-27", "unknown": "x"}
    answer = signed_in(client, zoe).post(url("page", procedure, "identity"), typed, follow=True)
    saved = answers_of(reloaded(dossier.pk))
    assert (saved["family_name"], saved["birth_date"]) == ("Nguyễn", "2004-03-27")
    assert "unknown" not in saved
    text = read(answer)
    assert "Il reste à compléter, dans « Identité » : Commune de naissance" in text
    assert answer.redirect_chain[-1][0] == url("page", procedure, "contact")


def test_an_answer_of_the_wrong_shape_is_said_at_its_place_and_the_rest_is_saved(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    dossier = begun(procedure, zoe)
    typed = {"family_name": "Lefèvre", "birth_date": "hier"}
    answer = signed_in(client, zoe).post(url("page", procedure, "identity"), typed)
    text = read(answer)
    assert answer.status_code == 200
    assert "data-error-summary" in text
    assert 'href="#id_birth_date"' in text
    assert 'value="hier"' in text  # nothing of what was typed is lost
    assert "Le reste de cette page est enregistré." in text
    saved = answers_of(reloaded(dossier.pk))
    assert (saved["family_name"], saved["birth_date"]) == ("Lefèvre", "")


def test_an_answer_longer_than_its_question_allows_is_refused(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    answer = signed_in(client, zoe).post(url("page", procedure, "identity"), {"family_name": "é" * 121})
    assert "elle ne peut pas en avoir plus de 120" in read(answer)


def test_a_date_typed_by_hand_is_understood(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe).post(url("page", procedure, "identity"), {"birth_date": "7/3/2004"})
    assert reloaded(dossier.pk).candidate.birth_date == dt.date(2004, 3, 7)


def test_a_declaration_unticked_is_taken_back(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    address = url("page", procedure, "declarations")
    seen = {f"seen-{code}": answer for code, answer in {"rules_accepted": "yes", "honour": "yes"}.items()}
    answer = signed_in(client, zoe).post(
        address, seen | {"other_route": "no", "seen-other_route": "no", "honour": "on"}, follow=True
    )
    saved = answers_of(reloaded(dossier.pk))
    assert (saved["honour"], saved["rules_accepted"]) == ("yes", "")
    assert "Sans cette déclaration" in read(answer)


def test_an_answer_that_bars_the_way_is_not_called_a_declaration(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    filled(procedure, zoe)
    signed_in(client, zoe)
    text = sent(client, url("page", procedure, "declarations"), {"other_route": "yes"})
    assert "Avec cette réponse, le dossier ne peut pas être transmis" in text
    assert "Sans cette déclaration" not in text


def test_a_page_that_the_procedure_does_not_have_is_not_there(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    signed_in(client, zoe)
    assert client.get(url("page", procedure, "nothing")).status_code == 404
    assert client.get(url("paper", procedure, "nothing")).status_code == 404


def test_after_the_closing_hour_a_page_is_read_and_a_save_is_refused_in_words(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    dossier = begun(procedure, zoe)
    set_clock(procedure, CLOSED)
    signed_in(client, zoe)
    shown = page(client, url("page", procedure, "identity"))
    assert "Enregistrer et continuer" not in shown
    assert "Les candidatures sont closes et ce dossier n’a pas été transmis" in shown
    answer = client.post(url("page", procedure, "identity"), {"family_name": "Lefèvre"})
    assert "close depuis le vendredi 20 mars 2026 à 23 h" in read(answer)
    assert reloaded(dossier.pk).candidate.family_name == ""


def test_two_tabs_on_one_page_both_count(client: Client, procedure: Procedure, zoe: User) -> None:
    """The second was opened before the first was saved: it sends the first one's questions as it showed them, blank."""
    dossier = begun(procedure, zoe)
    address = url("page", procedure, "contact")
    signed_in(client, zoe)
    shown = shown_on(page(client, address))
    client.post(address, shown | {"city": "Nantes", "address": "1, rue\r\nHaute"})
    assert "Téléphone" in read(client.post(address, shown | {"phone": "abc"}))  # refused, and sent again
    client.post(address, shown | {"phone": "06 12 34 56 78"})
    answers = answers_of(reloaded(dossier.pk))
    assert (answers["city"], answers["phone"]) == ("Nantes", "06 12 34 56 78")
    shown = shown_on(page(client, address))
    assert shown["seen-city"] == "Nantes"
    client.post(address, shown | {"city": ""})  # cleared on purpose
    answers = answers_of(reloaded(dossier.pk))
    assert (answers["city"], answers["address"]) == ("", "1, rue\nHaute")


def test_an_answer_changed_elsewhere_meanwhile_is_shown_beside_ones_own(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    """Catches a second tab that overwrites what the first has saved, and a page that does not say so."""
    dossier = begun(procedure, zoe)
    address = url("page", procedure, "contact")
    shown = shown_on(page(signed_in(client, zoe), address))
    save_answers(dossier.pk, "contact", {"city": "Brest"}, by=zoe)
    text = read(client.post(address, shown | {"city": "Nantes", "phone": "06 12 34 56 78"}))
    assert "Deux réponses différentes" in text
    assert "Brest" in text
    assert "Nantes" in text
    answers = answers_of(reloaded(dossier.pk))
    assert (answers["city"], answers["phone"]) == ("Brest", "06 12 34 56 78")  # what nobody contests is saved


@pytest.mark.parametrize(("kept", "saved"), [("Brest", "Nantes"), ("Nantes", "Brest")])
def test_of_two_answers_the_chosen_one_is_kept(
    client: Client, procedure: Procedure, zoe: User, kept: str, saved: str
) -> None:
    """Who keeps « Nantes » has seen « Brest »; for who keeps « Brest », « Nantes » is what was shown."""
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "contact", {"city": "Brest", "postal_code": "29200"}, by=zoe)
    choice = {"city": "Nantes", "seen-city": kept, "only": "city"}
    answer = signed_in(client, zoe).post(url("page", procedure, "contact"), choice)
    assert answer.status_code == 302
    answers = answers_of(reloaded(dossier.pk))
    assert (answers["city"], answers["postal_code"]) == (saved, "29200")  # what was not sent is not blanked


def test_two_answers_that_change_again_are_asked_about_again(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "contact", {"city": "Quimper"}, by=zoe)
    choice = {"city": "Nantes", "seen-city": "Brest", "only": "city"}
    assert "Quimper" in read(signed_in(client, zoe).post(url("page", procedure, "contact"), choice))
    assert answers_of(reloaded(dossier.pk))["city"] == "Quimper"


def test_what_a_refused_page_saved_may_be_changed_on_it(client: Client, procedure: Procedure, zoe: User) -> None:
    """It was saved from this very page: nobody else has answered meanwhile."""
    dossier = begun(procedure, zoe)
    address = url("page", procedure, "contact")
    shown = shown_on(page(signed_in(client, zoe), address))
    back = shown_on(read(client.post(address, shown | {"city": "Nantes", "phone": "abc"})))
    assert client.post(address, back | {"city": "Brest", "phone": "06 12 34 56 78"}).status_code == 302
    assert answers_of(reloaded(dossier.pk))["city"] == "Brest"


# --- By the script ------------------------------------------------------------------------------------------


def by_script(client: Client, address: str, typed: Mapping[str, str | list[str]]) -> Any:
    """What the server answers to a page's script, which saves some questions."""
    return client.post(address, dict(typed), headers={"X-Requested-With": "fetch"})


def test_the_script_saves_one_question_and_learns_when(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "contact", {"postal_code": "44000"}, by=zoe)
    signed_in(client, zoe)
    answer = by_script(client, url("page", procedure, "contact"), {"city": " Nantes ", "seen-city": "", "only": "city"})
    said = answer.json()
    assert answer.status_code == 200
    assert said["seen"] == {"seen-city": "Nantes"}
    assert (said["errors"], said["stale"]) == ({}, [])
    assert said["at"]
    assert "Coordonnées" in html.unescape(said["menu"])
    answers = answers_of(reloaded(dossier.pk))
    assert (answers["city"], answers["postal_code"]) == ("Nantes", "44000")


def test_the_script_learns_what_is_wrong_at_its_control(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    typed: dict[str, str | list[str]] = {"phone": "abc", "city": "Nantes", "only": ["phone", "city"]}
    said = by_script(client, url("page", procedure, "contact"), typed).json()
    assert list(said["errors"]) == ["id_phone"]
    assert said["seen"] == {"seen-city": "Nantes"}
    assert answers_of(reloaded(dossier.pk))["city"] == "Nantes"


def test_an_identity_that_is_wrong_is_said_to_the_script(client: Client, procedure: Procedure, zoe: User) -> None:
    """Catches an error that only the act finds, and that would leave the script without an answer."""
    begun(procedure, zoe)
    signed_in(client, zoe)
    typed: dict[str, str | list[str]] = {"birth_date": "2099-01-01", "given_names": "Zoé"}
    typed["only"] = list(typed)
    said = by_script(client, url("page", procedure, "identity"), typed).json()
    assert list(said["errors"]) == ["id_birth_date"]
    assert said["seen"] == {"seen-given_names": "Zoé"}


def test_the_script_learns_what_was_changed_elsewhere(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "contact", {"city": "Brest"}, by=zoe)
    signed_in(client, zoe)
    said = by_script(
        client, url("page", procedure, "contact"), {"city": "Nantes", "seen-city": "", "only": "city"}
    ).json()
    assert (said["stale"], said["seen"]) == (["city"], {})
    assert answers_of(reloaded(dossier.pk))["city"] == "Brest"


def test_the_script_is_told_why_a_page_is_closed(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    set_clock(procedure, CLOSED)
    signed_in(client, zoe)
    answer = by_script(client, url("page", procedure, "contact"), {"city": "Nantes", "only": "city"})
    assert answer.status_code == 409
    assert "close depuis" in answer.json()["refused"]


def test_the_script_of_who_is_signed_out_is_told(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    answer = by_script(client, url("page", procedure, "contact"), {"city": "Nantes", "only": "city"})
    assert answer.status_code == 401


def test_a_page_opened_by_somebody_else_saves_nothing(
    client: Client, procedure: Procedure, zoe: User, other: User
) -> None:
    """On a shared computer, a page that was left open must not write into the next one's dossier."""
    left_open, mine = begun(procedure, zoe), begun(procedure, other)
    signed_in(client, other)
    typed: dict[str, str | list[str]] = {"city": "Nantes", "only": "city", "dossier": str(left_open.pk)}
    address = url("page", procedure, "contact")
    assert by_script(client, address, typed).status_code == 409
    assert "depuis un autre compte" in read(client.post(address, typed, follow=True))
    assert answers_of(reloaded(mine.pk)).get("city", "") == ""


def test_saving_takes_few_queries(
    client: Client, procedure: Procedure, zoe: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    filled(procedure, zoe)
    signed_in(client, zoe)
    shown = {"city": "Nantes", "seen-city": shown_on(page(client, url("page", procedure, "contact")))["city"]}
    with django_assert_max_num_queries(MOST_QUERIES):
        assert not by_script(client, url("page", procedure, "contact"), shown | {"only": "city"}).json()["stale"]


# --- Signed out meanwhile -----------------------------------------------------------------------------------


def sent_signed_out(client: Client, procedure: Procedure, dossier: Dossier, typed: dict[str, str]) -> str:
    """The address to which the sign-in leads who sent a page after their session had ended."""
    address = url("page", procedure, "contact")
    Session.objects.all().delete()
    origin = {"Referer": f"http://testserver{address}"}
    answer = client.post(address, {"dossier": str(dossier.pk)} | typed, headers=origin)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_what_was_sent_signed_out_is_there_again_after_the_sign_in(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    sign_in = sent_signed_out(client, procedure, dossier, {"city": "Nantes", "field": "id_city"})
    assert sign_in.endswith("contact/%23id_city")  # back at the same control
    signed_in(client, zoe)
    text = page(client, url("page", procedure, "contact"))
    assert "n’est pas encore enregistré" in text
    assert 'value="Nantes"' in text
    assert answers_of(reloaded(dossier.pk)).get("city", "") == ""
    assert "Nantes" not in page(client, url("page", procedure, "contact"))  # once


def test_what_was_sent_signed_out_is_shown_to_nobody_else(
    client: Client, procedure: Procedure, zoe: User, other: User
) -> None:
    dossier = begun(procedure, zoe)
    begun(procedure, other)
    signed_in(client, zoe)
    sent_signed_out(client, procedure, dossier, {"city": "Nantes"})
    signed_in(client, other)
    assert "Nantes" not in page(client, url("page", procedure, "contact"))


def test_what_was_sent_signed_out_is_kept_for_an_hour(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    sent_signed_out(client, procedure, dossier, {"city": "Nantes"})
    key = client.session["unsent"]["key"]
    assert "Nantes" in cache.get(key)
    cache.touch(key, -1)  # the hour has passed
    signed_in(client, zoe)
    assert "Nantes" not in page(client, url("page", procedure, "contact"))


# --- Title, choices and explanations ------------------------------------------------------------------------


def test_an_order_made_in_two_tabs_is_chosen_from(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    address = url("choices", procedure)
    shown = {"seen-choices": "albi ales nord-europe"}
    signed_in(client, zoe)
    client.post(address, shown | {"order": ["ales", "albi"]})
    text = read(client.post(address, shown | {"order": ["albi", "nord-europe"]}))
    assert "Deux réponses différentes" in text
    assert "2. IMT Nord Europe" in text
    assert "1. IMT Mines Alès" in text
    kept = {"order": ["albi", "nord-europe"], "seen-choices": "albi nord-europe", "only": "choices"}
    client.post(address, kept)  # for who keeps what is saved, what is sent is what was shown
    assert order_of(dossier) == ["ales", "albi"]
    client.post(address, kept | {"seen-choices": "ales albi"})
    assert order_of(dossier) == ["albi", "nord-europe"]


def test_a_title_given_in_two_tabs_is_chosen_from(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, title=("L3", "chimie"))
    sent = {"title": "L3", "equivalence": "", "speciality_0": "materiaux"}
    address = url("title", procedure)
    signed_in(client, zoe)
    text = read(client.post(address, sent | {"seen-title": "L3/physique/"}))
    assert "Deux réponses différentes" in text
    assert "Chimie" in text
    client.post(address, sent | {"seen-title": "L3/materiaux/"})  # who keeps what is saved
    assert reloaded(dossier.pk).speciality == "chimie"
    client.post(address, sent | {"seen-title": "L3/chimie/"})
    assert reloaded(dossier.pk).speciality == "materiaux"


def order_of(dossier: Dossier) -> list[str]:
    return list(dossier.choices.order_by("rank").values_list("programme__code", flat=True))


def test_the_menu_says_where_a_correction_is_asked_for(
    client: Client, procedure: Procedure, zoe: User, verifier: User
) -> None:
    dossier = submitted(procedure, zoe)
    until = procedure.now() + dt.timedelta(days=2)
    opens = ["page:contact", "paper:cv"]
    ask_correction(dossier.pk, opens=opens, reason="Illisible.", until=until, by=verifier)
    menu = page(signed_in(client, zoe), url("page", procedure, "identity")).split("page-menu")[1].split("</nav>")[0]
    asked = [line for line in menu.split("<li")[1:] if "Correction demandée" in line]
    assert [("Coordonnées" in line, "Pièces justificatives" in line) for line in asked] == [
        (True, False),
        (False, True),
    ]
