"""A form made of the questions that a procedure asks: a page of the dossier, or a referee's appraisal.

Only the shape of an answer is checked here, as `applicants.values` says it: one that is missing is saved as
missing, and what is left to do is said elsewhere. A question whose condition does not hold is no obstacle;
the page hides it, and shows it again with what was typed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applicants.forms.country_select import CountrySelect
from applicants.rows import MOST_ROWS, as_kept, most_rows, read_rows, write_rows
from applicants.values import error_in, length_limit
from programmes.countries import EUROPEAN_UNION, countries
from programmes.facts import ADULT, EU, born_until, facts_of_answers, question_of
from programmes.rules import Condition, FieldKind, FieldRule
from programmes.typed import cleaned

YES, NO = "yes", "no"
ROW, ADD = "-row", "-add"  # after a question's name: the numbers of its rows, the button for one more
MOST_DIGITS = 9  # of the number of a row
ROW_NUMBER = "__NUMBER__"  # stands for the number of a row that the page's script adds
UNTIL, AFTER = "<=", ">"  # before a date in a condition for the page's script
FEW_OPTIONS = 6  # so many are all shown; more are folded into a list
SEEN = "seen-"  # before a question's name: the answer that the page showed
SHORT_TEXT = 500  # characters up to which a long text gets a low box
DAY_MONTH_YEAR = re.compile(r"(\d\d?)[/. -](\d\d?)[/. -](\d{4})")
# What browsers may fill in by themselves: questions about the person who types (WCAG 1.3.5).
KNOWN_TO_BROWSERS: Mapping[str, str] = {
    "family_name": "family-name",
    "given_names": "given-name",
    "birth_date": "bday",
    FieldKind.PHONE: "tel",
}
BY_KIND: Mapping[str, dict[str, Any]] = {
    FieldKind.DATE: {"type": "date", "size": 16},
    FieldKind.YEAR: {"inputmode": "numeric", "size": 6},
    FieldKind.NUMBER: {"inputmode": "decimal", "size": 8},
    FieldKind.INE: {"size": 16, "autocomplete": "off"},
    FieldKind.PHONE: {"type": "tel", "size": 24},
    FieldKind.EMAIL: {"type": "email", "autocomplete": "off"},  # somebody's, not by rule the typist's
}


class QuestionsForm(forms.Form):
    """The questions that apply, filled in with the answers already given.

    `answers` are all those of the dossier, by field id: a condition may be on another page's. `cleaned_data`
    holds the answers as they are kept: texts, dates as 2004-03-27, "yes" and "no".
    """

    number = ""  # of a row, in the names of its controls

    def __init__(
        self,
        questions: Sequence[FieldRule],
        answers: Mapping[str, str],
        data: Any = None,
        *,
        last_day: dt.date | None = None,
        prefix: str | None = None,
        auto_id: str = "id_%s",
    ) -> None:
        """`last_day` is the one of applications, for what depends on an age; `prefix` stands before each name."""
        initial = {question.code: answers.get(question.code, "") for question in questions}
        super().__init__(data, initial=initial, prefix=prefix, auto_id=auto_id)
        self._saved: dict[str, str] = {}
        here = {question.code for question in questions}
        self.answers = answers
        self.last_day = last_day
        self.questions = {q.code: q for q in questions if _without(q.when, here).holds(answers)}
        for code, question in self.questions.items():
            is_rows = question.kind == FieldKind.ROWS
            self.fields[code] = RowsField(question, initial[code], data) if is_rows else AnswerField(question)

    def clean(self) -> dict[str, Any]:
        for code, field in self.fields.items():
            if isinstance(field, RowsField):
                self._take_rows(code, field)
        said = self._said()
        for code in [code for code in self.errors if not self.questions[code].when.holds(said)]:
            del self.errors[code]
        return self.cleaned_data

    def _take_rows(self, code: str, field: RowsField) -> None:
        """The answer that the rows make; a row that is wrong says so at its own control."""
        sent = [row for row in field.rows if row.is_bound]
        if all(row.is_valid() for row in sent):
            self.cleaned_data[code] = write_rows(field.question, [row.cleaned_data for row in sent])
            if error := error_in(field.question, self.cleaned_data[code]):
                self.add_error(code, error)
        else:
            self.add_error(code, gettext("Une ligne est à corriger."))

    @property
    def rows(self) -> list[tuple[forms.BoundField, str, bool]]:
        """Each field with the condition on this same page under which it shows, as JSON for the page's script, and
        whether it holds for what the page says as it is sent.
        """
        said = self._said()
        return [(self[code], self._condition_here(q), q.when.holds(said)) for code, q in self.questions.items()]

    def _said(self) -> dict[str, str]:
        """All answers, with those that the form now holds and the facts that follow from them."""
        here = self.cleaned_data if self.is_valid() or self.is_bound else {}  # asking fills in what a bound form holds
        said = {**self.answers, **here}
        return said | facts_of_answers(self.questions.values(), said, self.last_day)

    def _condition_here(self, question: FieldRule) -> str:
        """What of a condition this page decides, by the names of its controls; of facts, the answers behind them."""
        found: dict[str, list[str]] = {}
        for name, allowed in question.when.values.items():
            asked = question_of(name)
            if asked in self.questions:
                found[self.add_prefix(asked)] = _answers_behind(name, allowed, self.last_day)
        return json.dumps(found) if found else ""

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Name and value of the hidden controls that tell which answers the page showed, when it was first opened."""
        shown = {code: as_kept(question, str(self.initial[code])) for code, question in self.questions.items()}
        told = {code: self.data.get(SEEN + code, answer) for code, answer in shown.items()} | self._saved
        return [(SEEN + code, answer) for code, answer in told.items()]

    def note_saved(self, codes: Iterable[str]) -> None:
        """The page, if it comes back, shows these answers as saved: another change to them is no second opinion."""
        self._saved |= {code: self.cleaned_data[code] for code in codes}

    @property
    def shown(self) -> dict[str, str]:
        """The answers that the page showed, by question, as it tells; blank where it does not."""
        return {code: self.data.get(SEEN + code, "") for code in self.questions}

    @property
    def changes(self) -> dict[str, str]:
        """The answers that differ from those shown. One left as it was may have been changed since, in another tab:
        it is not put back.
        """
        return {code: answer for code, answer in self.cleaned_data.items() if not self._is_as_shown(code, answer)}

    def _is_as_shown(self, code: str, answer: str) -> bool:
        seen = self.data.get(SEEN + code)
        return seen is not None and cleaned(seen) == answer

    @property
    def errors_at_controls(self) -> Iterator[tuple[str, list[str]]]:
        """The id of each control, or group of controls, that is answered wrongly, with the sentences that say so."""
        for code, sentences in self.errors.items():
            if code in self.fields:
                yield self[code].auto_id, [str(sentence) for sentence in sentences]
        for field in self.fields.values():
            for row in field.rows if isinstance(field, RowsField) else []:
                yield from row.errors_at_controls if row.is_bound else ()


