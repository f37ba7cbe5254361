"""The jury's, the office's and the schools' pages: who opens what, what each form does.

Rules: AST-07, AST-16 to AST-22.
"""

from __future__ import annotations

import html
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applicants.tests.scenario import events, set_clock, staff
from juries.models import Publication
from offers.allocation import Reply
from offers.entrants import entrants_for
from offers.models import Enrolment, ListEntry, SeatMove
from offers.tests.market import (
    answer,
    candidate,
    end,
    market,
    paper,
    play,
    pool_of,
    rank_all,
    seat_of,
    start,
)
from programmes.models import Pool, Procedure, Role

LISTS = {"albi": "bca", "ales": "abc"}
CHOICES = {"a": "albi ales", "b": "ales albi", "c": "albi ales"}
SEATS = {"albi": 1, "ales": 1}


@pytest.fixture
def jury(procedure: Procedure) -> User:
    return staff(procedure, "jury")


def page_of(user: User, address: str, *, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(address, follow=True)
    assert response.status_code == status, response
    return " ".join(html.unescape(response.content.decode()).replace("\u00a0", " ").split())


def queries(user: User, address: str) -> int:
    """How many a page makes, once what lives as long as the process has been read."""
    client = Client()
    client.force_login(user)
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def sent(user: User, address: str, **data: object) -> str:
    client = Client()
    client.force_login(user)
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).replace("\u00a0", " ").split())


def list_address(procedure: Procedure, school: str = "albi") -> str:
    step = procedure.steps.get(kind="admission")
    return reverse("admin:offers_list", args=[step.pk, pool_of(procedure, school).pk])


def order_of(procedure: Procedure, school: str = "albi") -> list[str]:
    entries = pool_of(procedure, school).entries.order_by("rank")
    return [entry.dossier.candidate.given_names for entry in entries]


# The jury's lists


def test_the_marks_propose_and_the_jury_sets_by_numbers(procedure: Procedure, jury: User) -> None:
    a = candidate(procedure, "a", ["albi"], marks=("15", "12"))
    b = candidate(procedure, "b", ["albi"], marks=("12.5", "12"))
    c = candidate(procedure, "c", ["albi"], marks=("12", "4"))
    shown = page_of(jury, list_address(procedure))
    assert "Proposition d’après les notes" in shown
    assert "24,5" in shown
    assert c.reference in shown.partition("Ne peuvent pas être classés")[2]
    said = sent(jury, list_address(procedure), **{f"rank:{a.pk}": "2", f"rank:{b.pk}": "1"})
    assert "Le tableau est arrêté." in said
    assert order_of(procedure) == ["B", "A"]


def test_an_empty_box_leaves_a_candidate_off(procedure: Procedure, jury: User) -> None:
    a, b = candidate(procedure, "a", ["albi"], marks=("15", "12")), candidate(procedure, "b", ["albi"])
    sent(jury, list_address(procedure), **{f"rank:{a.pk}": "", f"rank:{b.pk}": "7"})
    assert order_of(procedure) == ["B"]


@pytest.mark.parametrize(("first", "second"), [("1", "1"), ("0", "1"), ("x", "1"), ("²", "1"), ("-1", "1")])
def test_what_is_no_order_is_refused(procedure: Procedure, jury: User, first: str, second: str) -> None:
    a, b = candidate(procedure, "a", ["albi"], marks=("15", "12")), candidate(procedure, "b", ["albi"])
    said = sent(jury, list_address(procedure), **{f"rank:{a.pk}": first, f"rank:{b.pk}": second})
    assert "rang" in said
    assert order_of(procedure) == []


def test_buttons_move_a_line_without_setting_anything(procedure: Procedure, jury: User) -> None:
    a, b = candidate(procedure, "a", ["albi"], marks=("15", "12")), candidate(procedure, "b", ["albi"])
    ranks = {f"rank:{a.pk}": "1", f"rank:{b.pk}": "2"}
    shown = sent(jury, list_address(procedure), **ranks, move=f"down:{a.pk}")
    assert "Cet ordre n’est pas encore enregistré." in shown
    assert shown.index(b.reference) < shown.index(a.reference)
    assert order_of(procedure) == []


def test_ties_are_marked_and_must_be_confirmed(procedure: Procedure, jury: User) -> None:
    a, b = candidate(procedure, "a", ["albi"]), candidate(procedure, "b", ["albi"])
    assert "à égalité" in page_of(jury, list_address(procedure))
    ranks = {f"rank:{a.pk}": "2", f"rank:{b.pk}": "1"}
    refused = sent(jury, list_address(procedure), **ranks)
    assert "Confirmez que le jury a décidé de leur ordre." in refused
    table = refused.partition("<table")[2]
    assert table.index(b.reference) < table.index(a.reference)  # what was typed is kept
    sent(jury, list_address(procedure), **ranks, ties_are_broken="on")
    assert order_of(procedure) == ["B", "A"]


