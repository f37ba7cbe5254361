"""Seats moved between periods, by whom, and never those that somebody holds. Rule: AST-21."""

from __future__ import annotations

import pytest

from accounts.models import User
from journal.errors import NotAllowed
from journal.models import Entry
from offers.allocation import Reply
from offers.models import SeatMove
from offers.seats import CannotMove, held_seats, move_seats
from offers.tests.market import market, play, pool_of, start
from programmes.models import Pool, Procedure


def seats(procedure: Procedure, school: str, track: str) -> int:
    return pool_of(procedure, school, track).seats


def test_unfilled_seats_move_and_who_and_why_are_kept(procedure: Procedure, president: User) -> None:
    source, target = pool_of(procedure, "albi", "BUT3"), pool_of(procedure, "albi", "L3")
    move_seats(source.pk, target.pk, 3, reason=" Vivier insuffisant ", by=president)
    assert (seats(procedure, "albi", "BUT3"), seats(procedure, "albi", "L3")) == (7, 13)
    move = SeatMove.objects.get()
    assert (move.count, move.reason, move.moved_by) == (3, "Vivier insuffisant", president)
    entry = Entry.objects.get(event="seats.moved")
    assert (entry.actor, entry.details["count"]) == (str(president.pk), 3)


def test_calls_move_with_the_seats(procedure: Procedure, office: User) -> None:
    source, target = pool_of(procedure, "albi", "BUT3"), pool_of(procedure, "albi", "L3")
    Pool.objects.filter(pk=source.pk).update(calls=12)
    move_seats(source.pk, target.pk, 10, reason="essai", by=office)
    source.refresh_from_db()
    assert (source.seats, source.calls) == (0, 2)
    assert pool_of(procedure, "albi", "L3").calls is None


def test_only_jury_and_office_move_seats(procedure: Procedure, verifier: User) -> None:
    source, target = pool_of(procedure, "albi", "BUT3"), pool_of(procedure, "albi", "L3")
    with pytest.raises(NotAllowed):
        move_seats(source.pk, target.pk, 1, reason="essai", by=verifier)


@pytest.mark.parametrize(
    ("target", "count", "reason", "said"),
    [
        (("albi", "L3"), 11, "essai", "1 à 10"),
        (("albi", "L3"), 0, "essai", "1 à 10"),
        (("albi", "L3"), 1, "  ", "motif"),
        (("ales", "BUT3"), 1, "essai", "deux écoles"),
        (("albi", "BUT3"), 1, "essai", "différentes"),
    ],
)
def test_what_is_refused(
    procedure: Procedure, president: User, target: tuple[str, str], count: int, reason: str, said: str
) -> None:
    source = pool_of(procedure, "albi", "BUT3")
    with pytest.raises(CannotMove, match=said):
        move_seats(source.pk, pool_of(procedure, *target).pk, count, reason=reason, by=president)
    assert seats(procedure, "albi", "BUT3") == 10


def test_between_schools_if_the_jury_says_so(procedure: Procedure, president: User) -> None:
    source, target = pool_of(procedure, "albi", "BUT3"), pool_of(procedure, "ales", "BUT3")
    move_seats(source.pk, target.pk, 1, reason="essai", by=president, across_schools=True)
    assert seats(procedure, "ales", "BUT3") == 9


def test_not_during_a_period(procedure: Procedure, president: User) -> None:
    market(procedure, {"albi": "a"}, {"a": "albi"}, {"albi": 1})
    start(procedure, 1)
    with pytest.raises(CannotMove, match="période"):
        move_seats(pool_of(procedure, "albi", "M1").pk, pool_of(procedure, "albi").pk, 1, reason="essai", by=president)


def test_seats_that_somebody_holds_stay(procedure: Procedure, president: User) -> None:
    choices = {"a": "albi ales", "b": "nord-europe ales", "c": "albi ales"}
    dossiers = market(procedure, {"ales": "abc"}, choices, {"ales": 3})
    play(procedure, 1, {"a": Reply.ACCEPT, "b": Reply.ACCEPT}, dossiers)
    ales, other = pool_of(procedure, "ales"), pool_of(procedure, "ales", "BUT3")
    assert held_seats(procedure) == {ales.pk: 2}
    with pytest.raises(CannotMove, match="1 à 1"):
        move_seats(ales.pk, other.pk, 2, reason="essai", by=president)
    move_seats(ales.pk, other.pk, 1, reason="essai", by=president)
    with pytest.raises(CannotMove, match="gardées"):
        move_seats(ales.pk, other.pk, 1, reason="essai", by=president)


def test_a_yes_but_holds_and_a_no_but_does_not(procedure: Procedure) -> None:
    dossiers = market(
        procedure,
        {"albi": "xab", "ales": "ab"},
        {"a": "albi ales", "b": "albi ales", "x": "albi"},
        {"albi": 1, "ales": 2},
    )
    replies = {"a": Reply.ACCEPT_BUT, "b": Reply.DECLINE_BUT, "x": Reply.ACCEPT}
    play(procedure, 1, replies, dossiers)
    assert held_seats(procedure) == {pool_of(procedure, "albi").pk: 1, pool_of(procedure, "ales").pk: 1}
