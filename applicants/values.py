"""Values: is what was typed an answer to the question that was asked? Pure; whether an answer is required is
elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import number_format
from django.utils.translation import gettext

from applicants.rows import most_rows, read_rows
from journal.errors import Refused
from programmes.rules import FieldKind, FieldRule

LONGEST_TEXT = 200
LONGEST_LONG_TEXT = 10_000
PHONE = re.compile(r"\+?[0-9 ().\-/]{6,30}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COUNTRY = re.compile(r"[A-Z]{2}")
YEARS = range(1900, 2101)
NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,4})?")
INE = re.compile(r"[0-9A-Za-z]{11}")
LONGEST_INE = 40  # it may be any other number, or the reason why there is none


class WrongAnswer(Refused):
    """Some answers are not of the kind that was asked for; `errors` says what to change, by field id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def error_in(rule: FieldRule, value: str) -> str:
    """A sentence that says what to change in `value`, already cleaned; empty when it is well formed, or blank."""
    if not value:
        return ""
    if (longest := length_limit(rule)) is not None and len(value) > longest:
        return gettext("Cette réponse compte %(length)s caractères ; elle ne peut pas en avoir plus de %(limit)s.") % {
            "length": number_format(len(value), force_grouping=True),
            "limit": number_format(longest, force_grouping=True),
        }
    if not _fits(rule, value):
        return _advice(rule.kind)
    if rule.kind == FieldKind.NUMBER:
        return _out_of_bounds(rule, value)
    return _error_in_rows(rule, value) if rule.kind == FieldKind.ROWS else ""


def is_ine(value: str) -> bool:
    """Whether a student's number has its usual form: eleven figures and letters. Rule: APP-05."""
    return INE.fullmatch(value.replace(" ", "")) is not None


def length_limit(rule: FieldRule) -> int | None:
    """How many characters an answer may have; None where its form already says it."""
    if rule.kind == FieldKind.LONG_TEXT:
        return rule.max_length or LONGEST_LONG_TEXT
    if rule.kind == FieldKind.INE:
        return LONGEST_INE
    if rule.kind in (FieldKind.TEXT, FieldKind.EMAIL):
        return rule.max_length or LONGEST_TEXT
    return None


def _fits(rule: FieldRule, value: str) -> bool:
    match rule.kind:
        case FieldKind.CHOICE:
            return any(option.code == value for option in rule.options)
        case FieldKind.CHOICES:
            return set(value.split()) <= {option.code for option in rule.options}
        case FieldKind.YES_NO:
            return value in ("yes", "no")
        case FieldKind.DATE:
            return _is_date(value)
        case FieldKind.YEAR:
            return re.fullmatch(r"[0-9]{4}", value) is not None and int(value) in YEARS
        case FieldKind.COUNTRY:
            return COUNTRY.fullmatch(value) is not None
        case FieldKind.PHONE:
            return PHONE.fullmatch(value) is not None
        case FieldKind.EMAIL:
            return _is_email(value)
        case FieldKind.NUMBER:
            return NUMBER.fullmatch(value) is not None
    return True


def _advice(kind: FieldKind) -> str:
    return {
        FieldKind.CHOICE: gettext("Choisissez une des réponses proposées."),
        FieldKind.CHOICES: gettext("Choisissez parmi les réponses proposées."),
        FieldKind.YES_NO: gettext("Répondez par oui ou par non."),
        FieldKind.DATE: gettext("Écrivez une date qui existe : jour, mois, année."),
        FieldKind.YEAR: gettext("Écrivez une année sur quatre chiffres, par exemple 2024."),
        FieldKind.COUNTRY: gettext("Choisissez un pays de la liste."),
        FieldKind.PHONE: gettext("Écrivez un numéro de téléphone, par exemple 06 12 34 56 78 ou +33 6 12 34 56 78."),
        FieldKind.EMAIL: gettext("Écrivez une adresse électronique, par exemple nom@exemple.fr."),
        FieldKind.NUMBER: gettext("Écrivez un nombre, par exemple 3 ou 3,5."),
    }.get(kind, "")


def _out_of_bounds(rule: FieldRule, value: str) -> str:
    number = float(value.replace(",", "."))
    if rule.at_least is not None and number < rule.at_least:
        return gettext("Ce nombre doit être au moins %(limit)s.") % {"limit": rule.at_least}
    if rule.at_most is not None and number > rule.at_most:
        return gettext("Ce nombre doit être au plus %(limit)s.") % {"limit": rule.at_most}
    return ""


def _error_in_rows(rule: FieldRule, value: str) -> str:
    rows = read_rows(value)
    if len(rows) > most_rows(rule):
        return gettext("Il ne peut pas y avoir plus de %(limit)s lignes.") % {"limit": most_rows(rule)}
    for number, row in enumerate(rows, start=1):
        for field in rule.fields:
            if error := error_in(field, row.get(field.code, "")):
                words = {"number": number, "question": field.label, "error": error}
                return gettext("Ligne %(number)s, %(question)s : %(error)s") % words
    return ""


def _is_date(value: str) -> bool:
    try:
        return DATE.fullmatch(value) is not None and dt.date.fromisoformat(value).year in YEARS
    except ValueError:
        return False


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True
