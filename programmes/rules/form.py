"""The form: its pages and their questions."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from programmes.rules.conditions import ALWAYS, Condition, Option
from programmes.text import Text


class FieldKind(enum.StrEnum):
    """How a question of the form is asked and its answer checked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    COUNTRY = "country"
    PHONE = "phone"
    EMAIL = "email"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One question of the form."""

    code: str
    kind: FieldKind
    label: Text
    help: Text = Text("", "")
    required: bool = True
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    when: Condition = ALWAYS
    must_be: str = ""  # the only answer that lets the dossier be submitted (a declaration)


@dataclass(frozen=True, slots=True)
class PageRule:
    """One page of the form, a line of the dossier's task list."""

    code: str
    title: Text
    intro: Text = Text("", "")
    fields: tuple[FieldRule, ...] = ()
