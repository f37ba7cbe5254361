"""Facts: acted on once the act that states them is committed, and again until it worked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from journal import followups
from journal.followups import acts_on, run_pending_facts, state_fact
from journal.models import Fact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind() -> Iterator[str]:
    yield "test_happened"
    followups._registered.pop("test_happened", None)


@transaction.atomic
def state_and_fail(kind: str) -> None:
    state_fact(kind, 12)
    raise ZeroDivisionError


def test_a_fact_is_acted_on_after_the_commit_and_once(kind: str) -> None:
    seen: list[str] = []

    @acts_on(kind)
    def follow(subject: str) -> None:
        assert transaction.get_connection().in_atomic_block
        seen.append(subject)

    with transaction.atomic():
        state_fact(kind, 12)
        assert seen == []
    assert seen == ["12"]
    assert run_pending_facts() == 0
    assert seen == ["12"]


def test_a_fact_of_an_act_that_failed_never_was(kind: str) -> None:
    seen: list[str] = []
    acts_on(kind)(seen.append)
    with pytest.raises(ZeroDivisionError):
        state_and_fail(kind)
    run_pending_facts()
    assert seen == []


def test_an_act_that_failed_is_undone_and_run_again(kind: str) -> None:
    broken = [True]

    @acts_on(kind)
    def follow(subject: str) -> None:
        Fact.objects.create(kind=f"{kind}_next", subject_id=subject, stated_at="2026-04-09T07:00Z")
        if broken:
            raise ZeroDivisionError

    with transaction.atomic():
        state_fact(kind, 12)  # the failure does not reach the act that stated the fact
    assert not Fact.objects.filter(kind=f"{kind}_next").exists()
    broken.clear()
    assert run_pending_facts() == 1
    assert Fact.objects.filter(kind=f"{kind}_next").count() == 1


def test_one_failure_does_not_stop_the_others(kind: str) -> None:
    seen: list[str] = []

    @acts_on(kind)
    def follow(subject: str) -> None:
        if subject == "1":
            raise ZeroDivisionError
        seen.append(subject)

    for subject in (1, 2):
        Fact.objects.create(kind=kind, subject_id=str(subject), stated_at="2026-04-09T07:00Z")
    assert run_pending_facts() == 1
    assert seen == ["2"]


def test_a_fact_that_nothing_follows_yet_is_kept(kind: str) -> None:
    with transaction.atomic():
        state_fact(kind, 12)
    assert Fact.objects.pending().count() == 1


def test_a_fact_outside_of_a_transaction_is_a_mistake(kind: str) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        state_fact(kind, 12)
