"""A form made of the questions that a procedure asks: a page of the dossier, or a referee's appraisal.

Only the shape of an answer is checked here, as `applicants.values` says it: one that is missing is saved as
missing, and what is left to do is said elsewhere. A question whose condition does not hold is no obstacle;
the page hides it, and shows it again with what was typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applicants.forms.country_select import CountrySelect
from applicants.values import error_in, length_limit
from programmes.rules import Condition, FieldKind, FieldRule
from programmes.typed import cleaned

YES, NO = "yes", "no"
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
    FieldKind.PHONE: {"type": "tel", "size": 24},
    FieldKind.EMAIL: {"type": "email", "autocomplete": "off"},  # somebody's, not by rule the typist's
}


class QuestionsForm(forms.Form):
    """The questions that apply, filled in with the answers already given.

    `answers` are all those of the dossier, by field id: a condition may be on another page's. `cleaned_data`
    holds the answers as they are kept: texts, dates as 2004-03-27, "yes" and "no".
    """

    def __init__(self, questions: Sequence[FieldRule], answers: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, initial={question.code: answers.get(question.code, "") for question in questions})
        here = {question.code for question in questions}
        self.answers = answers
        self.questions = {q.code: q for q in questions if _without(q.when, here).holds(answers)}
        for code, question in self.questions.items():
            self.fields[code] = AnswerField(question)

    def clean(self) -> dict[str, Any]:
        said = {**self.answers, **self.cleaned_data}
        for code in [code for code in self.errors if not self.questions[code].when.holds(said)]:
            del self.errors[code]
        return self.cleaned_data

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each field with the condition on this same page under which it shows, as JSON for the page's script."""
        elsewhere = {name for q in self.questions.values() for name in q.when.values} - set(self.questions)
        return [(self[code], as_json(_without(q.when, elsewhere))) for code, q in self.questions.items()]

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Name and value of the hidden controls that tell which answers the page showed, when it was first opened."""
        shown = {code: str(self.initial[code]) for code in self.questions}
        return [(SEEN + code, self.data.get(SEEN + code, answer)) for code, answer in shown.items()]

    @property
    def changes(self) -> dict[str, str]:
        """The answers that differ from those shown. One left as it was may have been changed since, in another tab:
        it is not put back.
        """
        return {code: answer for code, answer in self.cleaned_data.items() if not self._is_as_shown(code, answer)}

    def _is_as_shown(self, code: str, answer: str) -> bool:
        seen = self.data.get(SEEN + code)
        return seen is not None and cleaned(seen) == answer


class AnswerField(forms.Field):
    """The control that asks a question; it gives the answer as it is kept."""

    def __init__(self, question: FieldRule) -> None:
        self.question = question
        super().__init__(
            label=str(question.label),
            help_text=str(question.help),
            required=question.required or bool(question.must_be),  # marked so; an empty answer is saved as well
            widget=_widget(question),
        )

    def prepare_value(self, value: Any) -> Any:
        if isinstance(self.widget, forms.CheckboxInput):
            return value in (True, YES)
        return value

    def to_python(self, value: Any) -> str:
        if isinstance(value, bool):
            return YES if value else ""
        text = cleaned(value or "")
        return _iso(text) if self.question.kind == FieldKind.DATE else text

    def validate(self, value: str) -> None:
        if error := error_in(self.question, value):
            raise forms.ValidationError(error)


def as_json(condition: Condition) -> str:
    """A condition as js/conditions.js reads it; empty when there is none."""
    return json.dumps({name: list(allowed) for name, allowed in condition.values.items()}) if condition.values else ""


def _widget(question: FieldRule) -> forms.Widget:
    attributes = _attributes(question)
    match question.kind:
        case FieldKind.LONG_TEXT:
            return forms.Textarea(attributes)
        case FieldKind.COUNTRY:
            return CountrySelect(attributes)
        case FieldKind.CHOICE:
            return _options([(option.code, str(option.label)) for option in question.options])
        case FieldKind.YES_NO:
            return _yes_no(question)
    return forms.TextInput(attributes)


def _attributes(question: FieldRule) -> dict[str, Any]:
    """The control's size, keyboard and limits."""
    limit = length_limit(question)
    attributes: dict[str, Any] = {"maxlength": limit} if limit else {}
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
    return Condition({name: allowed for name, allowed in condition.values.items() if name not in dropped})
