"""The pages from the start to the receipt and beyond: consent, submission, corrections, withdrawal, appraisal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Consent, User
from applicants.answers import save_answers
from applicants.corrections import ask_correction
from applicants.models import Dossier, Referee, Status
from applicants.referees import name_referee, secret_of
from applicants.tests.reading import read
from applicants.tests.scenario import CLOSED, LAST_SECOND, begun, complete, filled, pdf, reloaded, set_clock, submitted
from programmes.models import Procedure

MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _clock_stands_still() -> None:
    """Pages move with the request's clock: the rehearsal's offset alone decides the hour."""


def url(name: str, procedure: Procedure, *args: object) -> str:
    return reverse(f"applicants:{name}", args=[procedure.slug, *args])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return read(answer)


# --- The start ----------------------------------------------------------------------------------------------


def test_consent_comes_before_the_dossier(client: Client, procedure: Procedure) -> None:
    new = User.objects.create_user("new@example.org")
    client.force_login(new)
    assert 'name="consent"' in page(client, url("start", procedure))
    refused = read(client.post(url("start", procedure), follow=True))
    assert "Lisez d’abord la notice" in refused
    assert not Dossier.objects.exists()
    answer = client.post(url("start", procedure), {"consent": "on"})
    assert answer["Location"] == reverse("campaign:dossier", args=[procedure.slug])
    assert Consent.objects.get(user=new).language == "fr"
    assert Dossier.objects.get().candidate.user == new


def test_starting_twice_leads_to_the_one_dossier(client: Client, procedure: Procedure, zoe: User) -> None:
    client.force_login(zoe)
    for _ in range(2):
        assert client.post(url("start", procedure)).status_code == 302
    assert Dossier.objects.count() == 1
    assert client.get(url("start", procedure)).status_code == 302


def test_after_the_closing_hour_nothing_starts(client: Client, procedure: Procedure, zoe: User) -> None:
    set_clock(procedure, CLOSED)
    client.force_login(zoe)
    assert "Les candidatures sont closes depuis le" in page(client, url("start", procedure))
    client.post(url("start", procedure))
    assert not Dossier.objects.exists()


# --- Review and submission ----------------------------------------------------------------------------------


def test_what_is_missing_is_a_list_of_links(
    client: Client, procedure: Procedure, zoe: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    begun(procedure, zoe)
    client.force_login(zoe)
    with django_assert_max_num_queries(MOST_QUERIES):
        text = page(client, url("review", procedure))
    for place in [
        url("page", procedure, "identity"),
        url("title", procedure),
        url("paper", procedure, "cv"),
        url("fee", procedure),
    ]:
        assert f'href="{place}"' in text
    assert "data-confirm-action" not in text  # nothing to press yet


def test_an_incomplete_dossier_is_refused_in_words(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    client.force_login(zoe)
    text = read(client.post(url("submit", procedure), follow=True))
    assert "Votre dossier n’est pas encore complet." in text
    assert reloaded(dossier.pk).status == Status.DRAFT


def test_the_review_shows_what_will_be_sent(client: Client, procedure: Procedure, zoe: User) -> None:
    complete(procedure, zoe)
    client.force_login(zoe)
    text = page(client, url("review", procedure))
    for said in ["Nguyễn-Lefèvre", "27 mars 2004", "France", "Licence (L3)", "Chimie", "IMT Mines Albi", "piece.pdf"]:
        assert said in text
    assert "Transmettre mon dossier" in text


def test_submitting_twice_leads_to_the_same_receipt(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    client.force_login(zoe)
    first = client.post(url("submit", procedure), follow=True)
    second = client.post(url("submit", procedure), follow=True)
    number = reloaded(dossier.pk).receipt.number
    assert number in read(first)
    assert number in read(second)


def test_the_receipt_is_not_there_before_submission(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    client.force_login(zoe)
    assert client.get(url("receipt", procedure)).status_code == 404


def test_the_last_second_counts_and_the_closing_hour_does_not(
    client: Client, procedure: Procedure, zoe: User, other: User
) -> None:
    in_time, late = complete(procedure, zoe), complete(procedure, other)
    set_clock(procedure, CLOSED)
    client.force_login(other)
    text = read(client.post(url("submit", procedure), follow=True))
    assert "close depuis le vendredi 20 mars 2026 à 23 h" in text
    set_clock(procedure, LAST_SECOND)
    client.force_login(zoe)
    client.post(url("submit", procedure))
    assert [reloaded(d.pk).status for d in (in_time, late)] == [Status.SUBMITTED, Status.DRAFT]


def test_after_submission_every_page_is_read_only_in_few_queries(
    client: Client, procedure: Procedure, zoe: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dossier = submitted(procedure, zoe)
    client.force_login(zoe)
    pages = [url("page", procedure, rule.code) for rule in dossier.rules.pages]
    pages += [url(name, procedure) for name in ["title", "choices", "papers", "referees", "fee", "review", "receipt"]]
    for address in [*pages, url("paper", procedure, "cv"), url("withdraw", procedure)]:
        with django_assert_max_num_queries(MOST_QUERIES):
            text = page(client, address)
        assert "Enregistrer et continuer" not in text, address
        assert "Déposer le fichier" not in text, address
    refused = read(client.post(url("choices", procedure), {"move": "down:albi"}, follow=True))
    assert "définitif" in refused
    assert str(dossier.rules.titles[0].label) in page(client, url("title", procedure))
    papers = page(client, url("papers", procedure))
    assert "Vous pouvez transmettre" not in papers
    assert "joignez son fichier" not in papers


def test_a_late_paper_is_deposited_after_submission(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    set_clock(procedure, "2026-07-17 23:59:59")
    client.force_login(zoe)
    client.post(url("paper", procedure, "required-title"), {"file": pdf()})
    assert dossier.folder.documents.filter(kind="required-title").exists()
    set_clock(procedure, "2026-07-18 00:00:00")
    text = read(client.post(url("paper", procedure, "required-title"), {"file": pdf()}))
    assert "cette partie ne se modifie plus" in text
    assert dossier.folder.documents.filter(kind="required-title").count() == 1


# --- Corrections and withdrawal -----------------------------------------------------------------------------


def asked(dossier: Dossier, verifier: User, *opens: str) -> str:
    until = dossier.procedure.now() + dt.timedelta(days=3)
    correction = ask_correction(dossier.pk, opens=opens, reason="Complétez ceci.", until=until, by=verifier)
    return url("correction", dossier.procedure, correction.pk)


def test_a_correction_opens_what_it_names_and_is_answered(
    client: Client, procedure: Procedure, zoe: User, verifier: User
) -> None:
    address = asked(submitted(procedure, zoe), verifier, "page:contact", "paper:cv")
    client.force_login(zoe)
    text = page(client, address)
    assert url("page", procedure, "contact") in text
    assert "Complétez ceci." in page(client, url("page", procedure, "identity"))  # said on every page
    assert "Enregistrer et continuer" in page(client, url("page", procedure, "contact"))
    assert "Enregistrer et continuer" not in page(client, url("page", procedure, "identity"))
    answer = read(client.post(address, follow=True))
    assert "Votre réponse est transmise à l’école." in answer
    assert "Enregistrer et continuer" not in page(client, url("page", procedure, "contact"))


def test_a_correction_answered_too_soon_says_what_is_missing(
    client: Client, procedure: Procedure, zoe: User, verifier: User
) -> None:
    dossier = submitted(procedure, zoe)
    address = asked(dossier, verifier, "paper:cv")
    dossier.folder.documents.filter(kind="cv").update(review="refused", review_reason="Illisible")
    client.force_login(zoe)
    text = read(client.post(address))
    assert "data-error-summary" in text
    assert f'href="{url("paper", procedure, "cv")}"' in text


def test_another_person_s_correction_is_not_there(
    client: Client, procedure: Procedure, zoe: User, other: User, verifier: User
) -> None:
    address = asked(submitted(procedure, zoe), verifier, "paper:cv")
    begun(procedure, other)
    client.force_login(other)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_withdrawing_is_for_good(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe)
    client.force_login(zoe)
    assert "data-confirm" in page(client, url("withdraw", procedure))
    text = read(client.post(url("withdraw", procedure), follow=True))
    assert "Votre candidature est retirée" in text
    assert reloaded(dossier.pk).status == Status.WITHDRAWN


def test_a_draft_is_not_withdrawn(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    client.force_login(zoe)
    text = read(client.post(url("withdraw", procedure), follow=True))
    assert "il n’y a rien à retirer" in text
    assert reloaded(dossier.pk).status == Status.DRAFT


# --- The appraisal ------------------------------------------------------------------------------------------


@pytest.fixture
def referee(procedure: Procedure, zoe: User) -> Referee:
    """Somebody whom Zoé asked for an opinion."""
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "identity", {"family_name": "Lefèvre", "given_names": "Zoé"}, by=zoe)
    return name_referee(dossier.pk, kind="appraiser", name="M. Curie", position="", email="m@example.org", by=zoe)


@pytest.fixture
def answers() -> dict[str, str]:
    """A whole appraisal."""
    good = dict.fromkeys(("scientific_level", "work", "autonomy"), "good")
    words = {"acquaintance": "Son enseignante", "suitability": "Un projet solide."}
    return good | words | {"standing": "top-10", "opinion": "favourable"}


def appraisal_of(referee: Referee) -> str:
    return reverse("applicants:appraisal", args=[secret_of(referee.pk)])


def test_a_referee_drafts_and_deposits_without_an_account(
    client: Client, referee: Referee, answers: dict[str, str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = appraisal_of(referee)
    client.post(address, {"acquaintance": "Son enseignante", "keep": "1"})
    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(address)
    assert "Son enseignante" in read(answer)
    assert "Zoé Lefèvre" in read(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    text = read(client.post(address, {**answers, "deposit": "1"}, follow=True))
    assert "Votre fiche est déposée" in text
    assert "Un projet solide." not in text  # a link that goes astray shows nothing of it
    referee.refresh_from_db()
    assert referee.state == Referee.State.DEPOSITED


def test_an_incomplete_appraisal_stays_a_draft_and_says_where(client: Client, referee: Referee) -> None:
    text = read(client.post(appraisal_of(referee), {"acquaintance": "Son enseignante", "deposit": "1"}))
    assert "data-error-summary" in text
    assert 'href="#id_opinion"' in text
    referee.refresh_from_db()
    assert referee.state == Referee.State.ASKED


def test_a_referee_declines(client: Client, referee: Referee, zoe: User) -> None:
    address = reverse("applicants:decline_appraisal", args=[secret_of(referee.pk)])
    assert client.get(address).status_code == 405
    assert "Vous avez décliné" in read(client.post(address, follow=True))
    client.force_login(zoe)
    text = page(client, url("referees", referee.dossier.procedure))
    assert "A décliné" in text
    assert "Désigner quelqu’un d’autre" in text


def test_the_candidate_never_reads_the_appraisal(
    client: Client, referee: Referee, answers: dict[str, str], zoe: User
) -> None:
    client.post(appraisal_of(referee), {**answers, "deposit": "1"})
    client.force_login(zoe)
    procedure = referee.dossier.procedure
    for address in [
        url("referees", procedure),
        url("review", procedure),
        reverse("campaign:dossier", args=[procedure.slug]),
    ]:
        text = page(client, address)
        assert "Un projet solide." not in text
    assert "Fiche déposée" in page(client, url("referees", procedure))


def test_a_wrong_link_leads_nowhere(client: Client, referee: Referee) -> None:
    address = reverse("applicants:appraisal", args=["x" * 43])
    assert client.get(address).status_code == 404
    assert client.post(address, {"keep": "1"}).status_code == 404


def test_an_appraisal_too_late_is_refused_in_words_and_keeps_what_was_typed(
    client: Client, referee: Referee, answers: dict[str, str]
) -> None:
    set_clock(referee.dossier.procedure, CLOSED)
    text = read(client.post(appraisal_of(referee), {**answers, "deposit": "1"}))
    assert "Le délai est passé" in text
    assert "Un projet solide." in text
