"""The form: its pages and their questions."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from programmes.rules.conditions import ALWAYS, Condition, Option
from programmes.text import Text


class FieldKind(enum.StrEnum):
    """How a question of the form is asked and its answer checked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"  # one of the options or several, kept as their codes with blanks between them
    YES_NO = "yes_no"
    COUNTRY = "country"
    PHONE = "phone"
    EMAIL = "email"
    YEAR = "year"
    NUMBER = "number"
    INE = "ine"  # the number of a French student; it never stands in the way
    ROWS = "rows"  # the same questions as often as need be, one row after the other


@dataclass(frozen=True, slots=True)
class RowField:
    """A question of the rows of another."""

    rows: str
    field: str


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
    required_when: tuple[Condition, ...] = ()  # required if one of them holds; none given: as `required` says
    at_least: int | None = None  # of a number its bounds, of rows how many
    at_most: int | None = None
    fields: tuple[FieldRule, ...] = ()  # what each row asks
    add: Text = Text("", "")  # the words of the button that adds a row
    otherwise: RowField | None = None  # what becomes required in the first row where an INE has not its form

    def requires(self, answers: Mapping[str, str]) -> bool:
        """Whether one who answered so must answer it; `answers` are the row's own for what a row asks."""
        if self.required_when:
            return any(condition.holds(answers) for condition in self.required_when)
        return self.required

    def row_field(self, code: str) -> FieldRule | None:
        """The question of that code in each row."""
        return next((field for field in self.fields if field.code == code), None)


class Identity(enum.StrEnum):
    """Whether a candidate may change the identity stated."""

    FREE = "free"
    FIXED = "fixed"  # it is stated when the dossier is begun; then staff alone correct it


@dataclass(frozen=True, slots=True)
class SubmissionRule:
    """How a dossier is submitted: where it may be `forced`, a missing paper or referee can be explained in writing."""

    forced: bool = False


@dataclass(frozen=True, slots=True)
class PageRule:
    """One page of the form, a line of the dossier's task list."""

    code: str
    title: Text
    intro: Text = Text("", "")
    fields: tuple[FieldRule, ...] = ()
    first: bool = False  # must be complete before the rest of the dossier opens
