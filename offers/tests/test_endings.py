"""The end of a period for one candidate, whatever was offered and answered. Rules: AST-18, AST-19."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offers.allocation import Reply, Standing, allowed_replies, standing_after
from offers.models import ListEntry
from offers.periods import ending_of

Struck = ListEntry.Struck
Case = tuple[Standing[int], int | None, Reply | None]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Somebody in play, with a place held or taken for good or without; an offer that fits, and an answer to it."""
    live = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True)))
    for_good = draw(st.booleans())
    held = live[-1] if for_good or draw(st.booleans()) else None
    standing = Standing(live[-1:], held, accepted_for_good=True) if for_good else Standing(live, held)
    offer = draw(st.sampled_from(standing.live) if held is not None else st.none() | st.sampled_from(live))
    return standing, offer, draw(st.none() | st.sampled_from(sorted(allowed_replies(standing, offer))))


@given(cases(), st.booleans())
def test_what_is_struck_and_what_goes_on_are_all_that_was_live(case: Case, at_last: bool) -> None:
    """Catches a rank that still calls somebody who has lost it, and one that is struck and kept."""
    standing, offer, reply = case
    ending = ending_of(standing, offer, reply, at_last=at_last)
    after = standing_after(standing, offer, reply)
    goes_on = {after.held} - {None} if at_last else set(after.live)
    assert set(ending.struck) == set(standing.live) - goes_on


@given(cases(), st.booleans())
def test_a_seat_is_taken_once_and_only_by_who_keeps_it(case: Case, at_last: bool) -> None:
    """Catches a second enrolment of who accepted before, and a held place that the last period forgets."""
    standing, offer, reply = case
    ending = ending_of(standing, offer, reply, at_last=at_last)
    keeps = reply is Reply.ACCEPT or (at_last and reply is Reply.ACCEPT_BUT)
    assert ending.seat == (offer if keeps and not standing.accepted_for_good else None)
    assert ending.gives_up == (standing.accepted_for_good and reply is Reply.WITHDRAW)


@given(cases(), st.booleans())
def test_silence_removes_who_had_something_to_answer(case: Case, at_last: bool) -> None:
    """Catches a reproach to who accepted for good, or to who could gain nothing in the last period."""
    standing, offer, reply = case
    ending = ending_of(standing, offer, reply, at_last=at_last)
    is_silent = reply is None and not standing.accepted_for_good
    assert ending.is_removed == is_silent
    assert ending.is_out_for_silence == (is_silent and not (at_last and offer is None))
    if ending.is_out_for_silence:
        assert set(ending.struck.values()) == {Struck.SILENT}


@given(cases())
def test_who_still_hopes_at_the_very_end_is_told_that_it_is_over(case: Case) -> None:
    """Catches silence on the portal's side: nothing follows, and nobody says so."""
    standing, offer, reply = case
    ending = ending_of(standing, offer, reply, at_last=True)
    hoped = reply in (Reply.WAIT, Reply.DECLINE_BUT) or (offer is None and reply is None)
    assert ending.ends_without_seat == hoped
