"""Reminders and foresight: who is written to before the end, and what the office sees coming. Rule: AST-19."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from applicants.tests.scenario import mails, set_clock
from notifications.rendering import render
from offers.allocation import Reply
from offers.foresight import about_to_be_removed, foresee
from offers.reminders import remind_silent
from offers.standings import read_market
from offers.tests.market import answer, market, period, play, pool_of, start
from programmes.models import Procedure

LISTS = {"albi": "bca", "ales": "abc"}
CHOICES = {"a": "albi ales", "b": "ales albi", "c": "albi ales"}
SEATS = {"albi": 1, "ales": 1}


def test_the_silent_are_reminded_twice_and_nobody_else(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    answer(dossiers["a"], Reply.ACCEPT)
    set_clock(procedure, "2026-06-01 22:59:59")
    assert remind_silent(procedure) == 0
    set_clock(procedure, "2026-06-01 23:00:00")
    assert remind_silent(procedure) == 2
    assert remind_silent(procedure) == 0
    answer(dossiers["b"], Reply.ACCEPT_BUT)
    set_clock(procedure, "2026-06-03 17:00:00")
    assert remind_silent(procedure) == 1
    assert {mail.recipient for mail in mails("reply_reminder")} == {dossiers[name].candidate.user for name in "bc"}


def test_who_can_gain_nothing_is_left_in_peace(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    for number in (1, 2, 3):
        play(procedure, number, {"a": Reply.ACCEPT_BUT, "b": Reply.ACCEPT_BUT, "c": Reply.WAIT}, dossiers)
    start(procedure, 4)
    set_clock(procedure, "2026-07-17 20:00")
    assert remind_silent(procedure) == 2
    assert dossiers["c"].candidate.user not in {mail.recipient for mail in mails("reply_reminder")}
    last = next(mail for mail in mails("period_without_offer") if mail.context["is_last"])
    assert "Vous n’avez rien à faire" in render(last).text


def test_in_the_end_everyone_hears(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    for number in (1, 2, 3):
        play(procedure, number, {"a": Reply.ACCEPT_BUT, "b": Reply.ACCEPT_BUT, "c": Reply.WAIT}, dossiers)
    play(procedure, 4, {"a": Reply.ACCEPT_BUT}, dossiers)
    assert [mail.recipient for mail in mails("integration_ended")] == [dossiers["c"].candidate.user]
    assert [mail.recipient for mail in mails("removed_for_silence")] == [dossiers["b"].candidate.user]
    assert [mail.recipient for mail in mails("seat_taken")] == [dossiers["a"].candidate.user]


def test_the_office_sees_who_is_about_to_be_removed(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    answer(dossiers["b"], Reply.ACCEPT)
    assert set(about_to_be_removed(period(procedure, 1))) == {dossiers["a"], dossiers["c"]}


def test_the_office_sees_what_the_next_opening_would_offer(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    albi, ales = (pool_of(procedure, school).pk for school in ("albi", "ales"))
    assert foresee(procedure).next_offers == {dossiers["a"].pk: ales, dossiers["b"].pk: albi}
    start(procedure, 1)
    answer(dossiers["a"], Reply.ACCEPT)
    answer(dossiers["b"], Reply.WITHDRAW)
    assert foresee(procedure).next_offers == {dossiers["a"].pk: ales}
    answer(dossiers["c"], Reply.WAIT)
    assert foresee(procedure).next_offers == {dossiers["a"].pk: ales, dossiers["c"].pk: albi}


@pytest.mark.parametrize("count", [1, 20])
def test_the_market_is_read_in_as_many_queries_however_many_candidates(
    procedure: Procedure, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = [f"c{number}" for number in range(count)]
    dossiers = market(procedure, {}, dict.fromkeys(names, "albi ales"), {"albi": count})
    pool_of(procedure, "albi").entries.bulk_create(
        pool_of(procedure, "albi").entries.model(pool=pool_of(procedure, "albi"), dossier=dossiers[name], rank=rank)
        for rank, name in enumerate(names, start=1)
    )
    with django_assert_num_queries(5):
        assert len(read_market(procedure).live) == count
