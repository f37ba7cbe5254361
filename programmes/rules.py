"""The rules of a procedure: what a version holds, as plain values.

A procedure's file says them, `ProcedureVersion.rules` keeps them as JSON, and every pure core (eligibility, readiness,
fees, marks) takes them from here. A submitted dossier keeps the version it was submitted under, so nothing here is ever
changed in place. What an office may change at any time (calendar, seats, texts, people) is in `programmes.models`.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from programmes.text import Text

T = typing.TypeVar("T")


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


class FileKind(enum.StrEnum):
    """The kinds of file that may be uploaded, told by their content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class Needed(enum.StrEnum):
    """By when a fee must be settled."""

    SUBMISSION = "submission"
    VALIDATION = "validation"


class Means(enum.StrEnum):
    """The ways to pay that a fee allows."""

    TRANSFER = "transfer"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Condition:
    """A plain condition: each named answer must be one of the values listed. No entry means always.

    Names are ids of form fields, or `title`, `speciality`, `equivalence`. A yes/no answer is "yes" or "no".
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def holds(self, answers: Mapping[str, str]) -> bool:
        """Whether `answers` (by field id) meet the condition."""
        return all(answers.get(name, "") in allowed for name, allowed in self.values.items())


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: Text


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


@dataclass(frozen=True, slots=True)
class Speciality:
    """A row of an eligibility table: the programmes for which this speciality of a title is accepted."""

    code: str
    label: Text
    programmes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """A title or diploma that the procedure takes into account, and the track by which it lets one enter."""

    code: str
    label: Text
    track: str
    specialities: tuple[Speciality, ...]
    phrase: Text = Text("", "")  # the title as a sentence begins with it: "La Licence"
    speciality_word: Text = Text("", "")  # what joins it to its speciality: "mention"

    def speciality(self, code: str) -> Speciality | None:
        """The row of that code in the title's table."""
        return next((row for row in self.specialities if row.code == code), None)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A way for a title outside the tables to be put to the jury as equivalent to a listed one. Rule: AST-04."""

    code: str
    label: Text
    help: Text = Text("", "")
    titles: tuple[str, ...] = ()  # the titles that it may be equivalent to; none named: all


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A supporting document: who must give it, in what form, and whether it may come late."""

    code: str
    label: Text
    help: Text = Text("", "")
    required: bool = True
    when: Condition = ALWAYS
    kinds: tuple[FileKind, ...] = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
    max_bytes: int = 5_000_000
    max_files: int = 1
    late: bool = False  # may still be deposited until the calendar's "late_papers" closes
    proves_title: bool = False  # definitive admission waits for each such paper owed, accepted


@dataclass(frozen=True, slots=True)
class RefereeRule:
    """A third person's confidential opinion: how many, and what is asked of them."""

    code: str
    label: Text
    help: Text = Text("", "")
    max_count: int = 1
    questions: tuple[FieldRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several things must be there by submission: an appraisal by a referee, or a paper."""

    code: str
    label: Text
    referees: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who owes no fee: those who answer so, on a paper that staff accept."""

    label: Text
    when: Condition
    paper: str


@dataclass(frozen=True, slots=True)
class FeeRule:
    """The application fee, in cents, owed to the school of the first choice."""

    amount: int
    means: tuple[Means, ...]
    reference: str  # the transfer's reference; {family_name} and {given_names} are replaced
    needed_for: Needed = Needed.VALIDATION
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class TestRule:
    """A test that admissible candidates sit, marked out of `out_of`; a mark of `eliminatory` or less eliminates."""

    __test__ = False  # not a test class for pytest

    code: str
    label: Text
    minutes: int
    examiners: Text = Text("", "")
    out_of: Decimal = Decimal(20)
    eliminatory: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """How many programmes a dossier may rank."""

    min_count: int = 1
    max_count: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """How many days a candidate has to answer a correction that opens by itself; staff who ask set another date."""

    days: int = 7


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a version holds."""

    programmes: tuple[Option, ...] = ()  # in the procedure's order; the columns of the eligibility tables
    titles: tuple[Title, ...] = ()
    choices: ChoiceRule = ChoiceRule()
    pages: tuple[PageRule, ...] = ()
    papers: tuple[PaperRule, ...] = ()
    referees: tuple[RefereeRule, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    fee: FeeRule | None = None
    tests: tuple[TestRule, ...] = ()
    equivalences: tuple[Equivalence, ...] = ()
    corrections: CorrectionRule = CorrectionRule()

    def title(self, code: str) -> Title | None:
        """The title of that code, if the procedure knows it."""
        return next((title for title in self.titles if title.code == code), None)

    def equivalence(self, code: str) -> Equivalence | None:
        """The equivalence of that code."""
        return next((rule for rule in self.equivalences if rule.code == code), None)

    def paper(self, code: str) -> PaperRule | None:
        """The paper of that code, if the procedure asks for it."""
        return next((paper for paper in self.papers if paper.code == code), None)

    @property
    def exempting_paper(self) -> str:
        """The code of the paper that proves an exemption of the fee; "" where nothing exempts."""
        return self.fee.exemption.paper if self.fee and self.fee.exemption else ""

    def field(self, code: str) -> FieldRule | None:
        """The form's field of that id."""
        return next((rule for page in self.pages for rule in page.fields if rule.code == code), None)

    def referee(self, code: str) -> RefereeRule | None:
        """The kind of referee of that code."""
        return next((rule for rule in self.referees if rule.code == code), None)


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
    return value


@cache  # a dossier's page reads its rules, and reading the hints anew would take most of its time
def _hints_of(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
