"""Answers: what the candidate says on the pages of the form, saved as it is said and never lost.

Identity is the candidate's, shared by all of that person's dossiers; all other answers belong to the dossier,
by field id. What was answered elsewhere after a page was shown, in another tab or on another device, is not overwritten
from that page: the act says which answers are stale there, and the candidate chooses between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.editing import PAYMENT, may_edit, require_editable
from applicants.fees import answers_that_matter, keep_fee_in_step
from applicants.given import identity_of, own_answers
from applicants.identity import error_in_identity, require_changeable, save_identity
from applicants.models import Answer, Candidate, Dossier
from applicants.rows import as_kept
from applicants.values import WrongAnswer
from journal.errors import Refused
from journal.record import record
from programmes.rules import FieldRule
from programmes.typed import cleaned


@dataclass(frozen=True, slots=True)
class Saving:
    """What came of saving: the ids of the fields that changed, and by field id the answers that stand, given elsewhere
    after the page was shown: what the page would put in their place is not saved.
    """

    changed: list[str] = field(default_factory=list)
    stale: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_answers(
    dossier_id: UUID, page: str, values: Mapping[str, str], *, by: User, seen: Mapping[str, str] | None = None
) -> Saving:
    """Save the answers of one page of the form. A blank answer is saved as blank; fields not named keep theirs.

    Required answers are asked for at submission only, so that a page can be left half done. `seen` are the answers, by
    field id, that the page showed when they were changed; without it, nothing is stale.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed, NotEditable: the page is not open.
        WrongAnswer: some answers are not of the kind asked for, or would change an identity that is fixed; nothing
            is saved.
    Rules: AST-02, APP-03, APP-04.
    """
    dossier = lock_own(dossier_id, by=by)
    require_editable(dossier, f"page:{page}")
    saving = keep_answers(dossier, page, values, by=by, seen=seen)
    if saving.changed:
        record("dossier.answers_saved", dossier, by=by, page=page, fields=saving.changed)
    return saving


def keep_answers(
    dossier: Dossier, page: str, values: Mapping[str, str], *, by: User, seen: Mapping[str, str] | None = None
) -> Saving:
    """As `save_answers`, in an act that locked the dossier and asked who may.

    Raises:
        WrongAnswer: some answers are not of the kind asked for; nothing is kept.
    """
    asked = _questions_of(dossier, page)
    given = _as_kept(asked, values)
    if errors := {code: error for code, value in given.items() if (error := error_in_identity(asked[code], value))}:
        raise WrongAnswer(errors)
    before = own_answers(dossier)
    if asks_identity := not given.keys().isdisjoint(Candidate.IDENTITY_FIELDS):
        before |= identity_of(dossier.candidate)
    changed = {code: value for code, value in given.items() if before.get(code, "") != value}
    stale = {} if seen is None else _stale(changed, before, _as_kept(asked, seen))
    changed = {code: value for code, value in changed.items() if code not in stale}
    if not changed:
        return Saving(stale=stale)
    if asks_identity:
        if by.pk == dossier.candidate.user_id:  # staff who type in for a candidate may correct it
            require_changeable(dossier.candidate, before, changed)
        save_identity(dossier.candidate, changed)
    _save_rows(dossier, {code: value for code, value in changed.items() if code not in Candidate.IDENTITY_FIELDS})
    if changed.keys() & answers_that_matter(dossier) and may_edit(dossier, PAYMENT):
        keep_fee_in_step(dossier, by=by)
    return Saving(sorted(changed), stale)


def _questions_of(dossier: Dossier, page: str) -> dict[str, FieldRule]:
    for rule in dossier.rules.pages:
        if rule.code == page:
            return {field.code: field for field in rule.fields}
    raise Refused(gettext("Cette page ne fait pas partie du dossier."))


def _as_kept(asked: Mapping[str, FieldRule], values: Mapping[str, str]) -> dict[str, str]:
    """The answers to what is asked, each in the one form in which it is kept."""
    return {code: as_kept(asked[code], cleaned(value)) for code, value in values.items() if code in asked}


def _stale(changed: Mapping[str, str], before: Mapping[str, str], seen: Mapping[str, str]) -> dict[str, str]:
    """The answers that stand, of those that would change, where the page showed another."""
    standing = {code: before.get(code, "") for code in changed}
    return {code: value for code, value in standing.items() if value != seen.get(code, "")}


def _save_rows(dossier: Dossier, changed: Mapping[str, str]) -> None:
    now = dossier.procedure.now()
    Answer.objects.bulk_create(
        [Answer(dossier=dossier, field=code, value=value, saved_at=now) for code, value in changed.items()],
        update_conflicts=True,
        unique_fields=["dossier", "field"],
        update_fields=["value", "saved_at"],
    )
