"""Two clicks at the same moment: the second waits for the first, and finds what it did. Rules: AST-01, AST-11.

Each test holds the first act open, uncommitted, until the second waits for a lock; its twin takes the lock
away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from applicants.answers import save_answers
from applicants.closing_reminders import remind_drafts
from applicants.dossiers import start_dossier
from applicants.models import Candidate, Dossier, DossierQuerySet, Receipt
from applicants.submission import submit_dossier
from applicants.tests.scenario import OPEN, begun, complete, events, mails, person, procedure_at
from applicants.versions import move_draft
from journal.followups import run_pending_facts
from journal.models import Fact
from payments.models import Charge, Payment
from payments.tests import conftest as money
from payments.transfers import confirm_transfer

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PATIENCE = 15  # seconds

Act = Callable[[], Any]


class Attempt(threading.Thread):
    """An act in a connection of its own; what came of it is in `result`."""

    def __init__(self, act: Act) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.result: Any = None

    def run(self) -> None:
        try:
            self.result = self.act()
        except Exception as error:
            self.result = error
        finally:
            connection.close()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def held_open(act: Act) -> Iterator[Attempt]:
    """Do `act` in another connection, and commit it only at the end of the block."""
    done, go_on = threading.Event(), threading.Event()

    def do() -> Any:
        with transaction.atomic():
            result = act()
            done.set()
            assert go_on.wait(PATIENCE)
        return result

    attempt = Attempt(do)
    attempt.start()
    assert done.wait(PATIENCE), attempt.result
    try:
        yield attempt
    finally:
        go_on.set()
        attempt.join(PATIENCE)


def both(first: Act, second: Act) -> tuple[Any, Any]:
    """The results of two acts of which the second begins when the first has done its work, but not committed."""
    follower = Attempt(second)
    with held_open(first) as leader:
        follower.start()
        while follower.is_alive() and not somebody_waits_for_a_lock():
            follower.join(0.02)
    follower.join(PATIENCE)
    return leader.result, follower.result


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: dossiers are read without being locked."""
    monkeypatch.setattr(DossierQuerySet, "select_for_update", lambda self, **_how: self, raising=False)


def ready(who: User) -> Dossier:
    return complete(procedure_at(OPEN), who)


def test_two_clicks_submit_once() -> None:
    zoe = person()
    dossier = ready(zoe)
    first, second = both(lambda: submit_dossier(dossier.pk, by=zoe), lambda: submit_dossier(dossier.pk, by=zoe))
    assert isinstance(first, Receipt)
    assert first == second
    assert events(dossier.pk).count("dossier.submitted") == 1


@pytest.mark.usefixtures("no_lock")
def test_without_the_lock_two_clicks_issue_two_receipts_and_one_fails() -> None:
    zoe = person()
    dossier = ready(zoe)
    first, second = both(lambda: submit_dossier(dossier.pk, by=zoe), lambda: submit_dossier(dossier.pk, by=zoe))
    assert isinstance(first, Receipt)
    assert isinstance(second, IntegrityError)


def test_two_starts_make_one_dossier() -> None:
    zoe = person()
    procedure = procedure_at(OPEN)
    Candidate.objects.create(user=zoe)
    first, second = both(lambda: begun(procedure, zoe), lambda: start_dossier(procedure.pk, by=zoe))
    assert isinstance(first, Dossier)
    assert first == second


def transfer_to_note() -> tuple[Charge, Callable[[], Payment]]:
    """A sum that is owed, and the act that notes its transfer."""
    procedure = procedure_at(OPEN)
    school = procedure.participations.select_related("school").get(school__code="albi")
    staff = User.objects.create_user("office@example.org")
    procedure.roles.create(user=staff, kind="office")
    charge = money.owed(procedure, User.objects.create_user("payer@example.org"), school)

    def note() -> Payment:
        return confirm_transfer(charge.pk, by=staff, received_on=procedure.today())

    return charge, note


