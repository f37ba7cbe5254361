"""What confirms a place and until when: the pure core."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from offers.confirmation import Given, Progress, end_of_delay, is_complete, needs, waits_for_school
from programmes.rules import ConfirmationRule, PaperRule
from programmes.text import Text
from programmes.words import PARIS

SECONDS = 15 * 365 * 24 * 3600
INSTANTS = st.integers(0, SECONDS).map(lambda s: dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=s))
DAYS = st.integers(1, 120)


@given(INSTANTS, DAYS)
def test_a_delay_ends_at_midnight_in_paris_after_its_last_day(sent_at, days):
    """Whole days are counted, whatever the hour of the sending and the change to summer time between."""
    end = end_of_delay(sent_at, days).astimezone(PARIS)
    assert (end.hour, end.minute, end.second) == (0, 0, 0)
    assert (end.date() - sent_at.astimezone(PARIS).date()).days == days + 1
    assert dt.timedelta(days=days, hours=-1) < end - sent_at <= dt.timedelta(days=days + 1, hours=1)


@given(INSTANTS, DAYS)
def test_a_day_more_is_a_day_later_and_all_of_one_day_share_their_end(sent_at, days):
    assert end_of_delay(sent_at, days) < end_of_delay(sent_at, days + 1)
    same_day = sent_at.astimezone(PARIS).replace(hour=0, minute=0, second=0)
    assert end_of_delay(same_day, days) == end_of_delay(sent_at, days)


FORM = PaperRule(code="form", label=Text("Bulletin", "Form"))
PROGRESS = st.sampled_from(list(Progress))


@given(PROGRESS, PROGRESS, st.booleans(), st.booleans())
def test_a_place_is_complete_or_waits_or_lacks_something_and_never_two_of_these(paper, deposit, checked, word):
    rule = ConfirmationRule(days=15, papers=("form",), papers_checked=checked, deposit=True)
    found = needs(rule, [FORM], Given(papers={"form": paper}, deposit=deposit, word=word))
    assert [need.what for need in found] == ["form", "deposit"]
    lacks = any(need.progress in (Progress.TODO, Progress.AGAIN) for need in found)
    assert [is_complete(found), waits_for_school(found), lacks].count(True) == 1
    assert is_complete(found) or not (paper == deposit == Progress.DONE)


def test_where_nothing_is_asked_it_is_the_word():
    rule = ConfirmationRule(days=15)
    assert [need.what for need in needs(rule, [], Given(papers={}))] == ["word"]
    assert is_complete(needs(rule, [], Given(papers={}, word=True)))
