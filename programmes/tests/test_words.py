"""Dates, amounts and sizes read as a French or an English person writes them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from programmes.words import date_and_hour

NOW = dt.datetime(2026, 3, 18, 18, 0, tzinfo=dt.UTC)  # 19 h in Paris


def shown(template: str, language: str = "fr", **context: object) -> str:
    """The template's text in `language`, with ordinary spaces."""
    with translation.override(language):
        text = Template("{% load words %}" + template).render(Context(context))
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (dt.datetime(2026, 3, 20, 22, 0, tzinfo=dt.UTC), "vendredi 20 mars 2026 à 23 h"),  # winter time
        (dt.datetime(2026, 5, 28, 12, 30, tzinfo=dt.UTC), "jeudi 28 mai 2026 à 14 h 30"),  # summer time
        (dt.datetime(2026, 4, 30, 22, 5, tzinfo=dt.UTC), "vendredi 1er mai 2026 à 0 h 05"),  # already May in Paris
    ],
)
def test_an_instant_is_written_in_full_on_the_clocks_of_paris(moment: dt.datetime, words: str) -> None:
    assert shown("{{ moment|date_and_hour }}", moment=moment) == words


def test_an_hour_is_never_broken_over_two_lines() -> None:
    assert date_and_hour(NOW).endswith("à\u00a019\u00a0h")
    assert date_and_hour(NOW + dt.timedelta(minutes=5)).endswith("à\u00a019\u00a0h\u00a005")


def test_the_first_of_a_month_is_written_in_the_english_way_in_english() -> None:
    assert shown("{{ day|date_in_full }}", "en", day=dt.date(2026, 5, 1)) == "Friday 1 May 2026"


def test_a_window_that_ends_at_midnight_ends_with_the_day_before() -> None:
    end = dt.datetime(2026, 7, 17, 22, 0, tzinfo=dt.UTC)
    assert shown("{{ end|deadline }}", end=end) == "vendredi 17 juillet 2026 à minuit"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (dt.timedelta(days=2, hours=4, minutes=59), "encore 2 jours et 4 heures"),
        (dt.timedelta(days=1), "encore 1 jour"),
        (dt.timedelta(hours=1, minutes=1), "encore 1 heure et 1 minute"),
        (dt.timedelta(seconds=59), "encore moins d"),
        (dt.timedelta(0), ""),
        (-dt.timedelta(days=1), ""),
    ],
)
def test_time_left_names_two_units_at_most_and_nothing_once_it_is_past(left: dt.timedelta, words: str) -> None:
    said = shown("{{ end|time_left:now }}", end=NOW + left, now=NOW)
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_a_countdown_stands_in_a_sentence_and_counts_from_the_given_present() -> None:
    end = NOW + dt.timedelta(minutes=35)
    html = shown("({% countdown end now %}).", end=end, now=NOW)
    assert html.startswith("(<span")
    assert html.endswith("encore 35 minutes</span>).")
    assert 'data-now="2026-03-18T18:00:00+00:00"' in html


def test_a_countdown_that_is_over_says_so() -> None:
    assert "terminé</span>" in shown("{% countdown end now %}", end=NOW, now=NOW)


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (7600, "76 €", "€76"),
        (7650, "76,50 €", "€76.50"),
        (1250005, "12 500,05 €", "€12,500.05"),
        (-7600, "−76 €", "−€76"),
    ],
)
def test_an_amount_has_cents_only_where_there_are_some(cents: int, french: str, english: str) -> None:
    assert shown("{{ cents|money }}", cents=cents) == french
    assert shown("{{ cents|money }}", "en", cents=cents) == english


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 ko"), (820_400, "820 ko"), (999_999, "1000 ko"), (1_000_000, "1 Mo"), (1_449_999, "1,4 Mo")],
)
def test_a_size_is_rounded_to_what_one_can_compare_with_the_limit(size: int, words: str) -> None:
    assert shown("{{ size|file_size }}", size=size) == words


def test_an_account_number_is_grouped_whatever_spaces_it_came_with() -> None:
    assert shown("{{ iban|iban }}", iban="FR76 1007131000 00001") == "FR76 1007 1310 0000 001"


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [(1, "1er", "1st"), (2, "2e", "2nd"), (11, "11e", "11th"), (23, "23e", "23rd"), (112, "112e", "112th")],
)
def test_a_rank_is_an_ordinal(number: int, french: str, english: str) -> None:
    assert shown("{{ number|rank }}", number=number) == french
    assert shown("{{ number|rank }}", "en", number=number) == english
