"""A relative answers for a candidate, each in a browser of their own. Rule: AST-19."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from journal.clock import at_one_instant
from offers.models import ReplyRecord
from offers.tests.market import JURY_DAY, market, start
from tests.actors import Candidate, Person, enter
from tests.conftest import OpenBrowser
from tests.looking import look_at
from tests.stage import Stage, mail_says

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


@pytest.fixture
def zoe(transactional_db: None, open_browser: OpenBrowser, live_server: LiveServer) -> Candidate:
    """Somebody whom Alès offers a seat, and who may hope for Albi."""
    stage = Stage(JURY_DAY)
    with at_one_instant():
        lists, choices = {"albi": "lz", "ales": "z"}, {"z": "albi ales", "l": "albi"}
        dossiers = market(stage.procedure, lists, choices, {"albi": 1, "ales": 1})
        start(stage.procedure, 1)
    page, user = open_browser(), dossiers["z"].candidate.user
    enter(page, user, live_server)
    return Candidate(page, user.email, stage.slug)


def test_a_relative_answers_with_the_code_of_a_candidate(zoe: Candidate, open_browser: OpenBrowser) -> None:
    relative = Person(open_browser())
    address, code = makes_a_code(zoe)
    relative.go(address)
    relative.arrives_at("Répondre pour un proche")
    relative.fill({"Référence du dossier": zoe.dossier.reference, "Code de réponse": "2222-2222"})
    relative.press("Voir la proposition")
    relative.reads("La référence et le code ne vont pas ensemble.")
    relative.looks_again()
    relative.fill({"Référence du dossier": zoe.dossier.reference.lower(), "Code de réponse": code.replace("-", " ")})
    relative.press("Voir la proposition")
    answers_oui_mais(relative)
    mail_says("reply_recorded", zoe.email, "Un proche a répondu à votre place", "(OUI MAIS)")
    zoe.go(f"/places/{zoe.slug}/")
    zoe.arrives_at("Votre réponse est enregistrée : OUI MAIS (par un proche)")
    cancels_the_code(zoe)
    relative.page.reload()
    relative.reads("Indiquez d’abord la référence du dossier et le code de réponse.")
    assert [given.by_relative for given in ReplyRecord.objects.all()] == [True]


def makes_a_code(zoe: Candidate) -> tuple[str, str]:
    """What the candidate passes on: the address of the page, and the code."""
    zoe.go(f"/places/{zoe.slug}/")
    zoe.unfold("Faire répondre un proche")
    look_at(zoe.page)
    zoe.press("Créer un code de réponse")
    zoe.arrives_at("Votre code de réponse")
    zoe.reads(zoe.dossier.reference)
    address = zoe.main.get_by_text(f"/places/{zoe.slug}/proche/").first.inner_text()
    return address, zoe.main.locator(".confirmation__number").inner_text()


def answers_oui_mais(relative: Person) -> None:
    """Read what is offered, choose, read what it does, and give it."""
    relative.arrives_at("Répondre pour Z Martin")
    relative.reads("IMT Mines Alès vous propose une place")
    relative.main.get_by_role("radio", name="OUI MAIS").check()
    relative.press("Continuer")
    relative.arrives_at("Vous répondez : OUI MAIS")
    relative.reads("Vous restez en attente de mieux : IMT Mines Albi.")
    relative.press("Enregistrer ma réponse : OUI MAIS")
    relative.arrives_at("Répondre pour Z Martin")
    relative.reads("Votre réponse est enregistrée : OUI MAIS")
    relative.looks_again()


def cancels_the_code(zoe: Candidate) -> None:
    """It opens nothing any more."""
    zoe.unfold("Faire répondre un proche")
    zoe.reads("Un code existe depuis le jeudi 28 mai 2026")
    zoe.press("Annuler le code")
    zoe.reads("Le code de réponse est annulé.")
