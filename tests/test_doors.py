"""Doors that stay shut: what belongs to another candidate, another school, another procedure is not there (404)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Dossier
from applicants.tests import scenario
from documents.models import Notice, SupportingDocument
from juries.models import Decision
from programmes.loading import store
from programmes.models import Procedure, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure() -> Procedure:
    """The procedure, in the middle of its window of applications."""
    return scenario.procedure_at(scenario.OPEN)


@pytest.fixture
def dossier(procedure: Procedure) -> Dossier:
    """A submitted dossier, whose first choice is Albi and second Alès."""
    return scenario.submitted(procedure, scenario.person(), choices=("albi", "ales"))


@pytest.fixture
def elsewhere(procedure: Procedure) -> Procedure:
    """Another procedure of the same schools."""
    return store(scenario.ast_2026(), rehearsal=True, slug="une-autre")


def signed_in(user: User) -> Client:
    """The browser of `user`."""
    client = Client()
    client.force_login(user)
    return client


def status(client: Client, address: str) -> int:
    """How the portal answers."""
    response = client.get(address)
    b"".join(response)  # to its end, where a file is closed
    return response.status_code


def addresses_of(dossier: Dossier) -> dict[str, str]:
    """Where the candidate, and nobody else, reads what belongs to the dossier."""
    paper = SupportingDocument.objects.filter(folder=dossier.folder).first()
    notice = Notice.objects.get(recipient=dossier.candidate.user, kind="receipt")
    assert paper is not None
    return {
        "paper": reverse("applicants:paper_file", args=[paper.pk]),
        "notice": reverse("documents:notice", args=[notice.pk]),
        "home": reverse("campaign:dossier", args=[dossier.procedure.slug]),
        "review": reverse("applicants:review", args=[dossier.procedure.slug]),
    }


def desk_addresses_of(dossier: Dossier) -> dict[str, str]:
    """Where staff read the dossier and its papers."""
    paper = SupportingDocument.objects.filter(folder=dossier.folder).first()
    assert paper is not None
    return {
        "dossier": reverse("admin:applicants_dossier_change", args=[dossier.pk]),
        "paper": reverse("admin:juries_paper", args=[dossier.pk, paper.pk]),
    }


@pytest.mark.parametrize("what", ["paper", "notice", "home", "review"])
def test_what_is_a_candidates_is_there_for_no_other(dossier: Dossier, what: str) -> None:
    address = addresses_of(dossier)[what]
    assert status(signed_in(dossier.candidate.user), address) == 200
    assert status(signed_in(scenario.person("max@example.org")), address) == 404
    assert status(Client(), address) == 302  # to the sign-in, which tells nothing


def test_a_candidate_cannot_remove_anothers_paper(dossier: Dossier) -> None:
    paper = SupportingDocument.objects.filter(folder=dossier.folder).first()
    assert paper is not None
    other = signed_in(scenario.person("max@example.org"))
    assert other.post(reverse("applicants:remove_paper", args=[paper.pk])).status_code == 404
    paper.refresh_from_db()
    assert paper.superseded_at is None


@pytest.mark.parametrize("what", ["dossier", "paper"])
@pytest.mark.parametrize(
    ("role", "school", "answer"),
    [("verifier", "albi", 200), ("jury", "", 200), ("verifier", "ales", 404), ("verifier", "nord-europe", 404)],
)
def test_a_dossier_is_with_the_school_ranked_first_and_the_jury(
    procedure: Procedure, dossier: Dossier, role: str, school: str, answer: int, what: str
) -> None:
    """Rule: AST-07."""
    member = signed_in(scenario.staff(procedure, role, school))
    assert status(member, desk_addresses_of(dossier)[what]) == answer


def test_another_schools_queue_does_not_name_the_candidate(procedure: Procedure, dossier: Dossier) -> None:
    queue = reverse("admin:applicants_dossier_changelist")
    own, other = (signed_in(scenario.staff(procedure, "verifier", school)) for school in ("albi", "ales"))
    assert dossier.reference in own.get(queue).content.decode()
    assert dossier.reference not in other.get(queue).content.decode()


def test_a_member_of_staff_without_a_role_finds_nothing(dossier: Dossier) -> None:
    nobody = signed_in(User.objects.create_user("personne@ecole.example", is_staff=True))
    assert status(nobody, reverse("admin:index")) == 200
    assert status(nobody, desk_addresses_of(dossier)["dossier"]) == 404
    assert status(nobody, reverse("admin:applicants_dossier_changelist")) == 403


def test_the_jury_of_another_procedure_finds_nothing_and_decides_nothing(
    procedure: Procedure, elsewhere: Procedure, dossier: Dossier
) -> None:
    """A juror has the same rights, elsewhere."""
    scenario.set_clock(procedure, scenario.VERIFYING)
    Dossier.objects.filter(pk=dossier.pk).update(status="validated")
    juror = signed_in(scenario.staff(elsewhere, Role.Kind.JURY))
    assert status(juror, desk_addresses_of(dossier)["dossier"]) == 404
    step = procedure.steps.get(kind="admissibility")
    assert status(juror, reverse("admin:juries_admissibility", args=[step.pk])) == 404
    for at in (step, elsewhere.steps.get(kind="admissibility")):
        decide = reverse("admin:juries_decide", args=[at.pk, dossier.pk])
        assert juror.post(decide, {"decision": "admissible"}).status_code == 404
    assert not Decision.objects.exists()
