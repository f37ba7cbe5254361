"""The allocation against full enumeration, and each reply against what the notice says it keeps."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.allocation import (
    OUT,
    Reply,
    Standing,
    allocate,
    allowed_replies,
    first_standings,
    is_removed,
    last_called,
    offers_held,
    standing_after,
)
from offers.tests.enumeration import Calls, Ranked, best_stable, is_stable, live_of, markets

Market = tuple[Calls, Ranked, Ranked]

# Offers


@given(markets())
@settings(max_examples=300, deadline=None)
def test_each_gets_the_best_that_any_stable_allocation_allows(market: Market):
    """Catches an over-filled pool, a skipped candidate, and what is best for the pools instead."""
    calls, lists, choices = market
    live = live_of(lists, choices)
    assert allocate(calls, lists, live) == best_stable(calls, lists, live)


@given(markets(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_offers_do_not_depend_on_the_order_in_which_candidates_and_pools_are_given(
    market: Market, shuffling: random.Random
):
    """Catches an allocation that lets whoever comes first keep the seat."""
    calls, lists, choices = market
    live = live_of(lists, choices)
    assert allocate(calls, shuffled(lists, shuffling), shuffled(live, shuffling)) == allocate(calls, lists, live)


def shuffled(ranked: Ranked, shuffling: random.Random) -> Ranked:
    """Return the same mapping with its keys in another order."""
    return dict(shuffling.sample(sorted(ranked.items()), len(ranked)))


def test_a_pool_optimal_allocation_is_not_good_enough():
    """Catches pools proposing: of the two stable allocations here, the candidates prefer this one."""
    lists = {"albi": ["a", "b"], "ales": ["b", "a"]}
    live = {"a": ["ales", "albi"], "b": ["albi", "ales"]}
    assert allocate({"albi": 1, "ales": 1}, lists, live) == {"a": "ales", "b": "albi"}


def test_thousands_turned_away_one_after_another():
    """Catches recursion: one newcomer to the first of 5,000 pools moves everybody on by one pool."""
    count = 5_000
    pools = [f"p{n}" for n in range(count)]
    lists = {pool: [f"c{n - 1}", f"c{n}"] for n, pool in enumerate(pools)}
    live = {f"c{n}": pools[n : n + 2] for n in range(count)} | {"c-1": ["p0"]}
    offers = allocate(dict.fromkeys(pools, 1), lists, live)
    assert offers["c-1"] == "p0"
    assert all(offers[f"c{n}"] == f"p{n + 1}" for n in range(count - 1))
    assert f"c{count - 1}" not in offers


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_skipped_among_thousands(seed: int):
    """Catches what small markets cannot show: a pool that stops looking too early down a long list."""
    drawing = random.Random(seed)
    candidates, pools = [f"c{n}" for n in range(3_000)], [f"p{n}" for n in range(20)]
    live = {name: drawing.sample(pools, drawing.randint(0, 6)) for name in candidates}
    lists = {pool: drawing.sample(candidates, len(candidates)) for pool in pools}
    calls = {pool: drawing.randint(0, 150) for pool in pools}
    assert is_stable(allocate(calls, lists, live), calls, lists, live)


def test_last_called_counts_ranks_of_people_out_of_play_too():
    """Catches ranks counted among those in play only: candidates compare them with the list."""
    lists = {"albi": ["gone", "a", "b", "c"], "ales": ["a"]}
    assert last_called({"b": "albi", "a": "albi"}, lists) == {"albi": 3}


# In play


def test_only_choices_with_the_candidate_on_the_list_are_live():
    """Catches an offer to someone the jury did not rank, and one in a pool that was not chosen."""
    lists = {"albi": ["a", "c"], "ales": ["a"]}
    choices = {"a": ["nord", "ales", "albi"], "b": ["albi"], "c": []}
    assert first_standings(choices, lists) == {"a": Standing(("ales", "albi")), "b": OUT, "c": OUT}


# Replies

HOPING = Standing(("nord", "ales", "albi"))
HOLDING = Standing(("nord", "ales"), held="ales")
ACCEPTED = Standing(("ales",), held="ales", accepted_for_good=True)


@pytest.mark.parametrize(
    ("standing", "offer", "allowed"),
    [
        (HOPING, "albi", {Reply.ACCEPT, Reply.ACCEPT_BUT, Reply.DECLINE_BUT, Reply.WITHDRAW}),
        (HOPING, "ales", {Reply.ACCEPT, Reply.ACCEPT_BUT, Reply.DECLINE_BUT, Reply.WITHDRAW}),
        (HOPING, "nord", {Reply.ACCEPT, Reply.WITHDRAW}),
        (HOPING, None, {Reply.WAIT, Reply.WITHDRAW}),
        (HOLDING, "ales", {Reply.ACCEPT, Reply.ACCEPT_BUT, Reply.DECLINE_BUT, Reply.WITHDRAW}),
        (HOLDING, "nord", {Reply.ACCEPT, Reply.WITHDRAW}),
        (ACCEPTED, "ales", {Reply.ACCEPT, Reply.WITHDRAW}),
        (OUT, None, set()),
    ],
)
def test_replies_that_are_allowed(standing: Standing[str], offer: str | None, allowed: set[Reply]):
    """Catches hoping for better than the first choice, waiting with an offer, and outsiders."""
    assert allowed_replies(standing, offer) == allowed
    for reply in set(Reply) - allowed:
        with pytest.raises(ValueError, match=reply):
            standing_after(standing, offer, reply)


@pytest.mark.parametrize(
    ("standing", "offer", "reply", "after"),
    [
        (HOPING, "ales", Reply.ACCEPT, ACCEPTED),
        (HOPING, "ales", Reply.ACCEPT_BUT, HOLDING),
        (HOPING, "ales", Reply.DECLINE_BUT, Standing(("nord",))),
        (HOPING, "ales", Reply.WITHDRAW, OUT),
        (HOPING, "ales", None, OUT),
        (HOPING, None, Reply.WAIT, HOPING),
        (HOPING, None, Reply.WITHDRAW, OUT),
        (HOPING, None, None, OUT),
        (HOLDING, "ales", Reply.ACCEPT_BUT, HOLDING),
        (HOLDING, "ales", Reply.DECLINE_BUT, Standing(("nord",))),
        (HOLDING, "ales", None, OUT),
        (HOLDING, "nord", Reply.ACCEPT, Standing(("nord",), held="nord", accepted_for_good=True)),
        (ACCEPTED, "ales", Reply.ACCEPT, ACCEPTED),
        (ACCEPTED, "ales", None, ACCEPTED),
        (ACCEPTED, "ales", Reply.WITHDRAW, OUT),
        (OUT, None, None, OUT),
    ],
)
def test_what_a_reply_or_silence_leaves(
    standing: Standing[str], offer: str | None, reply: Reply | None, after: Standing[str]
):
    """Catches a worse choice that survives, a held seat lost, a definitive yes asked for again."""
    assert standing_after(standing, offer, reply) == after


def test_removed_are_those_in_play_who_kept_silent():
    """Catches removing who accepted for good or was out already, and sparing who only held."""
    silent = [standing for standing in (HOPING, HOLDING, ACCEPTED, OUT) if is_removed(standing, None)]
    assert silent == [HOPING, HOLDING]
    assert not is_removed(HOPING, Reply.WAIT)


def test_offers_held_are_counted_by_pool():
    """Catches counting the better choices that one only hopes for."""
    assert offers_held([HOLDING, ACCEPTED, HOPING, OUT]) == {"ales": 2}
