"""Rules as the plain values that a JSON column keeps, and back."""

from __future__ import annotations

import datetime as dt
import enum
import types
import typing
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from programmes.rules.conditions import Condition
from programmes.text import Text

T = typing.TypeVar("T")


def as_json(value: Any) -> Any:
    """Rules as the plain values that a JSON column keeps; `from_json` reads them back unchanged."""
    if isinstance(value, Text):
        return value.as_json()
    if isinstance(value, Condition):
        return {name: list(allowed) for name, allowed in value.values.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def from_json(kind: type[T], value: Any) -> T:
    """The value of type `kind` that `as_json` wrote."""
    return typing.cast(T, _read(kind, value))


def _read(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _read(typing.get_args(kind)[0], value)
    if origin is tuple:
        return tuple(_read(typing.get_args(kind)[0], item) for item in value)
    if kind is Text:
        return Text.of(value)
    if kind is Condition:
        return Condition({name: tuple(allowed) for name, allowed in value.items()})
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints_of(kind)
        return kind(**{name: _read(hints[name], item) for name, item in value.items() if name in hints})
    if isinstance(kind, type) and issubclass(kind, (enum.Enum, Decimal)):
        return kind(value)
    if kind in (dt.date, dt.datetime):
        return kind.fromisoformat(value)
    return value


@cache  # a dossier's page reads its rules, and reading the hints anew would take most of its time
def _hints_of(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
