"""The staff's side as a whole: it shows and does not write, and nobody is let in whose account is closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier
from applicants.tests.scenario import OPEN, person, procedure_at, set_clock, staff, submitted
from payments.models import Charge
from programmes.desk import DeskAdmin
from programmes.loading import store
from programmes.models import Procedure, Role
from programmes.procedure_file import read


def test_every_list_is_one_of_ours() -> None:
    """Libraries bring lists that write, and show the secrets of second factors to an administrator."""
    assert [desk for desk in site._registry.values() if not isinstance(desk, DeskAdmin)] == []


@pytest.mark.django_db
def test_no_list_writes_even_for_an_administrator() -> None:
    request = RequestFactory().get("/gestion/")
    request.user = User.objects.create_superuser("root@example.org")
    for desk in site._registry.values():
        assert not desk.has_add_permission(request)
        assert not desk.has_change_permission(request)
        assert not desk.has_delete_permission(request)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Role.Kind.values)
def test_a_closed_account_sees_nothing(kind: str) -> None:
    procedure = procedure_at(OPEN)
    dossier = submitted(procedure, person())
    if kind in (Role.Kind.HEAD, Role.Kind.EVALUATOR):  # they see what is before their programme
        Procedure.objects.filter(pk=procedure.pk).update(judgement=Procedure.Judgement.BY_PROGRAMME)
        Dossier.objects.filter(pk=dossier.pk).update(status="validated", validated_at=procedure.now())
    member = staff(procedure, kind)
    assert Dossier.objects.visible_to(member).exists()
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert not Dossier.objects.visible_to(member).exists()
    assert not Charge.objects.visible_to(member).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("clock", "by_when"),
    [("2026-03-30 09:00", "à faire avant le mercredi 8 avril 2026"), ("2026-04-08 12:00", "en retard")],
)
def test_the_start_page_says_what_waits_since_when_and_until_when(client: Client, clock: str, by_when: str) -> None:
    procedure = procedure_at(OPEN)
    submitted(procedure, person())
    set_clock(procedure, clock)
    client.force_login(staff(procedure, Role.Kind.VERIFIER, "albi"))
    page = " ".join(client.get(reverse("admin:index")).content.decode().split())
    assert "dossier a des pièces à examiner" in page
    assert "depuis le " in page
    assert by_when in page


@pytest.mark.django_db
def test_the_work_comes_before_the_registers(client: Client) -> None:
    client.force_login(staff(procedure_at(OPEN), Role.Kind.OFFICE))
    places = client.get(reverse("admin:index")).context["available_apps"]
    assert [group["app_label"] for group in places] == ["work", "registers"]
    assert [str(line["name"]) for line in places[0]["models"]][:3] == ["Dossiers", "Messages", "Paiements"]


FOR_A_COMMON_JURY = {"Admissibilité", "Épreuves", "Notes", "Tableaux d’admission", "Résultats", "Propositions"}
FOR_PROGRAMMES = {"Candidatures", "Places à confirmer"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Role.Kind.OFFICE, Role.Kind.PRESIDENT, Role.Kind.ACCOUNTANT])
def test_the_menu_has_only_what_the_own_procedures_have(client: Client, kind: str) -> None:
    """A procedure without tests, refunds or periods would otherwise send people to pages that stay empty."""
    folder = Path(settings.BASE_DIR) / "programmes/procedures"
    common, by_programme = (
        store(read(folder / f"{name}.yaml"), rehearsal=True) for name in ("ast-2026", "apprenticeship-2021")
    )
    of_common, of_programmes = menu_of(client, common, kind), menu_of(client, by_programme, kind)
    assert not of_common & FOR_PROGRAMMES
    assert not of_programmes & FOR_A_COMMON_JURY
    assert not (of_common | of_programmes) & {"Mandats de prélèvement", "Remboursements"}  # neither file has any
    if kind != Role.Kind.ACCOUNTANT:
        assert of_common & FOR_A_COMMON_JURY
        assert of_programmes & FOR_PROGRAMMES


@pytest.mark.django_db
def test_the_menu_has_no_tests_where_there_are_none(client: Client) -> None:
    procedure = procedure_at(OPEN)
    procedure.steps.filter(kind="tests").delete()
    menu = menu_of(client, procedure, Role.Kind.OFFICE)
    assert "Admissibilité" in menu
    assert not menu & {"Épreuves", "Notes"}


@pytest.mark.django_db
def test_heads_evaluators_and_services_find_the_boards_where_a_step_is_theirs(client: Client) -> None:
    """The notice of the apprentices asks for no opinion and no evaluation, that of Nord Europe for opinions only."""
    folder = Path(settings.BASE_DIR) / "programmes/procedures"
    apprentices, masters = (
        store(read(folder / f"{name}.yaml"), rehearsal=True) for name in ("apprenticeship-2021", "ms-imtne-2025")
    )
    kinds = (Role.Kind.HEAD, Role.Kind.EVALUATOR, Role.Kind.VERIFIER)
    assert ["Candidatures" in menu_of(client, apprentices, kind) for kind in kinds] == [False, False, False]
    assert ["Candidatures" in menu_of(client, masters, kind) for kind in kinds] == [True, False, False]


def menu_of(client: Client, procedure: Procedure, kind: str) -> set[str]:
    """What somebody whose only role is of that kind finds in the menu."""
    client.force_login(staff(procedure, kind, email=f"{kind}@{procedure.slug}.example"))
    groups = client.get(reverse("admin:index")).context["available_apps"]
    return {str(line["name"]) for group in groups for line in group["models"]}
