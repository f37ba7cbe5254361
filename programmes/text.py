"""Words that a procedure's file gives in both languages, and the column that stores them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Text:
    """A French text and its English twin; `str()` gives the one of the reader's language."""

    fr: str
    en: str

    def __str__(self) -> str:
        return self.in_language(get_language() or "fr")

    def __bool__(self) -> bool:
        return bool(self.fr)

    def in_language(self, language: str) -> str:
        """The text in `language` ("fr" or "en"); French where the other is missing."""
        return self.en if language.startswith("en") and self.en else self.fr

    def joined(self, by: str, other: Text) -> Text:
        """This text and another, in each language."""
        french, english = (by.join((self.in_language(code), other.in_language(code))) for code in ("fr", "en"))
        return Text(fr=french, en=english)

    @classmethod
    def of(cls, value: Text | dict[str, str] | str | None) -> Text:
        """A `Text` from what a file or a column holds: a mapping, one string for both languages, or nothing."""
        if isinstance(value, Text):
            return value
        if isinstance(value, dict):
            return cls(fr=value.get("fr", ""), en=value.get("en", ""))
        return cls(fr=value or "", en="")

    def as_json(self) -> dict[str, str]:
        """The form in which the database and a version keep it."""
        return {"fr": self.fr, "en": self.en}


TEXTS_KEPT = 1024


class LocalizedField(models.JSONField):
    """A JSON column that reads and writes a `Text`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Text:
        return _read(value)

    def to_python(self, value: Any) -> Text:
        return Text.of(value)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(Text.of(value).as_json())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not prepared:
            value = Text.of(value).as_json()
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        return Text.of(self.value_from_object(obj)).as_json()


@lru_cache(maxsize=TEXTS_KEPT)
def _read(stored: str | None) -> Text:
    """What the column says. The texts of a procedure come with every act, and say the same each time."""
    return Text.of(json.loads(stored) if stored is not None else None)