def test_two_members_of_staff_note_the_same_transfer_once() -> None:
    charge, note = transfer_to_note()
    first, second = both(note, note)
    assert isinstance(first, Payment)
    assert first == second
    assert Charge.objects.get(pk=charge.pk).state == "settled"


def test_two_workers_act_on_what_was_left_behind_once() -> None:
    _charge, note = transfer_to_note()
    note()
    Fact.objects.update(acted_at=None)
    assert both(run_pending_facts, run_pending_facts) == (1, 0)


def test_without_the_lock_the_second_note_fails_on_the_constraint(monkeypatch: pytest.MonkeyPatch) -> None:
    _charge, note = transfer_to_note()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
    first, second = both(note, note)
    assert isinstance(first, Payment)
    assert isinstance(second, IntegrityError)


def test_a_click_that_waits_while_the_rules_change_finds_its_dossier() -> None:
    """Loading a procedure moves the draft to another version: the one read before the wait is no longer its own."""
    zoe = person()
    dossier = ready(zoe)
    procedure = dossier.procedure
    procedure.current_version = procedure.versions.create(number=2, digest="2", rules=dossier.rules)
    procedure.save(update_fields=["current_version"])
    moved, submitted = both(
        lambda: move_draft(dossier.pk, lost=False, by=None), lambda: submit_dossier(dossier.pk, by=zoe)
    )
    assert moved is None
    assert isinstance(submitted, Receipt), submitted
    assert Dossier.objects.get(pk=dossier.pk).version.number == 2


ON_THE_EVE = "2026-03-19 10:00"


def test_a_dossier_submitted_while_the_reminders_are_written_gets_none() -> None:
    zoe = person()
    dossier = complete(procedure_at(ON_THE_EVE), zoe)
    _eve_of_old_drafts()
    _receipt, reminded = both(lambda: submit_dossier(dossier.pk, by=zoe), lambda: remind_drafts(dossier.procedure))
    assert reminded == 0
    assert mails("closing_reminder") == []


@pytest.mark.usefixtures("no_lock")
def test_without_the_lock_who_has_just_submitted_is_told_of_not_having_done_so() -> None:
    zoe = person()
    dossier = complete(procedure_at(ON_THE_EVE), zoe)
    _eve_of_old_drafts()
    both(lambda: submit_dossier(dossier.pk, by=zoe), lambda: remind_drafts(dossier.procedure))
    assert len(mails("closing_reminder")) == 1


def test_two_workers_remind_once() -> None:
    dossier = begun(procedure_at(ON_THE_EVE), person())
    _eve_of_old_drafts()
    assert both(lambda: remind_drafts(dossier.procedure), lambda: remind_drafts(dossier.procedure)) == (1, 0)
    assert events(dossier.pk).count("dossier.reminded") == 1


def _eve_of_old_drafts() -> None:
    """As if they had been begun in the middle of the window."""
    Dossier.objects.update(created_at="2026-02-10T10:00:00Z")


def saves(dossier: Dossier, who: User, city: str) -> Act:
    """A tab that was opened before anything was answered, and saves."""
    return lambda: save_answers(dossier.pk, "contact", {"city": city}, by=who, seen={"city": ""})


def test_of_two_tabs_that_save_at_once_the_second_learns_of_the_first() -> None:
    zoe = person()
    dossier = begun(procedure_at(OPEN), zoe)
    first, second = both(saves(dossier, zoe, "Brest"), saves(dossier, zoe, "Nantes"))
    assert (first.changed, second.changed, dict(second.stale)) == (["city"], [], {"city": "Brest"})
    assert dossier.answers.get(field="city").value == "Brest"


@pytest.mark.usefixtures("no_lock")
def test_without_the_lock_the_second_tab_overwrites_the_first() -> None:
    zoe = person()
    dossier = begun(procedure_at(OPEN), zoe)
    _first, second = both(saves(dossier, zoe, "Brest"), saves(dossier, zoe, "Nantes"))
    assert not second.stale
    assert dossier.answers.get(field="city").value == "Nantes"
