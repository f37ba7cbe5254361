"""Versions: when the procedure's rules change, drafts follow; a submitted dossier keeps its own.

It goes in two acts because the database lets go of a programme only once no choice names it: first each
draft is fitted to the rules to come, then, when they are stored, it moves to their version.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from django.db import transaction

from accounts.models import User
from applicants.choices import replace_choices
from applicants.dossiers import home_of, lock, only_track
from applicants.fees import keep_fee_in_step
from applicants.models import Dossier, Status
from applicants.readiness import is_of_dossier
from journal.record import record
from notifications.outbox import queue_mail
from payments.charges import Committed
from programmes.eligibility import open_programmes, titles_for
from programmes.rules import FieldRule, PaperRule, Rules
from programmes.text import Text


@transaction.atomic
def fit_draft(dossier_id: UUID, rules: Rules, *, by: User | None) -> bool:
    """Take away from a draft what `rules` no longer allow, and say whether that was its title or a choice.

    Answers and papers stay, by the ids of their fields.

    Raises:
        Committed: its first choice would go, and money is on its way to that school, or there.
    """
    dossier = lock(dossier_id)
    if dossier.status != Status.DRAFT or dossier.is_reopened:
        return False
    keeps_title = _still_knows_title(dossier, rules)
    if not keeps_title:
        dossier.title = dossier.speciality = dossier.equivalence = ""
        dossier.track = None
        dossier.save(update_fields=["title", "speciality", "equivalence", "track"])
    still_open = open_programmes(rules, dossier.title, dossier.speciality)
    kept = [choice for choice in dossier.ranked_choices if choice.programme.code in still_open]
    is_one_lost = len(kept) != len(dossier.ranked_choices)
    if is_one_lost:
        replace_choices(dossier, [(choice.programme, choice.status) for choice in kept], by=by)
    return is_one_lost or not keeps_title


@transaction.atomic
def move_draft(dossier_id: UUID, *, lost: bool, by: User | None) -> None:
    """Move a draft to the procedure's current version, and tell its candidate what is new for them, if any.

    Its fee becomes that of the new rules, unless it is paid or money is on its way.

    `lost` is what `fit_draft` said.
    """
    dossier = lock(dossier_id)
    version = dossier.procedure.current_version
    is_theirs = dossier.status != Status.DRAFT or dossier.is_reopened  # it keeps the rules it was submitted under
    if is_theirs or version is None or dossier.version_id == version.pk:
        return
    news = list(asked_anew(dossier.rules, version.rules))
    dossier.version = version
    dossier.track = dossier.track or only_track(dossier.procedure, version.rules)
    dossier.save(update_fields=["version", "track"])
    with suppress(Committed):  # to another school than is now paid: what was asked under the old rules stands
        keep_fee_in_step(dossier, by=by)
    record("dossier.version_changed", dossier, by=by, version=version.number)
    if news or lost:
        queue_mail(
            "rules_changed",
            to=dossier.candidate.user,
            key=f"rules-changed:{dossier.pk}:{version.pk}",
            procedure=dossier.procedure,
            procedure_title=dossier.procedure.title,
            reference=dossier.reference,
            news=news,
            lost=lost,
            path=home_of(dossier),
        )


def asked_anew(old: Rules, new: Rules) -> Iterator[Text]:
    """The questions and papers that `new` rules require and `old` ones did not, by their labels. Pure."""
    before = {(type(rule), rule.code) for rule in _asked(old) if rule.required}
    for rule in _asked(new):
        if rule.required and (type(rule), rule.code) not in before:
            yield rule.label


def _asked(rules: Rules) -> Iterator[FieldRule | PaperRule]:
    for page in rules.pages:
        yield from page.fields
    yield from filter(is_of_dossier, rules.papers)


def _still_knows_title(dossier: Dossier, rules: Rules) -> bool:
    """Whether the new tables have the dossier's title, on the same ground, for the same track."""
    if not dossier.title:
        return True
    if dossier.equivalence and rules.equivalence(dossier.equivalence) is None:
        return False
    title = next((t for t in titles_for(rules, dossier.equivalence) if t.code == dossier.title), None)
    if title is None or title.speciality(dossier.speciality) is None:
        return False
    return dossier.track is None or dossier.track.code == title.track
