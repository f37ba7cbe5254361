"""Tables for spreadsheets: read by French ones, and without a formula that somebody typed into a form."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.spreadsheet import FORMULA, as_csv, harmless


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "+33 6x",
        "'=1",
        "''\t=1",
    ],
)
def test_what_would_be_calculated_becomes_a_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["Zoé", "2004-03-27", "+33 6 12 34 56 78", "L'Haÿ-les-Roses", "a=b", "", "12,5", "'", "'a"]
)
def test_names_dates_and_telephones_stay_as_they_are(cell: str) -> None:
    """A school's own system reads them too."""
    assert harmless(cell) == cell


def test_a_french_spreadsheet_reads_letters_and_columns() -> None:
    """Without the mark é becomes Ã©; with commas all stands in one column."""
    made = as_csv(["nom", "ville"], [["Nguyễn", "Saint-Étienne ; Loire"], ["王", None]])
    assert made.startswith(b"\xef\xbb\xbfnom;ville\r\n")
    assert list(csv.reader(io.StringIO(made.decode("utf-8-sig")), delimiter=";")) == [
        ["nom", "ville"],
        ["Nguyễn", "Saint-Étienne ; Loire"],
        ["王", ""],
    ]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_every_cell_comes_back_whole(cells: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(as_csv(cells, []).decode("utf-8-sig"), newline=""), delimiter=";")
    assert [as_typed(cell) for cell in read] == cells


def as_typed(cell: str) -> str:
    """What was typed, by the rule that the module tells those who read the file by a program."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell
