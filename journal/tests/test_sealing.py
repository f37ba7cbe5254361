"""The chain of seals: whole after any number of acts, broken by any alteration."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from journal import sealing
from journal.clock import at_one_instant
from journal.models import Entry, Seal
from journal.record import record

MORNING = dt.datetime(2026, 4, 9, 7, 0, tzinfo=dt.UTC)


def new_user() -> AbstractBaseUser:
    """Anything with a key will do as an author and as a subject."""
    return get_user_model().objects.create(email="office@example.org")


@pytest.fixture
def user(db: None) -> AbstractBaseUser:
    return new_user()


def write(user: AbstractBaseUser, count: int, **details: object) -> None:
    for number in range(count):
        record("test.done", user, by=user, number=number, **details)


def unguarded(sql: str) -> None:
    """Alter the tables as somebody who owns the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def test_entries_are_numbered_in_a_row_over_several_seals(
    user: AbstractBaseUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    write(user, 7, amount=7600, ratio=0.5, name="é", nothing=None)
    assert sealing.seal_entries() == 7
    write(user, 1)
    assert sealing.seal_entries() == 1
    assert set(Entry.objects.values_list("number", flat=True)) == set(range(1, 9))
    assert Seal.objects.count() == 4
    found = sealing.verify()
    assert found.is_whole, found.faults
    assert (found.entries, found.seals, found.unsealed) == (8, 4, 0)


def test_sealing_nothing_makes_no_seal(user: AbstractBaseUser) -> None:
    assert sealing.seal_entries() == 0
    assert not Seal.objects.exists()


def test_entries_not_sealed_yet_are_reported_and_are_no_fault(user: AbstractBaseUser) -> None:
    write(user, 2)
    sealing.seal_entries()
    write(user, 3)
    found = sealing.verify()
    assert found.is_whole
    assert found.unsealed == 3


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE journal_entry SET details = '{\"number\": 9}' WHERE number = 2",
        "UPDATE journal_entry SET actor = '' WHERE number = 4",
        "UPDATE journal_entry SET happened_at = '2026-01-01 00:00:00+00:00' WHERE number = 1",
        "DELETE FROM journal_entry WHERE number = 3",
        "DELETE FROM journal_entry WHERE number = 6",
        "UPDATE journal_entry SET number = number + 100 WHERE number = 6",
        "UPDATE journal_seal SET digest = previous_digest WHERE number = 3",
        "UPDATE journal_seal SET sealed_at = '2026-01-01 00:00:00+00:00' WHERE number = 2",
    ],
)
def test_an_alteration_is_found(user: AbstractBaseUser, monkeypatch: pytest.MonkeyPatch, alteration: str) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    write(user, 6)
    sealing.seal_entries()
    assert sealing.verify().is_whole
    unguarded(alteration)
    assert not sealing.verify().is_whole


def test_a_batch_taken_out_whole_is_found(user: AbstractBaseUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    write(user, 6)
    sealing.seal_entries()
    second = Seal.objects.get(number=2)
    unguarded(f"DELETE FROM journal_entry WHERE seal_id = {second.pk}")
    unguarded(f"DELETE FROM journal_seal WHERE id = {second.pk}")
    assert not sealing.verify().is_whole


@pytest.mark.parametrize("fits_the_next", [False, True])
def test_a_seal_made_again_does_not_fit_the_ones_after(
    user: AbstractBaseUser, monkeypatch: pytest.MonkeyPatch, fits_the_next: bool
) -> None:
    """A forger alters an entry, makes its seal again, and even writes the new digest into the next one."""
    monkeypatch.setattr(sealing, "BATCH", 2)
    write(user, 6)
    sealing.seal_entries()
    unguarded("UPDATE journal_entry SET event = 'forged' WHERE number = 3")
    second = Seal.objects.get(number=2)
    forged = sealing.digest_of(second, list(second.entries.order_by("number")))
    unguarded(f"UPDATE journal_seal SET digest = '{forged}' WHERE number = 2")
    if fits_the_next:
        unguarded(f"UPDATE journal_seal SET previous_digest = '{forged}' WHERE number = 3")
    assert not sealing.verify().is_whole


def test_the_command_says_what_is_whole_and_fails_on_what_is_not(user: AbstractBaseUser) -> None:
    write(user, 2)
    sealing.seal_entries()
    said = io.StringIO()
    call_command("verify_journal", stdout=said)
    assert "2 entries in 1 seals" in said.getvalue()
    assert Seal.objects.get().digest in said.getvalue()
    unguarded("UPDATE journal_entry SET event = 'other' WHERE number = 1")
    with pytest.raises(CommandError, match="altered"):
        call_command("verify_journal", stdout=io.StringIO())


def test_an_entry_has_the_instant_of_its_act(user: AbstractBaseUser) -> None:
    with at_one_instant(MORNING):
        write(user, 1)
    entry = Entry.objects.get()
    assert entry.happened_at == MORNING
    assert (entry.actor, entry.subject_id) == (str(user.pk), str(user.pk))
    assert (entry.subject_type, entry.details) == ("accounts.user", {"number": 0})


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_of_a_transaction_is_a_mistake() -> None:
    user = new_user()
    with pytest.raises(RuntimeError, match="transaction"):
        record("test.done", user)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE journal_entry SET event = 'other'",
        "UPDATE journal_entry SET number = NULL, seal_id = NULL",
        "DELETE FROM journal_entry",
        "UPDATE journal_seal SET digest = ''",
        "DELETE FROM journal_seal",
    ],
)
def test_the_database_refuses_alterations(user: AbstractBaseUser, alteration: str) -> None:
    write(user, 2)
    sealing.seal_entries()
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(alteration)


@pytest.mark.postgresql
def test_the_database_refuses_to_change_an_entry_under_cover_of_sealing(user: AbstractBaseUser) -> None:
    write(user, 1)
    seal = Seal.objects.create(number=1, digest="0" * 64, sealed_at=MORNING)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Entry.objects.update(number=1, seal=seal, event="other")