def test_the_office_reads_the_lists_and_does_not_set_them(procedure: Procedure, office: User, verifier: User) -> None:
    a = candidate(procedure, "a", ["albi"])
    assert "Arrêter ce tableau" not in page_of(office, list_address(procedure))
    sent(office, list_address(procedure), **{f"rank:{a.pk}": "1"})
    assert order_of(procedure) == []
    page_of(verifier, list_address(procedure), status=404)


def test_the_presidency_prepares_the_admission(procedure: Procedure, president: User, jury: User) -> None:
    candidate(procedure, "a", ["albi"])
    overview = reverse("admin:offers_listentry_changelist")
    assert "1 tableau n’est pas arrêté." in page_of(jury, overview)
    assert "Préparer la publication de l’admission" not in page_of(jury, overview)
    address = reverse("admin:offers_prepare", args=[procedure.steps.get(kind="admission").pk])
    refused = sent(president, address, visible_at="2026-05-28T14:10")
    assert "n’est pas arrêté" in refused
    assert 'value="2026-05-28T14:10"' in refused
    assert not Publication.objects.filter(step__kind="admission").exists()
    sent(president, address, visible_at="2026-05-28T14:00", empty_lists_are_meant="on")
    assert Publication.objects.get(step__kind="admission").visible_at.hour == 12  # UTC
    assert "paraîtra le jeudi 28 mai 2026 à 14 h" in page_of(president, overview)
    publications = reverse("admin:juries_publication_changelist")
    assert f'<a href="{publications}">Voir' in page_of(president, overview)
    assert f'<a href="{publications}">Voir' not in page_of(jury, overview)  # it would not find the page


@pytest.mark.parametrize("count", [1, 12])
def test_lists_ask_the_database_as_much_however_long_they_are(procedure: Procedure, jury: User, count: int) -> None:
    dossiers = [candidate(procedure, f"c{number}", ["albi"]) for number in range(count)]
    rank_all(pool_of(procedure, "albi"), dossiers)
    candidate(procedure, "not-listed", ["albi"])
    candidate(procedure, "not-rankable", ["albi"], marks=("3", "12"))
    assert queries(jury, list_address(procedure)) == 10
    assert queries(jury, reverse("admin:offers_listentry_changelist")) == 12


@pytest.mark.parametrize("count", [1, 12])
def test_those_who_left_since_are_still_on_the_list(procedure: Procedure, jury: User, count: int) -> None:
    dossiers = [candidate(procedure, f"c{number}", ["albi"]) for number in range(count)]
    rank_all(pool_of(procedure, "albi"), dossiers)
    procedure.dossiers.update(status="withdrawn")
    shown = page_of(jury, list_address(procedure))
    assert [dossier.reference for dossier in dossiers if dossier.reference not in shown] == []
    assert queries(jury, list_address(procedure)) <= 15


