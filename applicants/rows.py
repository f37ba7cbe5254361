"""Rows: the answer to a question that is asked as often as need be, such as one's studies year by year.

Pure. The answer is kept as one text, a JSON list of rows, each with the answers to its own questions. Where a question
of the row asks for a year, the rows stand by it, the most recent first.
Rules: APP-05, APP-06.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from programmes.rules import FieldKind, FieldRule

Row = Mapping[str, str]
MOST_ROWS = 30  # where the procedure gives no limit


def read_rows(value: str) -> list[dict[str, str]]:
    """The rows of an answer; none where it is blank, or no list of rows."""
    try:
        found = json.loads(value) if value else []
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    return [{str(code): str(said) for code, said in row.items()} for row in found if isinstance(row, dict)]


def write_rows(rule: FieldRule, rows: Iterable[Row]) -> str:
    """The answer that says these rows: without those left blank, in their order; "" where none is left."""
    asked = [field.code for field in rule.fields]
    kept = [{code: row.get(code, "") for code in asked} for row in rows]
    kept = [row for row in kept if any(row.values())]
    if year := year_field(rule):
        kept.sort(key=lambda row: row[year], reverse=True)  # stable: equal years stay as given, none comes last
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def as_kept(rule: FieldRule, value: str) -> str:
    """An answer to any question in the one form in which it is kept."""
    if rule.kind == FieldKind.CHOICES:
        order = {option.code: place for place, option in enumerate(rule.options)}
        return " ".join(sorted(set(value.split()), key=lambda code: (order.get(code, len(order)), code)))
    return write_rows(rule, read_rows(value)) if rule.kind == FieldKind.ROWS else value


def year_field(rule: FieldRule) -> str:
    """The question by which the rows stand; "" where none asks for a year."""
    return next((field.code for field in rule.fields if field.kind == FieldKind.YEAR), "")


def most_rows(rule: FieldRule) -> int:
    """How many rows an answer may have."""
    return rule.at_most or MOST_ROWS
