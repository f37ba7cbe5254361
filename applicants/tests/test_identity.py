"""An identity stated for good as the dossier is begun, and corrected by staff alone. Rules: APP-04, ALL-07."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.answers import save_answers
from applicants.dossiers import start_dossier
from applicants.identity_corrections import correct_identity
from applicants.models import Candidate, Dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.test_choices_side_by_side import TEXT
from applicants.values import WrongAnswer
from journal.errors import NotAllowed, Refused
from journal.models import Entry
from programmes.models import Procedure
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile

FIXED = TEXT.replace("year: 2026\n", "year: 2026\nidentity: fixed\n", 1)
ZOE = {"family_name": "Nguyễn-Lefèvre", "given_names": "Zoé", "birth_date": "2004-03-27"}


@pytest.fixture
def made_up(db: None) -> Procedure:
    return scenario.procedure_from(FIXED)


@pytest.fixture
def office(made_up: Procedure) -> User:
    return scenario.staff(made_up, "office")


@pytest.fixture
def dossier(made_up: Procedure, zoe: User) -> Dossier:
    return start_dossier(made_up.pk, by=zoe, identity=ZOE)


def test_a_dossier_begins_with_an_identity(made_up: Procedure, zoe: User) -> None:
    with pytest.raises(WrongAnswer):
        start_dossier(made_up.pk, by=zoe)
    with pytest.raises(WrongAnswer) as refusal:
        start_dossier(made_up.pk, by=zoe, identity=ZOE | {"birth_date": "2190-01-01", "given_names": " "})
    assert set(refusal.value.errors) == {"birth_date", "given_names"}
    assert not Dossier.objects.exists()
    start_dossier(made_up.pk, by=zoe, identity=ZOE)
    assert Candidate.objects.get().full_name == "Zoé Nguyễn-Lefèvre"


def test_what_was_stated_no_longer_changes_and_the_rest_does(dossier: Dossier, zoe: User) -> None:
    with pytest.raises(WrongAnswer, match="ne se modifie plus"):
        save_answers(dossier.pk, "identity", {"given_names": "Zazie"}, by=zoe)
    save_answers(dossier.pk, "identity", ZOE | {"nationality": "FR"}, by=zoe)
    assert Candidate.objects.get().given_names == "Zoé"


def test_nor_through_another_dossier_of_the_same_person(dossier: Dossier, zoe: User, procedure: Procedure) -> None:
    """The identity is one: another procedure, where it is free, must not be the way around."""
    free = start_dossier(procedure.pk, by=zoe)
    with pytest.raises(WrongAnswer):
        save_answers(free.pk, "identity", {"family_name": "Autre"}, by=zoe)
    save_answers(free.pk, "identity", {"name_in_use": "Roy"}, by=zoe)
    assert Candidate.objects.get().name_in_use == "Roy", "left blank until now"


def test_where_it_is_free_it_changes_as_before(procedure: Procedure, zoe: User) -> None:
    free = start_dossier(procedure.pk, by=zoe)
    save_answers(free.pk, "identity", {"family_name": "Une"}, by=zoe)
    save_answers(free.pk, "identity", {"family_name": "Deux"}, by=zoe)
    assert Candidate.objects.get().family_name == "Deux"


class TestCorrection:
    """By those who examine, once the dossier is with them."""

    @pytest.fixture(autouse=True)
    def _submitted(self, dossier: Dossier) -> None:
        Dossier.objects.filter(pk=dossier.pk).update(status="submitted", submitted_at=dossier.created_at)

    def test_staff_correct_it_and_the_candidate_is_told(self, dossier: Dossier, office: User) -> None:
        correct_identity(dossier.pk, ZOE | {"given_names": "Zoé Marie"}, by=office)
        assert Candidate.objects.get().folded_name == "nguyen-lefevre  zoe marie"
        entry = Entry.objects.get(event="candidate.identity_corrected")
        assert "given_names" in str(entry.details)
        assert "Marie" not in str(entry.details), "the journal holds no personal data"
        assert len(scenario.mails("identity_corrected")) == 1

    def test_nothing_changed_is_nothing_done(self, dossier: Dossier, office: User) -> None:
        correct_identity(dossier.pk, ZOE, by=office)
        assert scenario.mails("identity_corrected") == []

    def test_nobody_else_does(self, dossier: Dossier, zoe: User, made_up: Procedure) -> None:
        for by in (zoe, scenario.staff(made_up, "accountant")):
            with pytest.raises((Dossier.DoesNotExist, NotAllowed)):
                correct_identity(dossier.pk, ZOE, by=by)

    def test_a_name_is_not_taken_away(self, dossier: Dossier, office: User) -> None:
        with pytest.raises(WrongAnswer):
            correct_identity(dossier.pk, {"family_name": "Roy"}, by=office)

    def test_from_the_page_of_the_dossier(self, dossier: Dossier, office: User, client: Client) -> None:
        client.force_login(office)
        address = reverse("admin:applicants_dossier_change", args=[dossier.pk])
        assert "Corriger l’identité" in read(client.get(address))
        client.post(address, {"act": "correct_identity", **ZOE, "family_name": "Roy"})
        assert Candidate.objects.get().family_name == "Roy"
        refused = read(client.post(address, {"act": "correct_identity", **ZOE, "birth_date": "hier"}))
        assert "Écrivez une date qui existe" in refused


def test_staff_leave_a_free_identity_to_its_candidate(procedure: Procedure, zoe: User, verifier: User) -> None:
    submitted = scenario.submitted(procedure, zoe)
    with pytest.raises(Refused, match="le candidat corrige lui-même"):
        correct_identity(submitted.pk, ZOE, by=verifier)


class TestPages:
    """What the candidate sees and sends."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, zoe: User) -> None:
        client.force_login(zoe)

    def test_it_is_asked_for_before_the_dossier_begins(self, client: Client, made_up: Procedure) -> None:
        address = reverse("applicants:start", args=[made_up.slug])
        assert "vous ne pourrez plus la modifier" in read(client.get(address))
        refused = read(client.post(address, {**ZOE, "given_names": ""}))
        assert "Répondez à cette question." in refused
        assert "Nguyễn-Lefèvre" in refused
        assert not Dossier.objects.exists()
        client.post(address, ZOE)
        assert Candidate.objects.get().given_names == "Zoé"

    def test_then_it_is_shown_and_no_longer_asked(self, client: Client, dossier: Dossier) -> None:
        page = read(client.get(reverse("applicants:page", args=[dossier.procedure.slug, "identity"])))
        assert "Zoé" in page
        assert 'name="given_names"' not in page
        assert 'name="nationality"' in page
        assert "En cas d’erreur, écrivez-nous" in page


FAULTS = [
    ("identity: fixed", "identity: frozen", "les valeurs possibles sont : free, fixed"),
    ("      birth_date:", "      born_on:", "le formulaire doit la demander (birth_date)"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FAULTS)
def test_what_is_wrong_in_the_file_is_told_with_its_line(right: str, wrong: str, reason: str) -> None:
    assert right in FIXED
    with pytest.raises(FaultyFile) as refusal:
        read_text(FIXED.replace(right, wrong, 1), name="x.yaml")
    assert reason in " / ".join(str(fault) for fault in refusal.value.faults)
    assert all(fault.line > 1 for fault in refusal.value.faults)