class AnswerField(forms.Field):
    """The control that asks a question; it gives the answer as it is kept."""

    def __init__(self, question: FieldRule) -> None:
        self.question = question
        super().__init__(
            label=str(question.label),
            help_text=str(question.help),
            # Marked so; an empty answer is saved as well. What only some answers require is said once they are given.
            required=bool(question.must_be) or (question.required and not question.required_when),
            widget=_widget(question),
        )

    @property
    def limit(self) -> int | None:
        """How many characters the page says that there may be: where one may well come near."""
        return length_limit(self.question) if self.question.kind == FieldKind.LONG_TEXT else None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(self.widget, forms.CheckboxSelectMultiple):
            return value.split() if isinstance(value, str) else value
        if isinstance(self.widget, forms.CheckboxInput):
            return value in (True, YES)
        return value

    def to_python(self, value: Any) -> str:
        if isinstance(value, bool):
            return YES if value else ""
        if isinstance(value, list):
            value = " ".join(value)
        text = cleaned(value or "")
        return _iso(text) if self.question.kind == FieldKind.DATE else as_kept(self.question, text)

    def validate(self, value: str) -> None:
        if error := error_in(self.question, value):
            raise forms.ValidationError(error)


class RowsField(forms.Field):
    """A question asked row after row: each row is a form of its own, its names prefixed by question and number."""

    def __init__(self, question: FieldRule, answer: str, data: Any) -> None:
        self.question = question
        is_required = question.required or bool(question.at_least)
        super().__init__(label=str(question.label), help_text=str(question.help), required=False)
        self.is_marked = is_required
        given = read_rows(answer)
        numbers = range(max(len(given), question.at_least or 1)) if data is None else _numbers(question, data)
        self.rows = [self._row(number, given, data) for number in numbers]
        if data is not None and question.code + ADD in data:
            self.rows.append(self._row(max(numbers, default=-1) + 1, [], None))

    @property
    def blank(self) -> QuestionsForm:
        """A row to add, whose number the page's script puts in the place of ROW_NUMBER."""
        return self._form(ROW_NUMBER, {}, None)

    @property
    def most(self) -> int:
        """How many rows there may be."""
        return most_rows(self.question)

    def _row(self, number: int, given: Sequence[Mapping[str, str]], data: Any) -> QuestionsForm:
        answers = given[number] if number < len(given) else {}
        return self._form(str(number), answers, data)

    def _form(self, number: str, answers: Mapping[str, str], data: Any) -> QuestionsForm:
        form = QuestionsForm(self.question.fields, answers, data, prefix=f"{self.question.code}-{number}")
        form.number = number
        return form


