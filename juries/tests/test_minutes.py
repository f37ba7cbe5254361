"""The minutes of a jury: what they say, who may have them, and that a PDF comes out."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from journal.errors import NotAllowed
from journal.models import Entry
from juries.minutes import NothingDecided, make_minutes
from juries.models import Decision
from juries.tests import hearings, rows
from juries.tests.hearings import choice_of, passed, step_of, worker
from programmes.models import Procedure, Step

pytestmark = pytest.mark.django_db


def decided(procedure: Procedure, number: int, programme: str, outcome: str = "refused") -> Decision:
    choice = choice_of(passed(procedure, number, programme).dossier, programme)
    return Decision.objects.create(
        dossier=choice.dossier,
        choice=choice,
        step=step_of(procedure, "admission"),
        outcome=outcome,
        reason=f"Motif {number}",
        decided_at=procedure.now(),
    )


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The page from which the PDF is made."""
    pages: list[str] = []

    def keep(html: str, sheet: str) -> bytes:
        pages.append(html)
        return b"%PDF-"

    monkeypatch.setattr("documents.pdf.pdf_of", keep)
    return pages


def test_they_name_who_was_decided_on_how_and_who_signs(
    procedure: Procedure, admissibility: Step, jury: User, president: User, said: list[str]
) -> None:
    dossier = rows.dossier(procedure)
    rows.decided(dossier, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
    make_minutes(admissibility.pk, by=president)
    for words in (dossier.reference, dossier.candidate.full_name, "non admissible", "Résultats insuffisants"):
        assert words in said[0]
    assert said[0].index(str(president)) < said[0].index(str(jury))
    assert Entry.objects.filter(event="minutes.made").count() == 1


def test_those_of_a_programme_do_not_tell_of_another(said: list[str]) -> None:
    procedure = hearings.heard_procedure()
    decided(procedure, 1, "data")
    decided(procedure, 2, "energy")
    president, energy = worker(procedure, "president", "data"), procedure.programmes.get(code="energy")
    step, data = step_of(procedure, "admission"), procedure.programmes.get(code="data")
    make_minutes(step.pk, programme_id=data.pk, by=president)
    assert "Motif 1" in said[0]
    assert "Motif 2" not in said[0]
    with pytest.raises(NotAllowed):
        make_minutes(step.pk, programme_id=energy.pk, by=president)


def test_a_juror_has_none_and_without_decisions_there_are_none(
    admissibility: Step, jury: User, president: User
) -> None:
    with pytest.raises(NotAllowed):
        make_minutes(admissibility.pk, by=jury)
    with pytest.raises(NothingDecided):
        make_minutes(admissibility.pk, by=president)


def test_a_pdf_comes_out_on_either_side() -> None:
    procedure = hearings.heard_procedure()
    decided(procedure, 1, "data")
    data, step = procedure.programmes.get(code="data"), step_of(procedure, "admission")
    client = Client()
    client.force_login(worker(procedure, "president", "data"))
    address = reverse("admin:juries_minutes_of_programme", args=[step.pk, data.pk])
    assert address in client.get(reverse("admin:juries_choices", args=[step.pk])).text
    pdf = pikepdf.open(io.BytesIO(client.get(address).content))
    assert len(pdf.pages) == 1


def test_the_office_has_those_of_a_common_jury(
    procedure: Procedure, admissibility: Step, office: User, said: list[str]
) -> None:
    rows.decided(rows.dossier(procedure), admissibility, Decision.Outcome.ADMISSIBLE)
    client = Client()
    client.force_login(office)
    address = reverse("admin:juries_minutes", args=[admissibility.pk])
    assert address in client.get(reverse("admin:juries_publication_changelist")).text
    assert client.get(address).content == b"%PDF-"
