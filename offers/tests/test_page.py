"""The candidate's page: behind its gates, in words, from any browser. Rules: AST-16 to AST-20."""

from __future__ import annotations

import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applicants.models import Dossier
from applicants.tests.reading import Page, read
from applicants.tests.scenario import set_clock
from offers.allocation import Reply
from offers.enrolment import pronounce_all_ready
from offers.models import ReplyRecord
from offers.tests.market import (
    answer,
    candidate,
    end,
    market,
    paper,
    period,
    play,
    publish,
    stand_at,
    start,
)
from programmes.models import Procedure

LISTS = {"albi": "bca", "ales": "abc", "nord-europe": "cab"}
CHOICES = {"a": "albi ales nord-europe", "b": "ales albi", "c": "albi ales"}
SEATS = {"albi": 1, "ales": 1, "nord-europe": 1}
A_MINUTE_EARLY = "2026-05-28 13:59"  # a request has an instant of its own: here the clock goes on


def client_of(dossier: Dossier) -> Client:
    client = Client()
    client.force_login(dossier.candidate.user)
    return client


def text_of(dossier: Dossier, path: str = "") -> Page:
    response = client_of(dossier).get(f"/places/{dossier.procedure.slug}/{path}")
    assert response.status_code == 200
    return Page(" ".join(read(response).split()))


def post(dossier: Dossier, reply: str) -> str:
    address = f"/places/{dossier.procedure.slug}/repondre/"
    response = client_of(dossier).post(address, {"reponse": reply}, follow=True)
    return html.unescape(response.content.decode())


