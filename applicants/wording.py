"""Answers as people read them: what was said to a question of the form, in the reader's language."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext

from applicants.rows import Row, read_rows
from programmes.countries import country_name
from programmes.rules import FieldKind, FieldRule
from programmes.words import date_in_year


def in_words(question: FieldRule, value: str) -> str:
    """The stored `value` of an answer to `question` as a person reads it; empty where nothing was answered."""
    if not value:
        return ""
    if question.kind == FieldKind.YES_NO:
        return gettext("Oui") if value == "yes" else gettext("Non")
    if question.kind == FieldKind.CHOICE:
        return next((str(option.label) for option in question.options if option.code == value), value)
    if question.kind == FieldKind.CHOICES:
        return ", ".join(str(option.label) for option in question.options if option.code in value.split())
    if question.kind == FieldKind.COUNTRY:
        return country_name(value)
    if question.kind == FieldKind.ROWS:
        return "\n".join(_row_in_words(question, row) for row in read_rows(value))
    if question.kind == FieldKind.DATE:
        return date_in_year(dt.date.fromisoformat(value))
    return value


def _row_in_words(question: FieldRule, row: Row) -> str:
    """What was said in a row, one thing after the other; a yes or no with what it is about."""
    said = []
    for field in question.fields:
        if answer := in_words(field, row.get(field.code, "")) if field.when.holds(row) else "":
            said.append(f"{field.label} : {answer}" if field.kind == FieldKind.YES_NO else answer)
    return " · ".join(said)
