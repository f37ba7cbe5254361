"""What a mail or a notice says, as a JSON column keeps it until it is rendered.

Instants, dates and texts in two languages survive the journey, so that a template writes them in the
reader's language.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from programmes.text import Text


def encode(value: Any) -> Any:
    """`value` as JSON: text, number, yes/no, instant, date, `Text`, nothing, or a list or mapping of these.

    Raises:
        TypeError: anything else, such as a row of the database, which could change or disappear before the
        rendering.
    """
    match value:
        case None | str() | bool() | int():
            return value
        case dt.datetime():
            return {"@instant": value.isoformat()}
        case dt.date():
            return {"@date": value.isoformat()}
        case Text():
            return {"@text": value.as_json()}
        case list() | tuple():
            return [encode(item) for item in value]
        case dict():
            return {str(name): encode(item) for name, item in value.items()}
    raise TypeError(f"A mail or a notice cannot keep a {type(value).__name__}")


def decode(value: Any) -> Any:
    """The value that `encode` wrote."""
    match value:
        case {"@instant": str(instant)}:
            return dt.datetime.fromisoformat(instant)
        case {"@date": str(date)}:
            return dt.date.fromisoformat(date)
        case {"@text": text}:
            return Text.of(text)
        case list():
            return [decode(item) for item in value]
        case dict():
            return {name: decode(item) for name, item in value.items()}
    return value
