"""Notices: issued once, seen by their recipient from their instant on, verified by anyone who holds them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client

from accounts.models import User
from documents import notices, views
from documents.authenticity import initials, verified_notice
from documents.models import Notice
from documents.notices import NewNotice, issue_notice, issue_notices, replace_notices
from documents.serving import notice_response
from documents.tests.conftest import body
from documents.tests.test_letters import issue
from journal.clock import at_one_instant, instant
from journal.models import Entry
from programmes.models import Procedure, School

RESULTS = dt.datetime(2026, 4, 9, 14, 0, tzinfo=dt.UTC)
A_MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def notice(candidate: User, procedure: Procedure, school: School) -> Notice:
    """A decision that is prepared the day before its publication."""
    with at_one_instant(RESULTS - dt.timedelta(days=1)):
        return issue("refusal", candidate, procedure, school, outcome="not_admissible", visible_at=RESULTS)


@pytest.fixture
def results_are_out(procedure: Procedure) -> None:
    """The procedure's clock stands at the instant of publication or later."""
    move_clock(procedure, RESULTS)


def move_clock(procedure: Procedure, moment: dt.datetime) -> None:
    procedure.is_rehearsal = True
    procedure.clock_offset = moment - instant()
    procedure.save()


def test_a_notice_is_issued_once(candidate: User, procedure: Procedure) -> None:
    first = issue("refusal", candidate, procedure, None, key="same", outcome="refused")
    again = issue("refusal", candidate, procedure, None, key="same", outcome="admitted")
    assert again == first
    assert again.context["outcome"] == "refused"
    assert Entry.objects.filter(event="notice.issued").count() == 1


def test_of_letters_issued_together_those_of_an_event_told_before_are_not_written(
    candidate: User, procedure: Procedure
) -> None:
    first = issue("refusal", candidate, procedure, None, key="told", outcome="refused")
    keys = ["new", "told", "twice", "twice"]
    letters = [NewNotice("refusal", key, candidate, None, {"outcome": "admitted"}) for key in keys]
    new, told, twice, again = issue_notices(letters, procedure=procedure)
    assert (told, again) == (first, twice)
    assert set(Notice.objects.values_list("key", flat=True)) == {"new", "told", "twice"}
    issued = Entry.objects.filter(event="notice.issued").values_list("subject_id", flat=True)
    assert sorted(issued) == sorted(str(notice.pk) for notice in (first, new, twice))


def test_a_number_that_is_taken_is_drawn_anew(
    candidate: User, procedure: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["one", "one", "two", "two", "three"])  # b draws that of a, c that of b
    monkeypatch.setattr(notices, "new_reference", lambda year: next(drawn))
    letters = [NewNotice("refusal", key, candidate, None, {}) for key in ("a", "b")]
    assert [notice.number for notice in issue_notices(letters, procedure=procedure)] == ["one", "two"]
    assert issue("refusal", candidate, procedure, None, key="c").number == "three"
    assert set(Entry.objects.values_list("details__number", flat=True)) == {"one", "two", "three"}


def test_a_notice_has_a_number_of_its_year_and_a_code(notice: Notice) -> None:
    year, *rest = notice.number.split("-")
    assert year == "2026"
    assert [len(part) for part in rest] == [4, 4]
    assert len(notice.code) == 10
    assert notice.issued_at == RESULTS - dt.timedelta(days=1)


def test_an_unknown_kind_is_a_mistake(candidate: User, procedure: Procedure) -> None:
    with pytest.raises(ValueError, match="no-such"):
        issue("no-such", candidate, procedure, None)


@pytest.mark.django_db(transaction=True)
def test_a_notice_outside_of_a_transaction_is_a_mistake(candidate: User, procedure: Procedure) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        issue("refusal", candidate, procedure, None)
    with transaction.atomic():
        issue_notice("refusal", key="k", procedure=procedure, recipient=candidate, school=None)


def test_it_is_served_from_its_instant_and_not_a_moment_before(notice: Notice) -> None:
    with at_one_instant(RESULTS - A_MOMENT), pytest.raises(Http404):
        notice_response(notice)
    with at_one_instant(RESULTS):
        assert body(notice_response(notice)).startswith(b"%PDF-")


