"""Wake-ups: one per transaction, none for an act that failed, and no harm from a broker that is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import Celery, current_app, shared_task
from django.conf import settings
from django.db import transaction

from journal.wakeups import WakeUp, wake_on_commit

pytestmark = pytest.mark.django_db(transaction=True)

done: list[int] = []


@shared_task
def work() -> None:
    done.append(1)


@transaction.atomic
def wake_and_fail() -> None:
    wake_on_commit(work)
    raise ZeroDivisionError


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are asked for."""
    done.clear()
    work.app.conf.task_always_eager = True
    yield
    work.app.conf.task_always_eager = False


def test_a_transaction_wakes_a_task_once(at_once: None) -> None:
    with transaction.atomic():
        for _ in range(3):
            wake_on_commit(work)
        assert done == []
    assert done == [1]


def test_an_act_that_failed_wakes_nobody(at_once: None) -> None:
    with pytest.raises(ZeroDivisionError):
        wake_and_fail()
    assert done == []


def test_a_part_undone_takes_only_its_own_wake_up_along(at_once: None) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            wake_and_fail()
        wake_on_commit(work)
    assert done == [1]


def test_a_broker_that_is_away_does_not_fail_the_act() -> None:
    away = Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    away.conf.broker_transport_options = {"socket_connect_timeout": 1}

    @away.task
    def lost() -> None: ...

    with transaction.atomic():
        transaction.on_commit(WakeUp(lost))  # not robust: what it raised would reach us


def test_what_the_schedule_names_is_there_to_run() -> None:
    """The periodic tasks are what wake-ups may be lost to."""
    current_app.loader.import_default_modules()
    scheduled = {line["task"] for line in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(current_app.tasks)
    assert {"journal.tasks.seal", "notifications.tasks.deliver_outbox", "documents.tasks.check_papers"} <= scheduled
