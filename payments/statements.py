"""Statements: the lines that staff paste from their bank's site, whatever the order of its columns. Pure."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass

DELIMITERS = ";\t|"
LONGEST_LINE = 1000  # characters; what is longer is no line of a statement
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
MONEY = re.compile(r"(?P<sign>[+\-−]?)(?P<euros>\d{1,3}(?:[\s.]\d{3})+|\d+)[,.](?P<cents>\d{2})\s?(?:€|EUR)?")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Money that came: on which day, with which text, how many cents."""

    received_on: dt.date
    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What was understood of the lines pasted, and what was not. Money that left is left out."""

    lines: tuple[StatementLine, ...]
    unreadable: tuple[str, ...]


def read_statement(text: str) -> Statement:
    """Read one line of the statement per line of `text`: a date, an amount and a text, in any order.

    Columns are parted by semicolons, tabs or bars. A header, or any line without a date or an amount, is
    unreadable.
    """
    read: list[StatementLine] = []
    unreadable: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _read_line(line) if len(line) <= LONGEST_LINE else None
        if found is None:
            unreadable.append(line.strip()[:LONGEST_LINE])
        elif found.amount > 0:
            read.append(found)
    return Statement(tuple(read), tuple(unreadable))


def _read_line(line: str) -> StatementLine | None:
    delimiter = max(DELIMITERS, key=line.count)
    (cells,) = csv.reader([line], delimiter=delimiter)
    received_on, amount, label = None, None, []
    for cell in (cell.strip() for cell in cells):
        if (date := _date(cell)) is not None:
            received_on = received_on or date  # the first: the day of the operation, then that of its value
        elif (cents := _cents(cell)) is not None:
            amount = amount if amount is not None else cents  # the first: a balance comes after
        elif cell:
            label.append(cell)
    if received_on is None or amount is None or not label:
        return None
    return StatementLine(received_on, " ".join(label), amount)


def _date(cell: str) -> dt.date | None:
    try:
        if found := DAY_FIRST.fullmatch(cell):
            day, month, year = (int(part) for part in found.groups())
            return dt.date(year if year > 99 else 2000 + year, month, day)
        return dt.date.fromisoformat(cell)
    except ValueError:
        return None


def _cents(cell: str) -> int | None:
    """An amount in cents, negative when money left; None when the cell is none."""
    found = MONEY.fullmatch(cell)
    if found is None:
        return None
    euros = int(re.sub(r"\D", "", found["euros"]))
    cents = euros * 100 + int(found["cents"])
    return -cents if found["sign"] in ("-", "−") else cents
