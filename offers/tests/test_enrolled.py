"""The export of the enrolled: who is in it, for whom, and that a spreadsheet and a school's system read it. ALL-07."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from applicants.models import Answer, Candidate, Dossier
from applicants.tests.scenario import events, staff
from journal.errors import NotAllowed
from offers.allocation import Reply
from offers.enrolled import export_enrolled
from offers.models import Enrolment
from offers.tests.market import market, play
from programmes.models import Procedure


@pytest.fixture
def two(procedure: Procedure) -> dict[str, Dossier]:
    """One took a seat at Albi, the other at Alès."""
    dossiers = market(
        procedure,
        {"albi": "z", "ales": "m"},
        {"z": "albi ales", "m": "ales albi"},
        {"albi": 1, "ales": 1},
    )
    play(procedure, 1, {"z": Reply.ACCEPT, "m": Reply.ACCEPT}, dossiers)
    Candidate.objects.filter(dossiers=dossiers["z"]).update(family_name="=Ngu;yễn", given_names="Zoé")
    Answer.objects.create(dossier=dossiers["z"], field="phone", value="+33 6 12", saved_at=procedure.now())
    return dossiers


def lines(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig")), delimiter=";"))


def test_one_line_for_each_with_identity_place_and_answers(procedure: Procedure, two: dict[str, Dossier]) -> None:
    found = lines(export_enrolled(procedure.pk, by=staff(procedure, "office", email="bureau@example.org")))
    assert [(line["school"], line["programme"], line["track"]) for line in found] == [
        ("albi", "albi", two["z"].track.code if two["z"].track else ""),
        ("ales", "ales", two["m"].track.code if two["m"].track else ""),
    ]
    zoe = found[0]
    assert zoe["reference"] == two["z"].reference
    assert zoe["family_name"] == "'=Ngu;yễn"  # a name that a spreadsheet would calculate
    assert (zoe["given_names"], zoe["phone"], zoe["state"]) == ("Zoé", "+33 6 12", "awaiting")
    assert zoe["email"] == two["z"].candidate.user.email


def test_a_school_gets_its_own_and_who_lost_the_place_is_not_in_it(
    procedure: Procedure, two: dict[str, Dossier]
) -> None:
    albi = staff(procedure, "verifier", "albi", email="va@example.org")
    assert [line["school"] for line in lines(export_enrolled(procedure.pk, by=albi))] == ["albi"]
    Enrolment.objects.filter(dossier=two["z"]).update(state=Enrolment.State.GIVEN_UP)
    assert lines(export_enrolled(procedure.pk, by=albi)) == []


def test_the_jury_exports_nothing_and_the_journal_keeps_who_did(procedure: Procedure, two: dict[str, Dossier]) -> None:
    with pytest.raises(NotAllowed):
        export_enrolled(procedure.pk, by=staff(procedure, "jury", email="j@example.org"))
    export_enrolled(procedure.pk, by=staff(procedure, "office", email="bureau@example.org"))
    assert events(procedure.pk).count("enrolled.exported") == 1


def test_it_is_downloaded_from_the_list_of_entrants(procedure: Procedure, two: dict[str, Dossier]) -> None:
    client = Client()
    client.force_login(staff(procedure, "office", email="bureau@example.org"))
    address = reverse("admin:offers_enrolled", args=[procedure.pk])
    assert address in client.get(reverse("admin:offers_enrolment_changelist")).content.decode()
    answer = client.post(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("many", [False, True])
def test_it_asks_as_much_for_many(procedure: Procedure, many: bool, django_assert_max_num_queries) -> None:
    names = "abcdefgh" if many else "a"
    dossiers = market(procedure, {"albi": names}, dict.fromkeys(names, "albi"), {"albi": len(names)})
    play(procedure, 1, dict.fromkeys(names, Reply.ACCEPT), dossiers)
    office = staff(procedure, "office", email="bureau@example.org")
    with django_assert_max_num_queries(9):
        export_enrolled(procedure.pk, by=office)
