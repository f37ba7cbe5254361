"""The periods on the database: opening, replying, closing, at their hours and once. Rules: AST-17 to AST-20."""

from __future__ import annotations

import datetime as dt

import pytest

from applicants.endings import withdraw_dossier
from applicants.tests.scenario import ast_2026, events, mails, set_clock
from journal.errors import Closed
from journal.models import Entry
from offers.allocation import Reply
from offers.models import ListEntry, Offer, PeriodSeats
from offers.periods import (
    OutOfOrder,
    TooFewCalls,
    close_period,
    current_period,
    open_period,
    skip_period,
    turn_periods,
)
from offers.replies import ReplyNotAllowed, reply_to_offer
from offers.tests.market import (
    JURY_DAY,
    answer,
    end,
    market,
    offered,
    period,
    play,
    pool_of,
    publish,
    seat_of,
    stand_at,
    start,
    struck,
)
from programmes.loading import store
from programmes.models import Pool, Procedure

ACCEPT, ACCEPT_BUT, DECLINE_BUT, WAIT, WITHDRAW = Reply

# Two schools with one seat each, three candidates: each of a and b prefers the school that ranks the other first.
LISTS = {"albi": "bca", "ales": "abc"}
CHOICES = {"a": "albi ales", "b": "ales albi", "c": "albi ales"}
SEATS = {"albi": 1, "ales": 1}


