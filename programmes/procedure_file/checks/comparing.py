"""How parts are compared: instants that must follow, names that must exist, codes that must differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from programmes.procedure_file.live_part import UNREAD
from programmes.procedure_file.nodes import Source


def check_order(
    source: Source, earlier: dt.datetime | None, later: dt.datetime | None, reason: str, *where: str
) -> None:
    """A fault if both instants are known and `later` does not come after `earlier`."""
    if earlier is None or later is None or UNREAD in (earlier, later):
        return
    if later <= earlier:
        source.fault(reason, *where)


def must_exist(source: Source, codes: Iterable[str], known: set[str], what: str, *where: str) -> None:
    for code in codes:
        if code not in known:
            source.fault(f"{what} « {code} » n’existe pas.", *where)


def differ_in_case(source: Source, table: str, codes: Iterable[str]) -> None:
    """Codes end up in addresses and file names, where two that differ only in capitals would be confused."""
    seen: dict[str, str] = {}
    for code in codes:
        if code.lower() in seen:
            source.fault(f"« {code} » et « {seen[code.lower()]} » ne diffèrent que par les majuscules.", table, code)
        seen[code.lower()] = code
