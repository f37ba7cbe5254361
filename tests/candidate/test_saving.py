"""Answers save themselves: while one types, over a line that is cut, after an hour away, in two tabs. Rule: APP-03."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.given import answers_of
from applicants.models import Dossier
from tests.actors import Candidate, enter
from tests.candidate import EMAIL
from tests.conftest import OpenBrowser
from tests.looking import look_at
from tests.stage import Stage, code_sent_to, loosely

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]
SAVED = re.compile(r"Enregistré à \d{1,2}\sh(\s\d\d)?\.")
SAVES = "**/page/contact/"


def opens_contact(zoe: Candidate) -> None:
    """The page on which the tests type."""
    zoe.go(f"/dossier/{zoe.slug}/page/contact/")
    zoe.arrives_at("Coordonnées")


def types(zoe: Candidate, label: str, text: str) -> None:
    """Type key by key, and stay in the control."""
    control = zoe.main.get_by_label(loosely(label)).first
    control.fill("")
    control.press_sequentially(text)


def says_of_saving(zoe: Candidate, words: str | re.Pattern[str]) -> None:
    """Wait until the page says so beside its button."""
    said = loosely(words) if isinstance(words, str) else words
    expect(zoe.page.locator("[data-save-state] [role=status]")).to_have_text(said)


def city_of(dossier: Dossier) -> str:
    return answers_of(Dossier.objects.get(pk=dossier.pk))["city"]


def test_what_is_typed_is_saved_without_a_button_and_the_page_says_when(zoe: Candidate, dossier: Dossier) -> None:
    opens_contact(zoe)
    says_of_saving(zoe, "Chaque réponse s’enregistre d’elle-même.")
    types(zoe, "Ville", "Nantes")
    says_of_saving(zoe, SAVED)
    assert city_of(dossier) == "Nantes"
    expect(zoe.main.get_by_label(loosely("Ville"))).to_be_focused()  # it hinders nobody who types on
    look_at(zoe.page)


def test_the_menu_follows_what_is_saved(zoe: Candidate) -> None:
    opens_contact(zoe)
    line = zoe.page.locator(".page-menu li", has_text="Coordonnées")
    expect(line).to_contain_text("Fait")
    types(zoe, "Ville", " ")
    zoe.main.get_by_label(loosely("Code postal")).focus()
    says_of_saving(zoe, SAVED)
    expect(line).to_contain_text("À compléter")


def test_a_wrong_answer_is_said_at_its_place_once_one_has_left_it(zoe: Candidate, dossier: Dossier) -> None:
    opens_contact(zoe)
    phone = zoe.main.get_by_label(loosely("Téléphone"))
    with zoe.page.expect_response(SAVES):
        types(zoe, "Téléphone", "abc")
    expect(phone).not_to_have_attribute("aria-invalid", "true")  # perhaps one is still typing
    zoe.main.get_by_label(loosely("Ville")).focus()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description(loosely("Écrivez un numéro de téléphone"))
    says_of_saving(zoe, "À corriger, et pas encore enregistré : « Téléphone ».")
    look_at(zoe.page)
    phone.fill("06 98 76 54 32")
    zoe.main.get_by_label(loosely("Ville")).focus()
    says_of_saving(zoe, SAVED)
    expect(phone).not_to_have_attribute("aria-invalid", "true")
    assert answers_of(dossier)["phone"] == "06 98 76 54 32"


@pytest.mark.refused_requests
def test_over_a_line_that_is_cut_nothing_is_lost(zoe: Candidate, dossier: Dossier) -> None:
    """Cut in the middle of typing; one types on, tries to leave, and is held; the line is back, and all is there."""
    opens_contact(zoe)
    zoe.main.get_by_label(loosely("Ville")).fill("")
    says_of_saving(zoe, SAVED)
    types(zoe, "Ville", "Saint-")
    zoe.page.context.set_offline(True)
    zoe.main.get_by_label(loosely("Ville")).press_sequentially("Étienne")
    says_of_saving(zoe, "Pas encore enregistré : la connexion ne répond pas. Nous réessayons.")
    zoe.main.get_by_label(loosely("Code postal")).fill("42000")
    look_at(zoe.page)
    zoe.page.get_by_role("button", name="Enregistrer et continuer").click()
    says_of_saving(zoe, "Pas encore enregistré : la connexion ne répond pas. Nous réessayons.")
    zoe.arrives_at("Coordonnées")
    zoe.page.context.set_offline(False)
    says_of_saving(zoe, SAVED)
    answers = answers_of(Dossier.objects.get(pk=dossier.pk))
    assert (answers["city"], answers["postal_code"]) == ("Saint-Étienne", "42000")


def test_a_link_followed_at_once_waits_for_what_was_typed(zoe: Candidate, dossier: Dossier) -> None:
    opens_contact(zoe)
    types(zoe, "Ville", "Quimper")
    zoe.turns_to("Baccalauréat" if "Baccalauréat" in zoe.page.content() else "Identité")
    assert city_of(dossier) == "Quimper"


@pytest.mark.refused_requests
def test_after_an_hour_away_one_signs_in_and_is_back_at_the_same_place(zoe: Candidate, dossier: Dossier) -> None:
    opens_contact(zoe)
    Session.objects.all().delete()
    types(zoe, "Ville", "Châteauneuf-du-Faou")
    says_of_saving(zoe, "Pas encore enregistré : vous n’êtes plus connecté.")
    look_at(zoe.page)
    zoe.press("Me reconnecter")
    signs_in_again(zoe)
    city = zoe.main.get_by_label(loosely("Ville"))
    expect(city).to_be_focused()
    expect(city).to_have_value("Châteauneuf-du-Faou")
    says_of_saving(zoe, SAVED)
    assert city_of(dossier) == "Châteauneuf-du-Faou"


def signs_in_again(zoe: Candidate) -> None:
    """By the code that comes by mail."""
    zoe.arrives_at("Se connecter")
    zoe.reads("vous retrouverez ce que vous veniez d’écrire")
    zoe.fill({"Adresse électronique": EMAIL})
    zoe.press("Continuer")
    zoe.arrives_at("Entrer le code reçu")
    zoe.fill({"Code": code_sent_to(EMAIL)})
    zoe.press("Valider le code")
    zoe.arrives_at("Coordonnées")


def test_of_two_tabs_neither_overwrites_the_other(zoe: Candidate, dossier: Dossier) -> None:
    """Both are shown; one chooses; what was answered in one tab alone is simply there."""
    other = Candidate(zoe.page.context.new_page(), EMAIL, zoe.slug)
    for tab in (zoe, other):
        opens_contact(tab)
    types(zoe, "Ville", "Toulouse")
    says_of_saving(zoe, SAVED)
    other.main.get_by_label(loosely("Code postal")).fill("81000")
    types(other, "Ville", "Albi")
    says_of_saving(other, "« Ville » : une autre réponse a été donnée ailleurs entre-temps.")
    look_at(other.page)
    assert city_of(dossier) == "Toulouse"
    other.press("Comparer et choisir")
    other.arrives_at("Deux réponses différentes")
    other.reads("Toulouse")
    other.main.get_by_label(loosely("Ce que vous venez de répondre ici")).check()
    other.press("Garder ces réponses")
    other.reads("Vos réponses sont enregistrées.")
    answers = answers_of(Dossier.objects.get(pk=dossier.pk))
    assert (answers["city"], answers["postal_code"]) == ("Albi", "81000")


@pytest.mark.refused_requests
def test_a_tab_from_before_a_sign_in_goes_on_saving(
    zoe: Candidate, user: User, dossier: Dossier, live_server: LiveServer
) -> None:
    """A sign-in changes the token of every page that was open: such a page must not lose what is typed into it."""
    opens_contact(zoe)
    cookies = [cookie for cookie in zoe.page.context.cookies() if cookie.get("name") == "csrftoken"]
    zoe.page.context.clear_cookies(name="csrftoken")
    other = Candidate(zoe.page.context.new_page(), EMAIL, zoe.slug)
    opens_contact(other)
    assert cookies != [cookie for cookie in zoe.page.context.cookies() if cookie.get("name") == "csrftoken"]
    types(zoe, "Ville", "Vannes")
    says_of_saving(zoe, SAVED)
    assert city_of(dossier) == "Vannes"


@pytest.fixture
def without_script(zoe: Candidate, user: User, open_browser: OpenBrowser, live_server: LiveServer) -> Candidate:
    """The candidate at a browser that runs no scripts."""
    browser = zoe.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="fr-FR")
    page: Page = context.new_page()
    enter(page, user, live_server)
    return Candidate(page, EMAIL, zoe.slug)


def test_without_scripts_a_page_is_saved_by_its_button(without_script: Candidate, dossier: Dossier) -> None:
    zoe = without_script
    zoe.go(f"/dossier/{zoe.slug}/page/contact/")
    zoe.main.get_by_label(loosely("Ville")).fill("Lorient")
    zoe.sends("Enregistrer et continuer")
    zoe.reads("Vos réponses sont enregistrées.")
    assert city_of(dossier) == "Lorient"


def test_without_scripts_all_questions_are_there(without_script: Candidate) -> None:
    """Those that depend on another answer come with the script; nobody may miss them without."""
    zoe = without_script
    zoe.go(f"/dossier/{zoe.slug}/titre/")
    assert zoe.main.get_by_role("combobox").count() == zoe.main.get_by_role("combobox").filter(visible=True).count() > 1


def test_without_scripts_a_complete_dossier_is_submitted(without_script: Candidate, stage: Stage) -> None:
    zoe = without_script
    zoe.go(f"/dossier/{zoe.slug}/relecture/")
    zoe.press("Transmettre mon dossier")
    expect(zoe.page.get_by_role("heading", level=1)).to_have_text(loosely("Votre dossier est transmis"))