@pytest.mark.parametrize("count", [2, 25])
def test_the_period_and_what_waits_in_it_ask_as_much_however_many_are_in_play(
    procedure: Procedure, office: User, count: int
) -> None:
    names = "abcdefghijklmnopqrstuvwxy"[:count]
    ranked = {"albi": names, "ales": names[::-1]}
    dossiers = market(procedure, ranked, dict.fromkeys(names, "albi ales"), {"albi": count // 2, "ales": count // 2})
    start(procedure, 1)
    for name in names[: count // 2]:
        answer(dossiers[name], Reply.ACCEPT)
    end(procedure, 1)
    start(procedure, 2)
    Role.objects.create(user=office, procedure=procedure, kind=Role.Kind.JURY)
    assert queries(office, reverse("admin:offers_periods", args=[procedure.slug])) == 15
    assert queries(office, reverse("admin:index")) <= 24


# The periods and the seats


def test_the_office_sees_the_period_and_what_comes(procedure: Procedure, office: User) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    answer(dossiers["b"], Reply.WITHDRAW)
    answer(dossiers["c"], Reply.WAIT)
    shown = page_of(office, reverse("admin:offers_periods", args=[procedure.slug]))
    silence = shown.partition("Sans réponse <")[2].partition("Places</h2>")[0]
    assert dossiers["a"].reference in silence
    assert dossiers["b"].reference not in silence
    foreseen = shown.partition("À la prochaine ouverture")[2]
    assert dossiers["c"].reference in foreseen
    assert "nouvelle" in foreseen


def test_the_periods_are_for_the_office_and_the_presidency(
    procedure: Procedure, jury: User, verifier: User, president: User
) -> None:
    address = reverse("admin:offers_periods", args=[procedure.slug])
    page_of(president, address)
    page_of(jury, address, status=404)
    page_of(verifier, address, status=404)
    elsewhere = staff(procedure, "office", email="elsewhere@example.org")
    elsewhere.roles.all().delete()
    page_of(elsewhere, address, status=404)


def test_a_period_that_was_missed_is_named(procedure: Procedure, office: User) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    set_clock(procedure, "2026-07-18 10:00")
    assert "changez ses dates" in page_of(office, reverse("admin:offers_periods", args=[procedure.slug]))


def test_seats_are_moved_with_a_reason(procedure: Procedure, office: User) -> None:
    source, target = pool_of(procedure, "albi", "BUT3"), pool_of(procedure, "albi")
    address = reverse("admin:offers_moves", args=[procedure.slug])
    data = {"source": source.pk, "target": target.pk, "count": "3"}
    sent(office, address, **data)
    assert not SeatMove.objects.exists()
    assert "Les places sont reportées." in sent(office, address, **data, reason="Vivier insuffisant")
    assert Pool.objects.get(pk=target.pk).seats == 13
    assert "Vivier insuffisant" in page_of(office, address)
    refused = sent(office, address, **(data | {"count": "8"}), reason="Encore")
    assert "1 à 7" in refused


def test_seats_are_not_asked_for_while_a_period_is_under_way(procedure: Procedure, office: User) -> None:
    """The act would refuse them, after all had been filled in."""
    address = reverse("admin:offers_moves", args=[procedure.slug])
    assert 'name="reason"' in page_of(office, address)
    market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    shown = page_of(office, address)
    assert "La période 1 est en cours jusqu’au" in shown
    assert 'name="reason"' not in shown


# The entrants of a school


def test_a_school_sees_whom_it_offers_a_place_and_nobody_else(
    procedure: Procedure, verifier: User, stranger: User, office: User
) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)  # a: Alès, b: Albi
    start(procedure, 1)
    seen = {user: {entry.dossier for entry in entrants_for(user)} for user in (verifier, stranger, office)}
    assert seen == {verifier: {dossiers["b"]}, stranger: {dossiers["a"]}, office: {dossiers["a"], dossiers["b"]}}
    answer(dossiers["b"], Reply.WITHDRAW)
    end(procedure, 1)
    assert not entrants_for(verifier).exists()


def test_titles_are_reviewed_by_the_school_of_the_seat(procedure: Procedure, verifier: User, stranger: User) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"b": Reply.ACCEPT}, dossiers)
    b = dossiers["b"]
    files = [paper(b, kind) for kind in ("required-title", "second-semester-transcript")]
    paper(b, "cv")
    entry = ListEntry.objects.get(dossier=b, pool=pool_of(procedure, "albi"))
    address = reverse("admin:offers_entrant", args=[entry.pk])
    assert "2 pièces à examiner" in page_of(verifier, reverse("admin:offers_enrolment_changelist"))
    assert "titres d’entrants à examiner" in page_of(verifier, reverse("admin:index"))
    shown = page_of(verifier, address)
    assert "cv.pdf" in shown
    page_of(stranger, address, status=404)
    sent(verifier, address, document=str(files[0].pk), verdict="accepted")
    assert "Dites au candidat pourquoi" in sent(verifier, address, document=str(files[1].pk), verdict="refused")
    sent(verifier, address, document=str(files[1].pk), verdict="accepted")
    assert seat_of(b) == ("albi", "definitive")
    sent(verifier, address, act="integration_file")
    assert Enrolment.objects.get().integration_file_at is not None


def test_a_file_is_read_by_the_school_concerned_and_the_journal_keeps_it(
    procedure: Procedure, verifier: User, stranger: User
) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    document = paper(dossiers["b"], "cv")
    document.file.save("cv.pdf", ContentFile(b"%PDF-1.7"))
    other = paper(dossiers["a"], "cv")
    entry = ListEntry.objects.get(dossier=dossiers["b"], pool=pool_of(procedure, "albi"))
    client = Client()
    client.force_login(verifier)
    answered = client.get(reverse("admin:offers_paper", args=[entry.pk, document.pk]))
    assert b"".join(answered.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    assert "paper.read" in events(dossiers["b"].pk)
    assert client.get(reverse("admin:offers_paper", args=[entry.pk, other.pk])).status_code == 404
    client.force_login(stranger)
    assert client.get(reverse("admin:offers_paper", args=[entry.pk, document.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_entrants_ask_the_database_as_much_however_many_there_are(
    procedure: Procedure, verifier: User, count: int
) -> None:
    names = "abcdefgh"[:count]
    market(procedure, {"albi": names}, dict.fromkeys(names, "albi"), {"albi": count})
    start(procedure, 1)
    client = Client()
    client.force_login(verifier)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:offers_enrolment_changelist"))
    assert len(asked) <= 12, len(asked)


def test_marks_are_shown_as_people_write_them(procedure: Procedure, jury: User) -> None:
    dossier = candidate(procedure, "a", ["albi"], marks=("10", "12.50"))
    dossier.marks.filter(test="interview").update(value=Decimal("20.00"))
    shown = page_of(jury, list_address(procedure))
    assert ">20<" in shown.replace(" ", "")
    assert ">12,5<" in shown.replace(" ", "")
    assert ">32,5<" in shown.replace(" ", "")
