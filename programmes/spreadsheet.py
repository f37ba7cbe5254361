"""Tables as files for spreadsheets and for a school's own system. Pure: texts in, bytes out.

UTF-8 with the mark that French spreadsheets need to know it by, and semicolons, which they part columns at (a comma is
for decimals). A cell that a spreadsheet would take for a formula is made a text by an apostrophe before it; so is one
that begins with apostrophes and then like a formula. Nothing that was typed is lost: who reads the file by a program
takes one apostrophe away where what begins a formula comes after it.
Rules: ALL-01, ALL-07.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"'*(?:\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])")
PHONE = re.compile(r"\+\d[\d ().]*")  # begins like a formula, and can do nothing


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table with its header, each cell as text; None is a blank."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(name) for name in header])
    writer.writerows([[harmless("" if cell is None else str(cell)) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell as a text that no spreadsheet calculates."""
    if not FORMULA.match(cell) or PHONE.fullmatch(cell):
        return cell
    return f"'{cell}"
