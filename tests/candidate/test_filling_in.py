"""Filling in: questions that come and go, rows, long texts, the order of choices, and the way from what is missing into
its field. Rules: APP-03, APP-06, AST-06, AST-11.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applicants.answers import save_answers
from applicants.given import answers_of
from applicants.models import Dossier, Receipt
from applicants.rows import read_rows
from applicants.tests import scenario
from tests.actors import Candidate, enter
from tests.candidate import EMAIL
from tests.candidate.test_saving import SAVED, says_of_saving
from tests.conftest import OpenBrowser
from tests.looking import look_at
from tests.stage import Stage, letter_says, loosely, mail_says

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


@pytest.fixture
def apprentice(open_browser: OpenBrowser, live_server: LiveServer, transactional_db: None) -> Candidate:
    """Who has just begun a dossier where the programmes are ticked side by side."""
    stage = Stage("2021-02-10 10:00", "apprenticeship-2021")
    user = scenario.person(EMAIL)
    identity = {"family_name": "Lefèvre", "given_names": "Zoé", "birth_date": "2000-03-27"}
    scenario.start_dossier(stage.procedure.pk, by=user, identity=identity)
    page = open_browser()
    enter(page, user, live_server)
    return Candidate(page, EMAIL, stage.slug)


def test_a_question_that_goes_keeps_what_was_typed_until_it_comes_back(apprentice: Candidate) -> None:
    """Also over a page that is loaded again, where it is hidden from the start."""
    zoe = apprentice
    organisation = zoe.main.get_by_label(loosely("Organisme d’accueil"))
    zoe.go(f"/dossier/{zoe.slug}/page/abroad/")
    expect(organisation).to_be_hidden()
    zoe.fill({"Êtes-vous ou serez-vous": "Oui", "Organisme d’accueil": "Université Laval"})
    zoe.fill({"Êtes-vous ou serez-vous": "Non"})
    expect(organisation).to_be_hidden()
    says_of_saving(zoe, SAVED)
    zoe.page.reload()
    expect(organisation).to_be_hidden()
    assert (
        "hidden"
        in zoe.fetched(f"/dossier/{zoe.slug}/page/abroad/").split('data-question="abroad_organisation"')[1][:200]
    )
    zoe.fill({"Êtes-vous ou serez-vous": "Oui"})
    expect(organisation).to_have_value("Université Laval")


def test_programmes_ticked_are_saved_at_once(apprentice: Candidate) -> None:
    zoe = apprentice
    zoe.go(f"/dossier/{zoe.slug}/voeux/")
    zoe.main.get_by_label(loosely("Réseaux Télécom SudParis")).check()
    says_of_saving(zoe, SAVED)
    look_at(zoe.page)
    assert [choice.programme.code for choice in zoe.dossier.ranked_choices] == ["sudparis-reseaux"]
    zoe.page.reload()
    expect(zoe.main.get_by_label(loosely("Réseaux Télécom SudParis"))).to_be_checked()


def test_rows_are_added_saved_and_taken_away(apprentice: Candidate) -> None:
    zoe = apprentice
    zoe.go(f"/dossier/{zoe.slug}/page/studies/")
    rows = zoe.main.get_by_role("group", name=loosely("Ligne"))
    zoe.press("Ajouter une année d’études")
    for row, year in zip(rows.all(), ("2020-2021", "2019-2020"), strict=True):
        row.get_by_label(loosely("Année scolaire")).fill(year)
    says_of_saving(zoe, SAVED)
    assert [row["school_year"] for row in read_rows(answers_of(zoe.dossier)["studies"])] == ["2020-2021", "2019-2020"]
    with zoe.page.expect_response("**/page/studies/"):
        rows.first.get_by_role("button", name=loosely("Retirer cette ligne")).click()
    assert [row["school_year"] for row in read_rows(answers_of(zoe.dossier)["studies"])] == ["2019-2020"]


def test_a_text_too_long_is_counted_refused_and_still_there(apprentice: Candidate) -> None:
    """A browser that cuts what is pasted would lose the end of it without a word."""
    zoe = apprentice
    zoe.go(f"/dossier/{zoe.slug}/page/work/")
    project = zoe.main.get_by_label(loosely("Votre projet professionnel"))
    project.fill("é" * 1501)
    zoe.reads("1 501 caractères sur 1 500 : raccourcissez ce texte.")
    zoe.main.get_by_label(loosely("Entreprise")).focus()
    zoe.reads("elle ne peut pas en avoir plus de 1 500")
    look_at(zoe.page)
    expect(project).to_have_value("é" * 1501)
    project.fill("é" * 1500)
    zoe.main.get_by_label(loosely("Entreprise")).focus()
    says_of_saving(zoe, SAVED)
    assert len(answers_of(zoe.dossier)["project"]) == 1500


# --- The order of choices -------------------------------------------------------------------------------------------


@pytest.fixture
def ranking(stage: Stage, user: User, open_browser: OpenBrowser, live_server: LiveServer) -> Candidate:
    """Who has ranked three schools and announced no payment, which would settle the first."""
    scenario.filled(stage.procedure, user)
    page = open_browser()
    enter(page, user, live_server)
    zoe = Candidate(page, EMAIL, stage.slug)
    zoe.go(f"/dossier/{zoe.slug}/voeux/")
    return zoe


def order(zoe: Candidate) -> list[str]:
    return [choice.programme.code for choice in zoe.dossier.ranked_choices]


def line(zoe: Candidate, school: str) -> Locator:
    return zoe.page.locator("[data-ranking-list] li", has_text=school)


def test_an_order_is_made_with_the_mouse(ranking: Candidate) -> None:
    last, first = line(ranking, "IMT Nord Europe"), line(ranking, "IMT Mines Albi")
    with ranking.page.expect_response("**/voeux/"):
        last.locator(".ranking__label").drag_to(first.locator(".ranking__label"))
    assert order(ranking) == ["nord-europe", "albi", "ales"]


def test_an_order_is_made_with_the_keyboard_alone(ranking: Candidate) -> None:
    line(ranking, "IMT Mines Alès").focus()
    with ranking.page.expect_response("**/voeux/"):
        ranking.page.keyboard.press("ArrowUp")
    ranking.reads("IMT Mines Alès est maintenant en position 1 sur 3.")
    says_of_saving(ranking, SAVED)
    assert order(ranking) == ["ales", "albi", "nord-europe"]
    expect(line(ranking, "IMT Mines Alès")).to_be_focused()
    look_at(ranking.page)


def test_an_order_is_made_with_buttons(ranking: Candidate) -> None:
    with ranking.page.expect_response("**/voeux/"):
        ranking.page.get_by_role("button", name="Descendre IMT Mines Albi").click()
    assert order(ranking) == ["ales", "albi", "nord-europe"]


@pytest.mark.refused_requests
def test_an_order_made_over_a_line_that_is_cut_is_not_lost(ranking: Candidate) -> None:
    ranking.page.context.set_offline(True)
    ranking.page.get_by_role("button", name="Descendre IMT Mines Albi").click()
    says_of_saving(ranking, "Pas encore enregistré : la connexion ne répond pas. Nous réessayons.")
    ranking.page.get_by_role("button", name="Descendre IMT Mines Albi").click()
    ranking.page.context.set_offline(False)
    says_of_saving(ranking, SAVED)
    assert order(ranking) == ["ales", "nord-europe", "albi"]


def test_two_orders_made_in_two_tabs_are_chosen_from(ranking: Candidate) -> None:
    other = Candidate(ranking.page.context.new_page(), EMAIL, ranking.slug)
    other.go(f"/dossier/{ranking.slug}/voeux/")
    for tab, school in ((ranking, "IMT Mines Albi"), (other, "IMT Mines Alès")):
        with tab.page.expect_response("**/voeux/"):
            tab.page.get_by_role("button", name=f"Descendre {school}").click()
    other.press("Comparer et choisir")
    other.arrives_at("Deux réponses différentes")
    other.reads("1. IMT Mines Alès")
    other.main.get_by_label(loosely("Ce qui est enregistré depuis")).check()
    other.sends("Garder ces réponses")
    assert order(ranking) == ["ales", "albi", "nord-europe"]


# --- Ready, and sent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "field", "label"), [("contact", "city", "Ville"), ("declarations", "other_route", "Êtes-vous candidat")]
)
def test_what_is_missing_leads_into_its_field(
    zoe: Candidate, user: User, dossier: Dossier, page: str, field: str, label: str
) -> None:
    """A text, and a group of choices."""
    save_answers(dossier.pk, page, {field: ""}, by=user)
    zoe.go(f"/dossier/{zoe.slug}/relecture/")
    zoe.reads("Il reste 1 chose à faire avant de transmettre")
    zoe.page.locator("#manque a").click()
    control = zoe.page.locator(f"[name={field}]").first
    expect(control).to_be_focused()


def test_what_is_checked_is_what_is_sent(zoe: Candidate, dossier: Dossier) -> None:
    """Each answer stands on the last page; page, mail and letter bear one number and the order, for good."""
    zoe.go(f"/dossier/{zoe.slug}/relecture/")
    for said in ("1, rue de l’Église", "Vœu 1", "IMT Mines Albi", "Chimie", "piece.pdf"):
        zoe.reads(said)
    look_at(zoe.page)
    number = zoe.submits()
    assert Receipt.objects.get().number == number
    schools = ("IMT Mines Albi", "IMT Mines Alès", "IMT Nord Europe")
    expect(zoe.main.locator("ol li")).to_contain_text(list(schools))
    mail_says("dossier_submitted", EMAIL, number, *schools)
    letter_says("receipt", Dossier.objects.get(pk=dossier.pk), *schools)
    zoe.home()
    zoe.does_not_read("Brouillon")
