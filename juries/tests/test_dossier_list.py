"""The staff's list of dossiers as a file: only what that person may see and has filtered, every name whole. ALL-03."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Candidate, Status
from journal.models import Entry
from juries.tests import rows
from programmes.models import Procedure

pytestmark = pytest.mark.django_db
NAMES = ["محمد الفاسي", "王小明", "D’Été‑O'Brien", 'Nguyễn; "Łódź"']


def exported(user: User, query: str = "") -> list[dict[str, str]]:
    client = Client()
    client.force_login(user)
    answer = client.post(reverse("admin:juries_export_dossiers"), {"filters": query})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_every_name_survives(procedure: Procedure, office: User) -> None:
    """Rule: ALL-01."""
    for number, name in enumerate(NAMES, start=1):
        Candidate.objects.filter(pk=rows.dossier(procedure, number).candidate_id).update(family_name=name)
    assert {line["family_name"] for line in exported(office)} == set(NAMES)


def test_a_line_says_who_chose_what_and_how_far_it_has_come(procedure: Procedure, office: User) -> None:
    made = rows.dossier(procedure, 1, choices=("ales", "albi"))
    assert made.submitted_at is not None
    (line,) = exported(office)
    assert (line["reference"], line["email"], line["choices"], line["status"]) == (
        made.reference,
        "c0001@example.org",
        "ales albi",
        "validated",
    )
    assert dt.datetime.fromisoformat(line["submitted_at"]) == made.submitted_at.replace(microsecond=0)
    (entry,) = Entry.objects.filter(event="dossiers.exported")
    assert (entry.actor, entry.procedure, entry.details) == (str(office.pk), procedure.slug, {"count": 1})


def test_no_cell_is_a_formula(procedure: Procedure, office: User) -> None:
    made = rows.dossier(procedure)
    Candidate.objects.filter(pk=made.candidate_id).update(given_names='=HYPERLINK("http://x")')
    assert exported(office)[0]["given_names"] == '\'=HYPERLINK("http://x")'


def test_it_holds_what_was_filtered_and_searched(procedure: Procedure, office: User) -> None:
    rows.dossier(procedure, 1)
    asked = rows.dossier(procedure, 2, status=Status.SUBMITTED)
    assert [line["reference"] for line in exported(office, "etat=submitted")] == [asked.reference]
    assert [line["reference"] for line in exported(office, "q=ete0002")] == [asked.reference]


def test_nobody_exports_what_is_not_theirs(procedure: Procedure, verifier: User, stranger: User) -> None:
    """A school has its own; drafts are in no list; who has no role there finds nothing."""
    own = rows.dossier(procedure, 1)
    rows.dossier(procedure, 2, choices=("ales", "albi"))
    rows.dossier(procedure, 3, status=Status.DRAFT)
    assert [line["reference"] for line in exported(verifier)] == [own.reference]
    client = Client()
    client.force_login(own.candidate.user)
    assert client.post(reverse("admin:juries_export_dossiers")).status_code in (302, 403, 404)
    client.force_login(verifier)
    assert client.get(reverse("admin:juries_export_dossiers")).status_code == 404


def test_the_list_offers_it_with_its_own_filters(procedure: Procedure, office: User, client: Client) -> None:
    client.force_login(office)
    page = client.get(reverse("admin:applicants_dossier_changelist") + "?etat=submitted").text
    assert 'name="filters" value="etat=submitted"' in page