def test_nothing_shows_early(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    set_clock(procedure, A_MINUTE_EARLY)
    seen = text_of(dossiers["a"])
    assert "Les résultats ne sont pas encore publiés" in seen
    assert "Votre rang" not in seen
    assert "Alès" not in seen


def test_ranks_show_with_the_results_and_offers_with_their_period(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    seen = text_of(dossiers["a"])
    assert "Vous êtes en lice" in seen
    assert "3e" in seen
    start(procedure, 1)
    assert "IMT Mines Alès vous propose une place" in text_of(dossiers["a"])
    set_clock(procedure, A_MINUTE_EARLY)
    assert "vous propose une place" not in text_of(dossiers["a"])


def test_each_choice_says_where_one_stands(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    seen = text_of(dossiers["a"])
    assert "En attente, à 2 rangs du dernier appelé." in seen
    assert "Cette place vous est proposée." in seen
    assert "Moins bien classée que la place proposée" in seen
    assert "Le jury ne vous a pas classé dans cette école." not in seen


def test_a_reply_is_said_again_and_then_recorded(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    a = dossiers["a"]
    confirmed = text_of(a, "repondre/?reponse=ACCEPT_BUT")
    assert "Vous répondez : OUI MAIS" in confirmed
    assert "Vous gardez votre place à IMT Mines Alès." in confirmed
    assert "Vous renoncez à : IMT Nord Europe." in confirmed
    assert not ReplyRecord.objects.exists()
    assert "Votre réponse est enregistrée : OUI MAIS" in post(a, "ACCEPT_BUT")
    assert "Changer ma réponse" in text_of(a)
    post(a, "ACCEPT")
    assert [reply.reply for reply in ReplyRecord.objects.all()] == ["ACCEPT_BUT", "ACCEPT"]


@pytest.mark.parametrize(
    ("reply", "better", "offered"),
    [
        (Reply.ACCEPT, "Vous y avez renoncé.", "Vous avez dit oui à cette place."),
        (Reply.ACCEPT_BUT, "En attente, à 2 rangs du dernier appelé.", "Vous avez dit oui à cette place."),
        (Reply.DECLINE_BUT, "En attente, à 2 rangs du dernier appelé.", "Vous avez refusé cette place."),
        (Reply.WITHDRAW, "Vous y avez renoncé.", "Vous avez refusé cette place."),
    ],
)
def test_the_schools_say_what_the_reply_made_of_them(
    procedure: Procedure, reply: Reply, better: str, offered: str
) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    answer(dossiers["a"], reply)
    seen = text_of(dossiers["a"])
    assert better in seen
    assert offered in seen
    assert "Cette place vous est proposée." not in seen


@pytest.mark.parametrize("reply", ["WAIT", "", "SOMETHING"])
def test_an_answer_that_is_not_offered_is_refused_in_words(procedure: Procedure, reply: str) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    assert "Choisissez une réponse parmi celles qui sont proposées." in post(dossiers["a"], reply)
    assert not ReplyRecord.objects.exists()


def test_too_late_is_said(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    set_clock(procedure, "2026-06-03 23:00:00")
    assert "Il n’est pas possible de répondre maintenant." in post(dossiers["a"], "ACCEPT")
    assert not ReplyRecord.objects.exists()


def test_between_two_periods(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": Reply.ACCEPT_BUT, "c": Reply.WAIT}, dossiers)
    seen = text_of(dossiers["a"])
    assert "Votre place à IMT Mines Alès est gardée" in seen
    assert "La période 2 s’ouvre le jeudi 4 juin 2026 à 14 h" in seen
    assert "OUI MAIS" in seen
    assert "Vous êtes en lice, sans proposition pour l’instant" in text_of(dossiers["c"])
    silent = text_of(dossiers["b"])
    assert "Vous n’êtes plus en lice" in silent
    assert "Vous n’avez pas répondu à temps." in silent


def test_after_an_acceptance_only_the_title_is_missing(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": Reply.ACCEPT}, dossiers)
    seen = text_of(dossiers["a"])
    assert "Votre place à IMT Mines Alès est retenue" in seen
    assert "au plus tard le vendredi 17 juillet 2026 à minuit" in seen
    assert "Déposer mon titre" in seen
    start(procedure, 2)
    assert "Renoncer à ma place" in text_of(dossiers["a"])
    for kind in ("required-title", "second-semester-transcript"):
        paper(dossiers["a"], kind, review="accepted")
    pronounce_all_ready(procedure)
    assert "Votre admission à IMT Mines Alès est définitive" in text_of(dossiers["a"])


def test_in_the_last_period_who_has_no_offer_is_asked_nothing(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    for number in (1, 2, 3):
        play(procedure, number, {"a": Reply.ACCEPT_BUT, "b": Reply.ACCEPT_BUT, "c": Reply.WAIT}, dossiers)
    start(procedure, 4)
    seen = text_of(dossiers["c"])
    assert "Vous n’avez rien à faire" in seen
    assert "ATTENTE</strong>" not in seen
    assert "cette place devient définitive" in text_of(dossiers["a"])


def test_who_is_not_admitted_reads_it_and_sees_no_rank(procedure: Procedure) -> None:
    dossier = candidate(procedure, "refused", ["albi"])
    publish(procedure)
    seen = text_of(dossier)
    assert "Le jury ne vous a placé sur aucun tableau d’admission." in seen


def test_nobody_sees_anothers_page(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    outsider = candidate(procedure, "outsider", ["albi"]).candidate.user
    outsider.candidate.dossiers.all().delete()
    client = Client()
    assert client.get(f"/places/{procedure.slug}/").status_code == 302
    client.force_login(outsider)
    assert client.get(f"/places/{procedure.slug}/").status_code == 404


@pytest.mark.parametrize("moment", ["before", "offer", "replied", "seat"])
def test_the_page_asks_little_of_the_database(procedure: Procedure, moment: str) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    if moment != "before":
        start(procedure, 1)
    if moment in ("replied", "seat"):
        answer(dossiers["a"], Reply.ACCEPT)
    if moment == "seat":
        end(procedure, 1)
        stand_at(procedure, period(procedure, 2).starts_at)
    client = client_of(dossiers["a"])
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/places/{procedure.slug}/")
    assert len(asked) <= 12, [query["sql"][:90] for query in asked]