def _numbers(question: FieldRule, data: Any) -> list[int]:
    """The numbers of the rows that were sent, in the order of the page."""
    sent = [number for number in data.getlist(question.code + ROW) if number.isdecimal() and len(number) <= MOST_DIGITS]
    return [int(number) for number in sent[: MOST_ROWS + 1]]


def _answers_behind(name: str, allowed: Sequence[str], last_day: dt.date | None) -> list[str]:
    """The answers to a control for which a fact, or the answer itself, is one of those allowed."""
    if name.endswith(EU):
        return [code for code in countries() if ("yes" if code in EUROPEAN_UNION else "no") in allowed]
    if name == ADULT and last_day is not None:
        born = born_until(last_day).isoformat()
        return [(UNTIL if value == "yes" else AFTER) + born for value in allowed]
    return list(allowed)


def _widget(question: FieldRule) -> forms.Widget:
    attributes = _attributes(question)
    match question.kind:
        case FieldKind.LONG_TEXT:
            return forms.Textarea(attributes)
        case FieldKind.COUNTRY:
            return CountrySelect(attributes)
        case FieldKind.CHOICE:
            return _options([(option.code, str(option.label)) for option in question.options])
        case FieldKind.CHOICES:
            return forms.CheckboxSelectMultiple(choices=[(o.code, str(o.label)) for o in question.options])
        case FieldKind.YES_NO:
            return _yes_no(question)
    return forms.TextInput(attributes)


def _attributes(question: FieldRule) -> dict[str, Any]:
    """The control's size, keyboard and limits."""
    limit = length_limit(question)
    attributes: dict[str, Any] = {"data-limit": limit} if limit else {}  # no maxlength: a browser cuts what is pasted
    if known := KNOWN_TO_BROWSERS.get(question.code) or KNOWN_TO_BROWSERS.get(question.kind):
        attributes["autocomplete"] = known
    if question.kind == FieldKind.LONG_TEXT:
        attributes["rows"] = 3 if (limit or 0) <= SHORT_TEXT else 8
    return attributes | BY_KIND.get(question.kind, {})


def _options(options: Sequence[tuple[str, str]]) -> forms.Widget:
    if len(options) <= FEW_OPTIONS:
        return forms.RadioSelect(choices=options)
    return forms.Select(choices=[("", _("Choisissez")), *options])


def _yes_no(question: FieldRule) -> forms.Widget:
    """Two circles; a box to tick where only one answer will do."""
    if question.must_be == YES:
        return forms.CheckboxInput()
    return forms.RadioSelect(choices=[(YES, _("Oui")), (NO, _("Non"))])


def _iso(text: str) -> str:
    """A date typed by hand where the browser has no calendar: 27/3/2004 is kept as 2004-03-27."""
    if typed := DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = typed.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return text


def _without(condition: Condition, names: Iterable[str]) -> Condition:
    """The condition, but for its part on the fields of those names."""
    dropped = set(names)
    kept = {name: allowed for name, allowed in condition.values.items() if question_of(name) not in dropped}
    return Condition(kept)
