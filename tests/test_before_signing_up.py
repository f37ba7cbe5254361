"""Before one has an account: what can be applied to, by whom, and whether one may, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.actors import Person
from tests.conftest import OpenBrowser
from tests.looking import look_at
from tests.stage import Stage, loosely

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


@pytest.fixture
def ast(transactional_db: None) -> Stage:
    return Stage("2026-02-10 10:00")


@pytest.fixture
def stranger(open_browser: OpenBrowser) -> Person:
    return Person(open_browser())


def test_a_stranger_learns_where_their_title_is_accepted_and_what_would_open_the_rest(
    ast: Stage, stranger: Person
) -> None:
    stranger.go(f"/procedures/{ast.slug}/")
    stranger.follow("Puis-je candidater ?")
    stranger.arrives_at("Puis-je candidater ?")
    speciality = stranger.main.get_by_label(loosely("Licence (L3) : spécialité"))
    expect(speciality).to_be_hidden()
    stranger.fill({"Quel titre": "Licence (L3)", "Licence (L3) : spécialité": "Biologie, Biochimie"})
    stranger.fill({"Êtes-vous boursier": "Oui"})
    stranger.press("Voir la réponse")
    stranger.reads("La Licence mention Biologie, Biochimie n’est pas recevable à IMT Nord Europe.")
    stranger.unfold("Ce qui ouvre IMT Nord Europe")
    stranger.reads("Mathématiques et Informatique")
    stranger.reads("Ce que vous joindriez")
    stranger.reads("Rien : ")
    stranger.looks_again()
    stranger.follow("Commencer mon dossier")
    stranger.arrives_at("Se connecter")


def test_it_is_answered_without_scripts_and_by_a_link(ast: Stage, stranger: Person, live_server: LiveServer) -> None:
    browser = stranger.page.context.browser
    assert browser is not None
    page = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="fr-FR").new_page()
    page.goto(f"/procedures/{ast.slug}/puis-je-candidater/")
    page.get_by_label(loosely("BUT 3")).first.check()
    page.get_by_label(loosely("BUT 3 : spécialité")).select_option(index=1)
    page.get_by_role("button", name=loosely("Voir la réponse")).click()
    expect(page.locator("main")).to_contain_text("n’est pas recevable à IMT Nord Europe")
    stranger.go(page.url)  # sent to a friend
    stranger.reads("n’est pas recevable à IMT Nord Europe")


@pytest.mark.long
@pytest.mark.parametrize(
    ("code", "moment"),
    [
        ("apprenticeship-2021", "2021-02-10 10:00"),
        ("ms-imtbs-2024", "2024-03-01 10:00"),
        ("ms-imtne-2025", "2025-01-10 10:00"),
        ("iim-second-cycle", "2026-02-10 10:00"),
    ],
)
def test_where_no_table_says_it_the_situation_tells_what_is_asked(
    transactional_db: None, stranger: Person, code: str, moment: str
) -> None:
    stage = Stage(moment, code)
    stranger.go(f"/procedures/{stage.slug}/puis-je-candidater/")
    stranger.arrives_at("Puis-je candidater ?")
    stranger.press("Voir la réponse")
    stranger.reads("Ce que vous joindriez")
    stranger.looks_again()


def test_in_english(ast: Stage, stranger: Person) -> None:
    stranger.go(f"/procedures/{ast.slug}/puis-je-candidater/")
    stranger.press("English")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Can I apply?")
    look_at(stranger.page)


def test_who_begins_is_first_offered_to_open_an_account(ast: Stage, stranger: Person) -> None:
    """Most who press that button have none yet; who only signs in is asked for their address first."""
    stranger.go(f"/procedures/{ast.slug}/")
    stranger.follow("Commencer mon dossier")
    stranger.arrives_at("Se connecter")
    stranger.reads("Pour commencer un dossier, il faut un compte.")
    expect(stranger.main.locator(".btn-primary")).to_have_text(loosely("Ouvrir un compte"))
    stranger.go("/compte/login/")
    stranger.does_not_read("Pour commencer un dossier")
    stranger.reads("C’est votre première visite ?")
