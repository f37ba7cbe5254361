"""Due acts: found at their hour, run once, and none stops the others."""

from __future__ import annotations

import pytest

from applicants.models import Dossier, Status
from applicants.tests.scenario import begun, person, procedure_at, set_clock, staff, submitted
from campaign import due
from documents.models import Notice
from journal.clock import at_one_instant
from juries.decisions import decide_admissibility
from juries.publication import prepare_publication
from notifications.models import Mail
from offers.models import Place
from offers.tests.admitted import WAITING, admit, applicant, decide, small
from programmes.models import Procedure, Step

RESULTS = "2026-04-09 16:00"
ONE_SECOND_BEFORE = "2026-04-09 15:59:58"


@pytest.fixture
def procedure(db: None) -> Procedure:
    """The admissibility decided and its publication prepared, on the eve."""
    with at_one_instant():
        procedure = procedure_at("2026-03-10 10:00")
        dossier = submitted(procedure, person())
        set_clock(procedure, "2026-04-08 10:00")
        Dossier.objects.filter(pk=dossier.pk).update(status=Status.VALIDATED, validated_at=procedure.now())
        decide_admissibility(dossier.pk, admissible=True, by=staff(procedure, "jury"))
        step = procedure.steps.get(kind=Step.Kind.ADMISSIBILITY)
        prepare_publication(step.pk, by=staff(procedure, "president"))
    return procedure


def told() -> tuple[int, int]:
    """How many mails and letters say a result."""
    return Mail.objects.filter(kind="result_admissible").count(), Notice.objects.filter(kind="admissibility").count()


def test_results_are_announced_at_their_hour_and_once(procedure: Procedure) -> None:
    """The task runs every few seconds, before the hour and after it."""
    set_clock(procedure, ONE_SECOND_BEFORE)
    due.run_due_acts()
    assert told() == (0, 0)
    set_clock(procedure, RESULTS)
    due.run_due_acts()
    due.run_due_acts()
    assert told() == (1, 1)


def test_an_act_that_fails_keeps_none_of_the_others_waiting(
    procedure: Procedure, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One broken procedure would silence all."""

    def breaks(_procedure: Procedure) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(due, "DUE_ACTS", (breaks, *due.DUE_ACTS))
    set_clock(procedure, RESULTS)
    due.run_due_acts()
    assert told() == (1, 1)
    assert "breaks failed for" in caplog.text


@pytest.mark.django_db
def test_a_place_not_confirmed_in_time_goes_to_the_next_of_the_waiting_list() -> None:
    """The releasing comes first, so that the same turn offers the seat again. Rule: IIM-06."""
    with at_one_instant():
        procedure = small()
        place = admit(procedure, 1)
        decide(applicant(procedure, 2), WAITING)
    set_clock(procedure, "2026-06-17 00:11")
    due.run_due_acts_of(procedure)
    states = dict(Place.objects.values_list("dossier__reference", "state"))
    assert states == {place.dossier.reference: "released", "T-000002": "offered"}


@pytest.mark.django_db
def test_who_has_not_submitted_is_reminded_before_the_closing_hour() -> None:
    with at_one_instant():
        procedure = procedure_at("2026-03-10 10:00")
        begun(procedure, person())
    set_clock(procedure, "2026-03-20 18:00")
    due.run_due_acts()
    due.run_due_acts()
    assert Mail.objects.filter(kind="closing_reminder").count() == 1
