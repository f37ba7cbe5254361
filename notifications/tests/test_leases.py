"""Leases: two workers never have the same row, a killed one's rows come back, a slow one writes nothing."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from journal.clock import at_one_instant, instant
from journal.leases import claim
from notifications.models import Mail

MINUTE = dt.timedelta(minutes=1)
MORNING = dt.datetime(2026, 4, 9, 7, 0, tzinfo=dt.UTC)


def write(count: int) -> None:
    for number in range(count):
        Mail.objects.create(
            key=f"test:{number}", kind="test", address="a@example.org", queued_at=MORNING + number * MINUTE
        )


@pytest.mark.django_db
def test_rows_are_claimed_in_their_order_and_once() -> None:
    write(3)
    with at_one_instant(MORNING):
        first = claim(Mail.objects.to_send(), at_most=2, lease=MINUTE)
        second = claim(Mail.objects.to_send(), at_most=2, lease=MINUTE)
        assert [mail.key for mail in first] == ["test:0", "test:1"]
        assert [mail.key for mail in second] == ["test:2"]
        assert claim(Mail.objects.to_send(), at_most=2, lease=MINUTE) == []


@pytest.mark.django_db
def test_a_killed_workers_rows_come_back_when_its_lease_ends() -> None:
    write(1)
    with at_one_instant(MORNING):
        claim(Mail.objects.to_send(), at_most=1, lease=MINUTE)
    with at_one_instant(MORNING + MINUTE - dt.timedelta(microseconds=1)):
        assert claim(Mail.objects.to_send(), at_most=1, lease=MINUTE) == []
    with at_one_instant(MORNING + MINUTE):
        assert len(claim(Mail.objects.to_send(), at_most=1, lease=MINUTE)) == 1


@pytest.mark.django_db
def test_who_was_too_slow_writes_nothing() -> None:
    write(1)
    with at_one_instant(MORNING):
        slow = claim(Mail.objects.to_send(), at_most=1, lease=MINUTE)[0]
    with at_one_instant(MORNING + MINUTE):
        quick = claim(Mail.objects.to_send(), at_most=1, lease=MINUTE)[0]
    assert not slow.finish(state=Mail.State.FAILED)
    assert quick.finish(state=Mail.State.SENT)
    assert Mail.objects.get().state == Mail.State.SENT


Claim = Callable[[threading.Barrier], list[Mail]]


def race(claims: Claim) -> list[list[str]]:
    """What two workers get that both look for work before either has taken any."""
    meeting = threading.Barrier(2, timeout=10)
    got: list[list[str]] = []

    def worker() -> None:
        try:
            got.append([mail.key for mail in claims(meeting)])
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_take_different_rows() -> None:
    def ours(meeting: threading.Barrier) -> list[Mail]:
        with transaction.atomic():
            claimed = claim(Mail.objects.to_send(), at_most=1, lease=MINUTE)
            meeting.wait()  # neither has committed
            return claimed

    write(2)
    assert race(ours) == [["test:0"], ["test:1"]]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_take_the_same() -> None:
    def unlocked(meeting: threading.Barrier) -> list[Mail]:
        with transaction.atomic():
            found = list(Mail.objects.to_send().filter(leased_until=None)[:1])
            meeting.wait()
            Mail.objects.filter(pk__in=[mail.pk for mail in found]).update(leased_until=instant() + MINUTE)
            return found

    write(2)
    assert race(unlocked) == [["test:0"], ["test:0"]]
