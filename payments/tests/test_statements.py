"""Reading the lines that staff paste from their bank."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.statements import read_statement


@pytest.mark.parametrize(
    "line",
    [
        "12/03/2026;VIR SEPA LEFEVRE ZOE;76,00",
        "12/03/2026;12/03/2026;VIR SEPA LEFEVRE ZOE;;76,00;1 234,56",
        "2026-03-12\tVIR SEPA LEFEVRE ZOE\t+76.00 €",
        '12/03/26;"VIR SEPA LEFEVRE ZOE";"76,00 EUR"',
        "76,00 €|12.03.2026|VIR SEPA LEFEVRE ZOE",
    ],
)
def test_a_line_is_read_whatever_the_order_of_its_columns(line: str) -> None:
    (read,) = read_statement(line).lines
    assert (read.received_on, read.label, read.amount) == (dt.date(2026, 3, 12), "VIR SEPA LEFEVRE ZOE", 7600)


def test_thousands_are_read() -> None:
    lines = read_statement("12/03/2026;A;1 234,56\n12/03/2026;B;1.234,56\n12/03/2026;C;1\u202f234,56").lines
    assert [line.amount for line in lines] == [123456] * 3


def test_money_that_left_is_left_out_and_the_rest_is_said() -> None:
    statement = read_statement("Date;Libellé;Montant\n\n12/03/2026;PRLV EDF;-76,00\nsans date;76,00\n")
    assert statement.lines == ()
    assert statement.unreadable == ("Date;Libellé;Montant", "sans date;76,00")


DELIMITERS = st.sampled_from(";\t|")
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
LABELS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ /", min_size=1, max_size=40).map(str.strip).filter(bool)


@given(DAYS, LABELS, st.integers(1, 10**9), st.permutations(range(3)), DELIMITERS, st.sampled_from([",", "."]))
def test_a_line_says_the_same_in_any_order(
    day: dt.date, label: str, cents: int, order: list[int], delimiter: str, point: str
) -> None:
    cells = [f"{day:%d/%m/%Y}", label, f"{cents // 100}{point}{cents % 100:02d}"]
    (read,) = read_statement(delimiter.join(cells[place] for place in order)).lines
    assert (read.received_on, read.label, read.amount) == (day, label, cents)


@given(st.text(max_size=200))
def test_anything_can_be_pasted(text: str) -> None:
    statement = read_statement(text)
    assert all(line.amount > 0 for line in statement.lines)


@pytest.mark.parametrize("line", ["x" * 200_000, f"01/02/2026;{'9' * 5000},00;VIR"], ids=["endless", "riches"])
def test_what_is_too_long_for_a_line_is_unreadable(line: str) -> None:
    assert read_statement(line).lines == ()
    assert len(read_statement(line).unreadable) == 1
