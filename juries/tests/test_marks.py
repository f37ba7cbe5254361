"""Marks: the eliminatory rule, and who may be marked, by whom, until when."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.tests import scenario
from journal.errors import NotAllowed
from juries.marks import NotMarkable, excuse_absence, is_eliminated, record_mark
from juries.models import Decision, Mark
from juries.steps import Frozen
from juries.tests import rows
from programmes.models import Procedure, Step

RULES = scenario.ast_2026().rules


@pytest.fixture
def admissible(procedure: Procedure, admissibility: Step) -> Dossier:
    made = rows.admissible(procedure, 1)[0]
    rows.published(admissibility)
    return made


@pytest.mark.parametrize(
    ("interview", "english", "out"),
    [
        ("4", "20", True),
        ("4.01", "20", False),
        ("20", "4", True),
        ("3.99", "20", True),
        ("12", "12", False),
        (None, "15", True),
        ("0", "0", True),
    ],
)
def test_four_or_less_in_either_test_eliminates(interview: str | None, english: str, out: bool) -> None:
    """AST-15: `<` in place of `<=` would keep a candidate marked 4."""
    assert is_eliminated(RULES, [rows.mark("interview", interview), rows.mark("english", english)]) is out


@given(st.decimals(0, 20, places=2), st.decimals(0, 20, places=2))
def test_elimination_is_the_lower_mark(one: Decimal, other: Decimal) -> None:
    marks = [rows.mark("interview", str(one)), rows.mark("english", str(other))]
    assert is_eliminated(RULES, marks) == (min(one, other) <= 4)


def test_a_missing_mark_eliminates_nobody_yet() -> None:
    assert not is_eliminated(RULES, [rows.mark("interview", "15")])


def test_a_test_without_a_threshold_eliminates_nobody() -> None:
    rules = replace(RULES, tests=tuple(replace(rule, eliminatory=None) for rule in RULES.tests))
    assert not is_eliminated(rules, [rows.mark("interview", "0"), rows.mark("english", None)])


@pytest.mark.parametrize("value", ["0", "20"])
def test_both_ends_of_the_scale_are_marks(admissible: Dossier, jury: User, value: str) -> None:
    record_mark(admissible.pk, "interview", value=Decimal(value), by=jury)
    assert Mark.objects.get().value == Decimal(value)


def test_a_mark_is_recorded_then_changed_and_journaled(admissible: Dossier, jury: User) -> None:
    record_mark(admissible.pk, "interview", value=Decimal("14.5"), by=jury)
    record_mark(admissible.pk, "interview", value=Decimal("15"), by=jury)
    mark = Mark.objects.get()
    assert (mark.value, mark.recorded_by) == (Decimal("15"), jury)
    assert scenario.events(admissible.pk).count("mark.recorded") == 2


def test_an_absence_is_not_a_zero(admissible: Dossier, jury: User) -> None:
    record_mark(admissible.pk, "english", value=None, absent=True, by=jury)
    assert Mark.objects.get().value is None


def test_a_mark_given_to_the_wrong_person_can_be_taken_back(admissible: Dossier, jury: User) -> None:
    for test in ("interview", "english"):
        record_mark(admissible.pk, test, value=Decimal("9"), by=jury)
    assert record_mark(admissible.pk, "english", value=None, by=jury) is None
    assert Mark.objects.get().test == "interview"


@pytest.mark.parametrize("value", ["-0.01", "20.01", "12.345", "NaN", "Infinity"])
def test_a_value_off_the_scale_is_refused(admissible: Dossier, jury: User, value: str) -> None:
    with pytest.raises(NotMarkable):
        record_mark(admissible.pk, "interview", value=Decimal(value), by=jury)
    assert not Mark.objects.exists()


def test_value_and_absence_together_or_an_unknown_test_are_refused(admissible: Dossier, jury: User) -> None:
    with pytest.raises(NotMarkable):
        record_mark(admissible.pk, "interview", value=Decimal("3"), absent=True, by=jury)
    with pytest.raises(NotMarkable):
        record_mark(admissible.pk, "swimming", value=Decimal("3"), by=jury)


def test_only_the_admissible_are_marked(procedure: Procedure, admissibility: Step, jury: User) -> None:
    refused, undecided, withdrawn = (rows.dossier(procedure, number) for number in (1, 2, 3))
    rows.decided(refused, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
    rows.decided(withdrawn, admissibility, Decision.Outcome.ADMISSIBLE)
    rows.published(admissibility)
    Dossier.objects.filter(pk=withdrawn.pk).update(status=Status.WITHDRAWN)
    for one in (refused, undecided, withdrawn):
        with pytest.raises(NotMarkable):
            record_mark(one.pk, "interview", value=Decimal("12"), by=jury)


def test_nobody_is_marked_before_admissibility_is_public(procedure: Procedure, jury: User) -> None:
    """Who can enter a mark would know who is admissible."""
    made = rows.admissible(procedure, 1)[0]
    with pytest.raises(NotMarkable):
        record_mark(made.pk, "interview", value=Decimal("12"), by=jury)


def test_a_school_service_does_not_mark(admissible: Dossier, verifier: User, stranger: User) -> None:
    with pytest.raises(NotAllowed):
        record_mark(admissible.pk, "interview", value=Decimal("12"), by=verifier)
    with pytest.raises(Dossier.DoesNotExist):
        record_mark(admissible.pk, "interview", value=Decimal("12"), by=stranger)


def test_marks_are_frozen_once_the_admission_is_prepared(admissible: Dossier, admission: Step, jury: User) -> None:
    rows.published(admission)
    with pytest.raises(Frozen):
        record_mark(admissible.pk, "interview", value=Decimal("12"), by=jury)


def test_an_excused_absence_eliminates_nobody(admissible: Dossier, jury: User) -> None:
    """Rule: ALL-07. Who was in hospital is not out; the other mark still can be."""
    record_mark(admissible.pk, "english", value=Decimal(12), by=jury)
    record_mark(admissible.pk, "interview", value=None, absent=True, by=jury)
    assert is_eliminated(RULES, admissible.marks.all())
    excuse_absence(admissible.pk, "interview", reason="Hospitalisation", by=jury)
    assert not is_eliminated(RULES, admissible.marks.all())
    excuse_absence(admissible.pk, "interview", reason=" ", by=jury)
    assert is_eliminated(RULES, admissible.marks.all())
    assert scenario.events(admissible.pk).count("absence.excused") == 2


def test_a_mark_recorded_after_all_ends_the_excuse(admissible: Dossier, jury: User) -> None:
    """Otherwise a 3 given later would be excused too."""
    record_mark(admissible.pk, "interview", value=None, absent=True, by=jury)
    excuse_absence(admissible.pk, "interview", reason="Hospitalisation", by=jury)
    record_mark(admissible.pk, "interview", value=Decimal(3), by=jury)
    assert is_eliminated(RULES, admissible.marks.all())


def test_only_an_absence_is_excused_and_only_by_who_marks(admissible: Dossier, jury: User, verifier: User) -> None:
    record_mark(admissible.pk, "english", value=Decimal(2), by=jury)
    for test in ("english", "interview"):
        with pytest.raises(NotMarkable):
            excuse_absence(admissible.pk, test, reason="Hospitalisation", by=jury)
    record_mark(admissible.pk, "interview", value=None, absent=True, by=jury)
    with pytest.raises(NotAllowed):
        excuse_absence(admissible.pk, "interview", reason="Hospitalisation", by=verifier)


def test_it_is_excused_below_the_sheet_and_shown_as_such(admissible: Dossier, jury: User, tests_step: Step) -> None:
    client = Client()
    client.force_login(jury)
    sheet = reverse("admin:juries_marks", args=[tests_step.pk, "albi"])
    record_mark(admissible.pk, "interview", value=None, absent=True, by=jury)
    assert "non excusée" in client.get(sheet).content.decode()
    where = reverse("admin:juries_excuse", args=[tests_step.pk, "albi"])
    client.post(where, {"absence": f"{admissible.pk}:interview", "reason": "Hospitalisation"})
    page = client.get(sheet).content.decode()
    assert "Hospitalisation" in page
    assert "non excusée" not in page
