"""A programme added to a submitted dossier, and dossiers studied ahead of the others. Rules: APP-14, APP-20."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.additions import NothingToAdd, add_programme, addable_programmes
from applicants.answers import save_answers
from applicants.choices import WrongOrder, rank_choices
from applicants.contents import read_contents
from applicants.dossiers import start_dossier
from applicants.early import NotTakenEarly, is_asked_for_early, mark_early
from applicants.editing import NotEditable, OrderIsFinal
from applicants.endings import withdraw_dossier
from applicants.given import answers_of
from applicants.models import Choice, Dossier, Receipt
from applicants.papers import deposit_paper
from applicants.submission import NotReady, submit_dossier
from applicants.tests import scenario
from applicants.tests.reading import read
from applicants.tests.test_choices_side_by_side import TEXT
from applicants.versions import fit_draft
from documents.models import Notice
from journal.errors import Closed, NotAllowed
from programmes.models import Procedure
from programmes.procedure_file import read_text
from programmes.procedure_file.nodes import FaultyFile

LAST_SECOND, TOO_LATE = "2026-03-09 23:59:59", "2026-03-10 00:00:00"


@pytest.fixture
def made_up(db: None) -> Procedure:
    return scenario.procedure_from(TEXT)


@pytest.fixture
def office(made_up: Procedure) -> User:
    return scenario.staff(made_up, "office")


@pytest.fixture
def dossier(made_up: Procedure, zoe: User) -> Dossier:
    """Submitted for one programme."""
    dossier = start_dossier(made_up.pk, by=zoe)
    scenario.answer_all(dossier, zoe)
    rank_choices(dossier.pk, ["logiciel"], by=zoe)
    scenario.deposit_all(dossier, zoe)
    submit_dossier(dossier.pk, by=zoe)
    return scenario.reloaded(dossier.pk)


def test_a_programme_added_opens_the_dossier_for_what_it_asks_and_nothing_else(
    dossier: Dossier, zoe: User, office: User
) -> None:
    kept = Choice.objects.get(dossier=dossier)
    add_programme(dossier.pk, "energie", by=office)
    fresh = scenario.reloaded(dossier.pk)
    assert fresh.status == "draft"
    assert fresh.is_reopened
    assert {item.code for item in read_contents(fresh).missing} == {"paper:letter--energie", "paper:award"}
    assert Choice.objects.filter(pk=kept.pk, rank=1).exists(), "what was chosen before is not made anew"
    deposit_paper(dossier.pk, "letter--energie", scenario.pdf(), by=zoe)
    deposit_paper(dossier.pk, "further", scenario.pdf(), by=zoe)
    with pytest.raises(NotEditable, match="rouvert pour la formation ajoutée"):
        save_answers(dossier.pk, "identity", {"given_names": "Zazie"}, by=zoe)
    with pytest.raises(NotEditable):
        deposit_paper(dossier.pk, "cv", scenario.pdf(), by=zoe)
    with pytest.raises(NotEditable):
        rank_choices(dossier.pk, ["energie"], by=zoe)


def test_it_is_submitted_again_with_another_receipt(
    dossier: Dossier, zoe: User, office: User, made_up: Procedure
) -> None:
    first = Receipt.objects.get(dossier=dossier)
    add_programme(dossier.pk, "energie", by=office)
    with pytest.raises(NotReady):
        submit_dossier(dossier.pk, by=zoe)
    for kind in ("letter--energie", "award"):
        deposit_paper(dossier.pk, kind, scenario.pdf(), by=zoe)
    scenario.set_clock(made_up, "2026-02-12 10:00")
    second = submit_dossier(dossier.pk, by=zoe)
    assert second.number != first.number
    assert [choice["programme"] for choice in second.choices] == ["logiciel", "energie"]
    assert submit_dossier(dossier.pk, by=zoe).number == second.number, "a double click is no error"
    assert not scenario.reloaded(dossier.pk).is_reopened
    assert Notice.objects.get(number=first.number).replaced_by == Notice.objects.get(number=second.number)
    assert len(scenario.mails("dossier_submitted")) == 2


def test_it_can_be_added_until_the_end_of_the_day_and_not_a_second_later(
    dossier: Dossier, office: User, made_up: Procedure
) -> None:
    scenario.set_clock(made_up, TOO_LATE)
    with pytest.raises(Closed):
        add_programme(dossier.pk, "energie", by=office)
    assert addable_programmes(scenario.reloaded(dossier.pk)) == []
    scenario.set_clock(made_up, LAST_SECOND)
    add_programme(dossier.pk, "energie", by=office)


def test_nothing_is_added_to_a_ranking(procedure: Procedure, zoe: User, verifier: User) -> None:
    """Rule: AST-06."""
    ranked = scenario.submitted(procedure, zoe, choices=("albi",))
    with pytest.raises(OrderIsFinal):
        add_programme(ranked.pk, "ales", by=verifier)


def test_only_what_the_procedure_offers_is_added_once_under_a_status_by_those_who_examine(
    dossier: Dossier, office: User, made_up: Procedure
) -> None:
    with pytest.raises(NothingToAdd, match="déjà demandée"):
        add_programme(dossier.pk, "logiciel", by=office)
    with pytest.raises(WrongOrder, match="ne propose pas"):
        add_programme(dossier.pk, "chimie", by=office)
    with pytest.raises(WrongOrder, match="sous quel statut"):
        add_programme(dossier.pk, "reseaux", by=office)
    with pytest.raises((NotAllowed, Dossier.DoesNotExist)):
        add_programme(dossier.pk, "energie", by=scenario.staff(made_up, "accountant"))
    add_programme(dossier.pk, "reseaux", status="student", by=office)
    assert Choice.objects.get(dossier=dossier, programme__code="reseaux").status == "student"


def test_the_candidate_is_warned_by_mail_and_on_every_page(
    dossier: Dossier, zoe: User, office: User, client: Client
) -> None:
    add_programme(dossier.pk, "energie", by=office)
    (mail,) = scenario.mails("programme_added")
    assert "c’est tout votre dossier qui ne sera pas étudié" in scenario.words_of(mail)
    client.force_login(zoe)
    for page in ("campaign:dossier", "applicants:papers"):
        shown = read(client.get(reverse(page, args=[dossier.procedure.slug])))
        assert "Dossier rouvert : il n’est plus transmis." in shown


def test_a_reopened_dossier_keeps_its_rules_and_can_be_withdrawn(dossier: Dossier, zoe: User, office: User) -> None:
    add_programme(dossier.pk, "energie", by=office)
    without = dataclasses.replace(dossier.rules, programmes=())
    assert fit_draft(dossier.pk, without, by=None) is False
    assert withdraw_dossier(dossier.pk, by=zoe).status == "withdrawn"


def test_the_office_keeps_a_reopened_dossier_in_view_and_no_new_draft(
    made_up: Procedure, dossier: Dossier, office: User
) -> None:
    start_dossier(made_up.pk, by=scenario.person("autre@example.org"))
    add_programme(dossier.pk, "reseaux", status="student", by=office)
    assert list(Dossier.objects.visible_to(office)) == [dossier]


def test_early_candidates_are_marked_where_a_programme_takes_them(
    dossier: Dossier, zoe: User, office: User, made_up: Procedure
) -> None:
    with pytest.raises(NotTakenEarly, match="par anticipation"):
        mark_early(dossier.pk, because="Part en mars", by=office)
    Choice.objects.filter(dossier=dossier).update(programme=made_up.programmes.get(code="reseaux"))
    fresh = scenario.reloaded(dossier.pk)
    assert is_asked_for_early(fresh, answers_of(fresh)), "the form says so"
    assert mark_early(dossier.pk, because=" Part en mars ", by=office).early_because == "Part en mars"
    fresh = scenario.reloaded(dossier.pk)
    assert not is_asked_for_early(fresh, answers_of(fresh)), "it is done"
    assert mark_early(dossier.pk, because="", by=office).early_because == ""


class TestStaffPages:
    """The dossier's page, and the list with those who go ahead first."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, office: User) -> None:
        client.force_login(office)

    def test_a_programme_is_added_from_the_page_of_the_dossier(self, client: Client, dossier: Dossier) -> None:
        address = reverse("admin:applicants_dossier_change", args=[dossier.pk])
        assert "Ajouter une formation" in read(client.get(address))
        client.post(address, {"act": "add_programme", "programme": "reseaux", "status": "student"})
        assert Choice.objects.filter(dossier=dossier, programme__code="reseaux", status="student").exists()

    def test_early_ones_are_tagged_and_stand_first(
        self, client: Client, dossier: Dossier, other: User, made_up: Procedure, office: User
    ) -> None:
        late = start_dossier(made_up.pk, by=other)
        scenario.answer_all(late, other)
        rank_choices(late.pk, ["reseaux"], by=other, statuses={"reseaux": "student"})
        scenario.deposit_all(late, other)
        submit_dossier(late.pk, by=other)
        listing = reverse("admin:applicants_dossier_changelist")
        assert "étude anticipée" not in read(client.get(listing))
        address = reverse("admin:applicants_dossier_change", args=[late.pk])
        assert "Le candidat demande une étude anticipée." in read(client.get(address))
        client.post(address, {"act": "mark_early", "because": "Part en mars"})
        assert "Étude anticipée : Part en mars" in read(client.get(address))
        shown = read(client.get(listing))
        assert "étude anticipée" in shown
        assert shown.index(late.reference) < shown.index(dossier.reference)
        filtered = read(client.get(listing, {"anticipe": "oui"}))
        assert late.reference in filtered
        assert dossier.reference not in filtered


FAULTS = [
    ("ends: 2026-03-09 minuit", "starts: 2026-03-01 10:00", "l’ajout de formations a besoin d’une fin"),
    ("ends: 2026-03-09 minuit", "ends: 2026-03-29 minuit", "après la clôture ne pourrait plus être transmise"),
    ("order: unranked", "order: ranked", "rien ne s’ajoute à des vœux classés"),
    ("early_field: leaves", "early_field: nationality", "« nationality » n’est pas une question par oui ou non"),
    ("takes_early: oui", "takes_early: parfois", "oui ou non est attendu"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FAULTS)
def test_what_is_wrong_in_the_file_is_told_with_its_line(right: str, wrong: str, reason: str) -> None:
    assert right in TEXT
    with pytest.raises(FaultyFile) as refusal:
        read_text(TEXT.replace(right, wrong, 1), name="x.yaml")
    assert reason in " / ".join(str(fault) for fault in refusal.value.faults)
    assert all(fault.line > 1 for fault in refusal.value.faults)
