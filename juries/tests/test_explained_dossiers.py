"""A dossier that explains what it lacks, among those who examine it. Rule: APP-09."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.choices import rank_choices
from applicants.corrections import answer_correction, ask_correction
from applicants.dossiers import start_dossier
from applicants.explanations import explain_missing
from applicants.models import Dossier, Explanation
from applicants.submission import NotReady, submit_dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.test_choices_side_by_side import TEXT
from applicants.typing_in import deposit_for_candidate
from documents.models import SupportingDocument
from juries.verification import NotValid, review_paper, validate_dossier
from programmes.models import Procedure

LETTER = "paper:letter--logiciel"


@pytest.fixture
def made_up(db: None) -> Procedure:
    """A procedure whose dossiers may be submitted with explanations."""
    return scenario.procedure_from(TEXT)


@pytest.fixture
def zoe(db: None) -> User:
    """A candidate."""
    return scenario.person()


@pytest.fixture
def office(made_up: Procedure) -> User:
    """Who examines."""
    return scenario.staff(made_up, "office")


@pytest.fixture
def submitted(made_up: Procedure, zoe: User) -> Dossier:
    """Submitted without the letter, which is explained."""
    dossier = start_dossier(made_up.pk, by=zoe)
    scenario.answer_all(dossier, zoe)
    rank_choices(dossier.pk, ["logiciel"], by=zoe)
    scenario.deposit_all(dossier, zoe)
    SupportingDocument.objects.filter(kind="letter--logiciel").delete()
    explain_missing(dossier.pk, LETTER, "Mon ordinateur est mort.", by=zoe)
    submit_dossier(dossier.pk, by=zoe)
    return scenario.reloaded(dossier.pk)


def accept_all(dossier: Dossier, by: User) -> None:
    for document in SupportingDocument.objects.current().filter(folder=dossier.folder):
        review_paper(document.pk, accepted=True, by=by)


def test_they_validate_a_dossier_that_explains_what_it_lacks(submitted: Dossier, office: User) -> None:
    accept_all(submitted, office)
    assert validate_dossier(submitted.pk, by=office).status == "validated"


def test_what_nobody_explained_still_bars_validation(submitted: Dossier, office: User, zoe: User) -> None:
    accept_all(submitted, office)
    Explanation.objects.all().delete()
    with pytest.raises(NotValid, match=r"Lettre de motivation – Logiciel.*manquante"):
        validate_dossier(submitted.pk, by=office)


def test_they_may_ask_for_it_all_the_same_and_the_old_words_no_longer_do(
    submitted: Dossier, office: User, zoe: User, made_up: Procedure
) -> None:
    scenario.set_clock(made_up, "2026-03-25 10:00")
    until = made_up.now() + dt.timedelta(days=3)
    asked = ask_correction(submitted.pk, opens=[LETTER], reason="Il nous la faut.", until=until, by=office)
    with pytest.raises(NotReady):
        answer_correction(asked.pk, by=zoe)
    explain_missing(submitted.pk, LETTER, "Je n’en écrirai pas.", by=zoe)
    assert answer_correction(asked.pk, by=zoe).answered_at


def test_the_page_of_the_dossier_says_what_is_missing_and_why(submitted: Dossier, office: User, client: Client) -> None:
    client.force_login(office)
    page = read(client.get(reverse("admin:applicants_dossier_change", args=[submitted.pk])))
    assert "Ce qui manque, et pourquoi" in page
    assert "Mon ordinateur est mort." in page


def test_they_add_it_when_it_comes_by_mail(submitted: Dossier, office: User, zoe: User, client: Client) -> None:
    """From the link beside the paper: it is checked and examined as any other, marked, and told to the candidate."""
    client.force_login(office)
    page = reverse("admin:applicants_dossier_change", args=[submitted.pk])
    form = reverse("admin:juries_type_paper", args=[submitted.pk, "letter--logiciel"])
    assert form in client.get(page).text
    answer = client.post(form, {"file": scenario.pdf("lettre.pdf"), "typed_because": "Reçue par courriel"})
    assert answer.headers["Location"] == page
    document = SupportingDocument.objects.get(kind="letter--logiciel")
    assert (document.check_state, document.review, document.uploaded_by) == ("pending", "unreviewed", office)
    words = read(client.get(page))
    assert "lettre.pdf" in words
    assert words.count("ajouté par le service") == 1  # the candidate deposited the others
    assert "Mon ordinateur est mort" not in words
    assert form not in client.get(page).text  # there is no room for a second letter
    with pytest.raises(NotValid):
        validate_dossier(submitted.pk, by=office)
    scenario.pass_checks(submitted)
    accept_all(submitted, office)
    assert validate_dossier(submitted.pk, by=office).status == "validated"
    (mail,) = scenario.mails("typed_in")
    assert "Reçue par courriel" in scenario.words_of(mail)
    assert "paper.typed_in" in scenario.events(submitted.pk)
    client.force_login(zoe)
    own = read(client.get(reverse("applicants:paper", args=[submitted.procedure.slug, "letter--logiciel"])))
    assert "Reçue par courriel" in own


def test_the_next_transcript_joins_those_that_were_accepted(db: None) -> None:
    """A paper of several files has room for the one that was not out yet. Rule: APP-09."""
    procedure = scenario.procedure_at(scenario.OPEN)
    dossier = scenario.submitted(procedure, scenario.person())
    office = scenario.staff(procedure, "office")
    rule = next(rule for rule in dossier.rules.papers if rule.max_files > 3)
    deposit_for_candidate(dossier.pk, rule.code, scenario.pdf("1.pdf"), reason="Courriel", by=office)
    scenario.pass_checks(dossier)
    accept_all(dossier, office)
    before = SupportingDocument.objects.current().filter(kind=rule.code).count()
    deposit_for_candidate(dossier.pk, rule.code, scenario.pdf("2.pdf"), reason="Courriel", by=office)
    assert SupportingDocument.objects.current().filter(kind=rule.code).count() == before + 1
