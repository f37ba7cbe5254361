"""The staff's side as a whole: it shows and does not write, and nobody is let in whose account is closed."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier
from applicants.tests.scenario import OPEN, person, procedure_at, set_clock, staff, submitted
from payments.models import Charge
from programmes.desk import DeskAdmin
from programmes.models import Procedure, Role


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
