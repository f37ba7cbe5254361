"""Submission: complete or refused, in the window or refused, once and for good. Rules: AST-02, AST-11."""

from __future__ import annotations

import pytest

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.submission import NotReady, submit_dossier
from applicants.tests.scenario import (
    CLOSED,
    LAST_SECOND,
    complete,
    events,
    filled,
    mails,
    receipt_of,
    reloaded,
    set_clock,
    submitted,
)
from documents.models import Notice
from journal.clock import instant
from journal.errors import Closed
from journal.models import Entry
from programmes.models import Procedure


def test_a_complete_dossier_is_submitted(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    receipt = submit_dossier(dossier.pk, by=zoe)
    dossier = reloaded(dossier.pk)
    assert dossier.status == Status.SUBMITTED
    assert dossier.submitted_at == procedure.now()
    assert [choice["programme"] for choice in receipt.choices] == ["albi", "ales", "nord-europe"]
    entry = Entry.objects.get(event="dossier.submitted")
    assert (entry.subject_id, entry.actor, entry.procedure) == (str(dossier.pk), str(zoe.pk), procedure.slug)
    assert (entry.happened_at, entry.procedure_time) == (instant(), procedure.now())
    assert entry.details == {"receipt": receipt.number, "choices": ["albi", "ales", "nord-europe"]}
    (mail,) = mails("dossier_submitted")
    assert mail.recipient == zoe
    notice = Notice.objects.get(kind="receipt")
    assert notice.number == receipt.number
    assert notice.school is not None
    assert notice.school.code == "albi"


def test_the_last_second_is_in_time(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    set_clock(procedure, LAST_SECOND)
    submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.SUBMITTED


def test_the_closing_hour_is_too_late(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    set_clock(procedure, CLOSED)
    with pytest.raises(Closed, match="vendredi 20 mars 2026 à\u00a023\u00a0h"):
        submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.DRAFT
    assert not mails("dossier_submitted")


def test_a_second_click_gets_the_first_receipt(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    first = submit_dossier(dossier.pk, by=zoe)
    set_clock(procedure, CLOSED)  # even after the closing hour
    assert submit_dossier(dossier.pk, by=zoe) == first
    assert events(dossier.pk).count("dossier.submitted") == 1
    assert len(mails("dossier_submitted")) == 1


def test_what_is_missing_is_said_and_nothing_changes(procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    with pytest.raises(NotReady) as refusal:
        submit_dossier(dossier.pk, by=zoe)
    assert [(item.code, item.place) for item in refusal.value.items] == [("fee", "payment")]
    assert reloaded(dossier.pk).status == Status.DRAFT


def test_another_person_finds_no_dossier(procedure: Procedure, zoe: User, other: User) -> None:
    dossier = complete(procedure, zoe)
    with pytest.raises(Dossier.DoesNotExist):
        submit_dossier(dossier.pk, by=other)


def test_a_paper_not_checked_yet_counts(procedure: Procedure, zoe: User) -> None:
    dossier = complete(procedure, zoe)
    dossier.folder.documents.update(check_state="pending")
    submit_dossier(dossier.pk, by=zoe)
    assert reloaded(dossier.pk).status == Status.SUBMITTED


def test_the_receipt_keeps_the_order(procedure: Procedure, zoe: User) -> None:
    dossier = submitted(procedure, zoe, choices=("ales", "albi"))
    assert [(c["rank"], c["school"]) for c in receipt_of(dossier).choices] == [
        (1, "IMT Mines Alès"),
        (2, "IMT Mines Albi"),
    ]
