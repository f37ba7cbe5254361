"""Identity: the names and the date of birth that all of a person's dossiers share.

Where one of them says so, it is stated when that dossier is begun, and the candidate no longer changes it: staff do, at
the candidate's request (`applicants.identity_corrections`).
Rules: APP-04, ALL-07.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext

from applicants.models import LONGEST_FOLDED_NAME, Candidate
from applicants.values import WrongAnswer, error_in
from journal.clock import instant
from programmes.models import rules_of
from programmes.rules import FieldRule, Identity, Rules
from programmes.typed import cleaned

BIRTH_DATE = "birth_date"


def identity_questions(rules: Rules) -> list[FieldRule]:
    """The questions of the form that ask for the identity."""
    return [field for page in rules.pages for field in page.fields if field.code in Candidate.IDENTITY_FIELDS]


def is_fixed(candidate: Candidate) -> bool:
    """Whether one of the candidate's dossiers keeps the identity as it was stated."""
    versions = candidate.dossiers.order_by().values_list("version", flat=True)
    return any(rules_of(version).identity == Identity.FIXED for version in versions)


def require_changeable(candidate: Candidate, before: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """Raise `WrongAnswer` if an identity that is fixed would change; what was left blank may still be said.

    Rule: APP-04.
    """
    stated = [code for code in changed if code in Candidate.IDENTITY_FIELDS and before.get(code)]
    if stated and is_fixed(candidate):
        sentence = gettext("Cette réponse ne se modifie plus. Si elle est fausse, demandez-nous de la corriger.")
        raise WrongAnswer(dict.fromkeys(stated, sentence))


def checked_identity(rules: Rules, values: Mapping[str, str]) -> dict[str, str]:
    """A whole identity as it was typed, cleaned.

    Raises:
        WrongAnswer: something required is missing, or is not of the kind asked for.
    """
    asked = identity_questions(rules)
    given = {rule.code: cleaned(values.get(rule.code, "")) for rule in asked}
    errors = {rule.code: error_in_identity(rule, given[rule.code]) for rule in asked}
    blank = [rule.code for rule in asked if rule.required and not given[rule.code]]
    errors |= dict.fromkeys(blank, gettext("Répondez à cette question."))
    if wrong := {code: error for code, error in errors.items() if error}:
        raise WrongAnswer(wrong)
    return given


def error_in_identity(rule: FieldRule, value: str) -> str:
    """As for any answer; an identity has besides the length of its column, and nobody is born tomorrow."""
    if (error := error_in(rule, value)) or rule.code not in Candidate.IDENTITY_FIELDS:
        return error
    if rule.code == BIRTH_DATE and value > instant().date().isoformat():
        return gettext("Cette date est à venir : vérifiez l’année.")
    longest = getattr(Candidate._meta.get_field(rule.code), "max_length", None)  # a date has none
    if longest is not None and len(value) > longest:
        return gettext("Cette réponse ne peut pas avoir plus de %(limit)s caractères.") % {"limit": longest}
    return ""


def save_identity(candidate: Candidate, changed: Mapping[str, str]) -> None:
    """Write what of `changed` is identity, in an act that checked it."""
    changed_identity = {code: value for code, value in changed.items() if code in Candidate.IDENTITY_FIELDS}
    if not changed_identity:
        return
    for code, value in changed_identity.items():
        if code == BIRTH_DATE:
            candidate.birth_date = dt.date.fromisoformat(value) if value else None
        else:
            setattr(candidate, code, value)
    all_names = f"{candidate.family_name} {candidate.name_in_use} {candidate.given_names}"
    candidate.folded_name = folded(all_names)[:LONGEST_FOLDED_NAME]
    candidate.save()


def folded(name: str) -> str:
    """A name in the form in which names are searched: small letters, no accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