def test_its_recipient_finds_it_when_the_results_are_out(
    client: Client, candidate: User, procedure: Procedure, notice: Notice
) -> None:
    client.force_login(candidate)
    move_clock(procedure, RESULTS - dt.timedelta(minutes=5))
    assert client.get(f"/documents/avis/{notice.pk}/").status_code == 404
    move_clock(procedure, RESULTS)
    assert body(client.get(f"/documents/avis/{notice.pk}/")).startswith(b"%PDF-")


def test_before_its_instant_it_does_not_exist_for_who_verifies(notice: Notice) -> None:
    with at_one_instant(RESULTS - A_MOMENT):
        assert verified_notice(notice.number, notice.code) is None
        assert not Notice.objects.visible(notice.procedure).exists()
    with at_one_instant(RESULTS):
        assert verified_notice(notice.number, notice.code) == notice
        assert Notice.objects.visible(notice.procedure).exists()


def test_nobody_else_sees_it(client: Client, notice: Notice, results_are_out: None) -> None:
    assert client.get(f"/documents/avis/{notice.pk}/").status_code == 302  # to sign-in
    client.force_login(User.objects.create_user("other@example.org"))
    assert client.get(f"/documents/avis/{notice.pk}/").status_code == 404


def test_its_pdf_is_served_even_before_a_worker_made_it(
    client: Client, candidate: User, notice: Notice, results_are_out: None
) -> None:
    client.force_login(candidate)
    response = client.get(f"/documents/avis/{notice.pk}/")
    assert response["Content-Type"] == "application/pdf"
    assert notice.number in response["Content-Disposition"]
    assert body(response).startswith(b"%PDF-")


@pytest.mark.parametrize("typed", [str, str.lower, lambda number: number.replace("-", " ")])
def test_anyone_verifies_it_however_it_is_typed(client: Client, notice: Notice, results_are_out: None, typed) -> None:
    page = client.post("/documents/verifier/", {"number": typed(notice.number), "code": typed(notice.code)})
    said = page.content.decode()
    assert "Cette lettre est authentique" in said
    assert "Z. Ń.-O." in said
    assert "Zoë" not in said
    assert notice.school is not None
    assert "Décision du jury" in said


def test_a_wrong_code_says_nothing(client: Client, notice: Notice, results_are_out: None) -> None:
    page = client.post("/documents/verifier/", {"number": notice.number, "code": "2222222222"})
    said = page.content.decode()
    assert "Nous ne reconnaissons pas cette lettre" in said
    assert "Décision" not in said


def test_guessing_is_stopped(
    client: Client, notice: Notice, results_are_out: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES", 2)
    right = {"number": notice.number, "code": notice.code}
    assert [client.post("/documents/verifier/", right).status_code for _ in range(3)] == [200, 200, 429]


def test_a_letter_that_was_replaced_says_so(
    client: Client, candidate: User, procedure: Procedure, notice: Notice, results_are_out: None
) -> None:
    procedure.refresh_from_db()
    corrected = issue("admissibility", candidate, procedure, None, key="k:corrected", outcome="admissible")
    replace_notices("k", by=corrected)
    said = client.post("/documents/verifier/", {"number": notice.number, "code": notice.code}).content.decode()
    assert "une autre l’a remplacée" in said
    assert corrected.number in said
    assert Entry.objects.get(event="notice.replaced").subject_id == str(notice.pk)
    assert (
        "est authentique</h2>"
        in client.post("/documents/verifier/", {"number": corrected.number, "code": corrected.code}).content.decode()
    )


def test_that_it_will_be_replaced_is_not_said_before(candidate: User, procedure: Procedure, notice: Notice) -> None:
    later = RESULTS + dt.timedelta(days=1)
    with at_one_instant(RESULTS):
        corrected = issue("refusal", candidate, procedure, None, key="k:1", outcome="refused", visible_at=later)
        replace_notices("k", by=corrected)
        found = verified_notice(notice.number, notice.code)
        assert found is not None
        assert found.replacement is None
    with at_one_instant(later):
        assert found.replacement == corrected


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ada Lovelace", "A. L."), ("Jean-Paul Dupont", "J.-P. D."), ("李 明", "李. 明."), ("", "")],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short