def test_the_best_allocation_is_offered(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    assert offered(procedure, 1, dossiers) == {"a": "ales", "b": "albi"}
    seats = PeriodSeats.objects.get(period=period(procedure, 1), pool=pool_of(procedure, "albi"))
    assert (seats.seats, seats.calls, seats.last_called) == (1, 1, 1)
    (entry,) = Entry.objects.filter(event="period.opened")
    assert len(entry.details["offers"]) == 2
    assert {mail.recipient for mail in mails("offer_made")} == {dossiers[name].candidate.user for name in "ab"}
    assert [mail.recipient for mail in mails("period_without_offer")] == [dossiers["c"].candidate.user]


def test_two_procedures_at_once_have_no_part_in_each_other(procedure: Procedure) -> None:
    """The same schools, the same seats, the same hours: each goes as it would alone."""
    elsewhere = set_clock(store(ast_2026(), rehearsal=True, slug="ailleurs"), JURY_DAY)
    here = market(procedure, {"albi": "abc", "ales": "bc"}, {"a": "albi", "b": "albi ales", "c": "albi ales"}, SEATS)
    there = market(elsewhere, {"albi": "xyz", "ales": "yz"}, {"x": "albi", "y": "albi ales", "z": "albi ales"}, SEATS)
    both = ((procedure, here), (elsewhere, there))
    for where, dossiers in both:
        start(where, 1)
        assert sorted(offered(where, 1, dossiers).values()) == ["albi", "ales"]
    for name, reply in (("a", ACCEPT), ("b", ACCEPT_BUT), ("c", WAIT)):
        answer(here[name], reply)
    for name, reply in (("x", WITHDRAW), ("y", ACCEPT_BUT), ("z", WAIT)):
        answer(there[name], reply)
    for where, _ in both:
        end(where, 1)
    for where, _ in both:
        start(where, 2)
    assert offered(procedure, 2, here) == {"a": "albi", "b": "ales"}
    assert offered(elsewhere, 2, there) == {"y": "albi", "z": "ales"}


def test_opening_twice_offers_once(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    open_period(period(procedure, 1).pk)
    assert Offer.objects.count() == 2
    assert len(mails("offer_made")) == 2


def test_nothing_opens_a_second_too_early(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    set_clock(procedure, "2026-05-28 13:59:59")
    with pytest.raises(Closed):
        open_period(period(procedure, 1).pk)


def test_no_offer_before_the_results_are_public(procedure: Procedure) -> None:
    """The jury is late: offers from lists that may still change, and that nobody may know of, would leak them."""
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    procedure.steps.get(kind="admission").publications.all().delete()
    stand_at(procedure, period(procedure, 1).starts_at)
    with pytest.raises(OutOfOrder):
        open_period(period(procedure, 1).pk)
    turn_periods(procedure)
    assert not Offer.objects.exists()
    for dossier in dossiers.values():
        dossier.decisions.filter(step__kind="admission").delete()
    publish(procedure, "2026-05-29 09:00")
    turn_periods(procedure)
    assert Offer.objects.count() == 2


def test_a_period_waits_for_the_one_before(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    stand_at(procedure, period(procedure, 2).starts_at)
    with pytest.raises(OutOfOrder):
        open_period(period(procedure, 2).pk)


def test_a_reply_counts_until_the_last_second(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    set_clock(procedure, "2026-06-03 22:59:59")
    answer(dossiers["a"], ACCEPT)
    set_clock(procedure, "2026-06-03 23:00:00")
    with pytest.raises(Closed):
        answer(dossiers["a"], WITHDRAW)
    close_period(period(procedure, 1).pk)
    assert seat_of(dossiers["a"]) == ("ales", "awaiting")


def test_a_period_does_not_close_a_second_too_early(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    set_clock(procedure, "2026-06-03 22:59:59")
    with pytest.raises(Closed):
        close_period(period(procedure, 1).pk)


def test_who_withdraws_and_who_is_silent_are_out_of_every_list(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": WITHDRAW, "b": ACCEPT}, dossiers)
    assert struck(dossiers["a"]) == {"albi": "withdrawn", "ales": "withdrawn"}
    assert struck(dossiers["c"]) == {"albi": "silent", "ales": "silent"}
    start(procedure, 2)
    assert offered(procedure, 2, dossiers) == {"b": "albi"}


def test_an_answer_replaces_the_one_before(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    for reply in (WITHDRAW, ACCEPT, ACCEPT_BUT):
        answer(dossiers["a"], reply)
    end(procedure, 1)
    assert struck(dossiers["a"]) == {"albi": "", "ales": ""}
    assert events(dossiers["a"].pk).count("offer.answered") == 3
    assert [mail.context["reply_label"] for mail in mails("reply_recorded")].count("OUI MAIS") == 1


def test_an_answer_must_fit_the_offer(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    with pytest.raises(ReplyNotAllowed):
        answer(dossiers["a"], WAIT)
    with pytest.raises(ReplyNotAllowed):
        answer(dossiers["c"], ACCEPT)


def test_nobody_answers_for_another(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    with pytest.raises(type(dossiers["a"]).DoesNotExist):
        reply_to_offer(dossiers["a"].pk, ACCEPT, by=dossiers["b"].candidate.user)


def test_who_is_out_can_no_longer_answer(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"b": ACCEPT_BUT}, dossiers)
    start(procedure, 2)
    with pytest.raises(ReplyNotAllowed):
        answer(dossiers["c"], WAIT)
    assert len(mails("removed_for_silence")) == 2


def test_each_reply_leaves_what_it_says(procedure: Procedure) -> None:
    dossiers = market(
        procedure,
        {"albi": "xyabc", "ales": "abcxy", "nord-europe": "abcxy"},
        dict.fromkeys("abcxy", "albi ales nord-europe"),
        {"albi": 2, "ales": 3, "nord-europe": 5},
    )
    play(procedure, 1, {"a": ACCEPT, "b": ACCEPT_BUT, "c": DECLINE_BUT, "x": ACCEPT, "y": ACCEPT}, dossiers)
    assert struck(dossiers["a"]) == {"albi": "accepted", "ales": "", "nord-europe": "accepted"}
    assert struck(dossiers["b"]) == {"albi": "", "ales": "", "nord-europe": "better"}
    assert struck(dossiers["c"]) == {"albi": "", "ales": "declined", "nord-europe": "better"}


def test_a_refused_offer_is_no_offer_of_the_next_period(procedure: Procedure) -> None:
    dossiers = market(procedure, {"albi": "ab", "ales": "b"}, {"a": "albi", "b": "albi ales"}, SEATS)
    play(procedure, 1, {"a": ACCEPT, "b": DECLINE_BUT}, dossiers)
    play(procedure, 2, {"b": WAIT}, dossiers)
    assert struck(dossiers["b"]) == {"albi": "", "ales": "declined"}


def test_who_accepted_for_good_needs_no_further_answer(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT, "b": ACCEPT}, dossiers)
    assert len(mails("seat_taken")) == 2
    play(procedure, 2, {"b": ACCEPT}, dossiers)
    assert seat_of(dossiers["a"]) == ("ales", "awaiting")
    assert struck(dossiers["a"])["ales"] == ""
    assert len(mails("seat_taken")) == 2
    assert len(mails("offer_made")) == 2  # only those of the first period


def test_a_seat_given_up_is_offered_again(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT, "b": ACCEPT, "c": WAIT}, dossiers)
    play(procedure, 2, {"b": WITHDRAW, "c": WAIT}, dossiers)
    assert seat_of(dossiers["b"]) == ("albi", "given_up")
    assert "seat.given_up" in events(dossiers["b"].pk)
    start(procedure, 3)
    assert offered(procedure, 3, dossiers) == {"a": "ales", "c": "albi"}
    last = PeriodSeats.objects.get(period=period(procedure, 3), pool=pool_of(procedure, "albi"))
    assert last.last_called == 2


def test_the_last_period_makes_a_held_seat_final_and_ends_the_rest(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    for number in (1, 2, 3, 4):
        play(procedure, number, {"a": ACCEPT_BUT, "b": ACCEPT_BUT, "c": WAIT}, dossiers)
    assert seat_of(dossiers["a"]) == ("ales", "awaiting")
    assert struck(dossiers["a"]) == {"albi": "ended", "ales": ""}
    assert struck(dossiers["c"]) == {"albi": "ended", "ales": "ended"}
    assert seat_of(dossiers["c"]) is None


def test_silence_after_a_yes_but_loses_the_seat_even_at_the_end(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    for number in (1, 2, 3):
        play(procedure, number, {"a": ACCEPT_BUT, "b": ACCEPT_BUT, "c": WAIT}, dossiers)
    play(procedure, 4, {"b": ACCEPT_BUT, "c": WAIT}, dossiers)
    assert seat_of(dossiers["a"]) is None
    assert struck(dossiers["a"]) == {"albi": "silent", "ales": "silent"}


def test_closing_twice_changes_nothing(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT}, dossiers)
    before = list(ListEntry.objects.values())
    close_period(period(procedure, 1).pk)
    assert list(ListEntry.objects.values()) == before
    assert Entry.objects.filter(event="period.closed").count() == 1


def test_a_dossier_withdrawn_counts_no_more(procedure: Procedure, django_capture_on_commit_callbacks) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT_BUT, "b": ACCEPT, "c": WAIT}, dossiers)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_dossier(dossiers["b"].pk, by=dossiers["b"].candidate.user)
    assert seat_of(dossiers["b"]) == ("albi", "given_up")
    assert struck(dossiers["b"])["albi"] == "withdrawn"
    start(procedure, 2)
    assert offered(procedure, 2, dossiers) == {"a": "ales", "c": "albi"}


def test_a_dossier_withdrawn_during_a_period_is_not_called_silent(procedure: Procedure) -> None:
    """The fact is not acted on yet when the period closes: the entries of a withdrawn dossier count no more anyway."""
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    withdraw_dossier(dossiers["a"].pk, by=dossiers["a"].candidate.user)
    end(procedure, 1)
    assert dossiers["a"].candidate.user not in {mail.recipient for mail in mails("removed_for_silence")}


def test_nobody_loses_a_held_seat_to_a_smaller_number_of_calls(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT_BUT, "b": ACCEPT}, dossiers)
    Pool.objects.filter(pk=pool_of(procedure, "ales").pk).update(seats=0)
    with pytest.raises(TooFewCalls, match=r"1 candidats gardent une place, pour 0 appels"):
        start(procedure, 2)


def test_more_seats_never_make_an_offer_worse(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT_BUT, "b": ACCEPT_BUT, "c": WAIT}, dossiers)
    Pool.objects.filter(pk=pool_of(procedure, "ales").pk).update(seats=2)
    start(procedure, 2)
    assert offered(procedure, 2, dossiers) == {"a": "ales", "b": "ales", "c": "albi"}


def test_the_periods_turn_by_themselves(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    turn_periods(procedure)
    assert current_period(procedure) == period(procedure, 1)
    answer(dossiers["a"], ACCEPT_BUT)
    turn_periods(procedure)
    stand_at(procedure, period(procedure, 2).starts_at)
    turn_periods(procedure)
    assert current_period(procedure) == period(procedure, 2)
    assert offered(procedure, 2, dossiers) == {"a": "albi"}


def test_a_period_that_could_not_open_is_skipped_and_removes_nobody(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    stand_at(procedure, period(procedure, 1).ends_at)
    turn_periods(procedure)
    assert period(procedure, 1).closed_at == procedure.now()
    stand_at(procedure, period(procedure, 2).starts_at)
    turn_periods(procedure)
    assert offered(procedure, 1, dossiers) == {}
    assert offered(procedure, 2, dossiers) == {"a": "ales", "b": "albi"}
    assert "period.skipped" in events(period(procedure, 1).pk)


def test_the_last_period_is_never_skipped(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    stand_at(procedure, period(procedure, 4).ends_at + dt.timedelta(days=1))
    turn_periods(procedure)
    assert period(procedure, 3).closed_at is not None
    assert period(procedure, 4).opened_at is None
    with pytest.raises(OutOfOrder):
        skip_period(period(procedure, 4).pk)


def test_a_period_that_may_still_open_is_not_skipped(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    with pytest.raises(Closed):
        skip_period(period(procedure, 1).pk)


def test_an_answer_between_two_periods_is_refused(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    play(procedure, 1, {"a": ACCEPT_BUT}, dossiers)
    with pytest.raises(Closed):
        answer(dossiers["a"], ACCEPT)


def test_ranks_are_seen_from_the_hour_of_the_results(procedure: Procedure) -> None:
    dossiers = market(procedure, LISTS, CHOICES, SEATS)
    set_clock(procedure, "2026-05-28 13:59:59")
    assert not ListEntry.objects.visible(procedure).exists()
    set_clock(procedure, "2026-05-28 14:00:00")
    assert ListEntry.objects.visible(procedure).filter(dossier=dossiers["a"]).count() == 2


def test_offers_are_seen_from_the_hour_of_their_period(procedure: Procedure) -> None:
    market(procedure, LISTS, CHOICES, SEATS)
    start(procedure, 1)
    set_clock(procedure, "2026-05-28 13:59:59")
    assert not Offer.objects.visible(procedure).exists()
    set_clock(procedure, "2026-05-28 14:00:00")
    assert Offer.objects.visible(procedure).count() == 2
