"""What was answered so far, read from where it is kept, with the facts that follow from it: by field id, or name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from applicants.models import Answer, Candidate, Choice, Dossier
from programmes.facts import ADULT, PROGRAMME, STATUS, facts, facts_needed, facts_of_answers, question_of
from programmes.models import Procedure
from programmes.words import PARIS

FROM_CHOICES = {PROGRAMME, STATUS}
OF_THE_DOSSIER = ("title", "speciality", "equivalence")
APPLICATIONS = "applications"  # the calendar's window in which one applies


def answers_of(dossier: Dossier) -> dict[str, str]:
    """All answers by field id: the form's, the identity, title, speciality and equivalence; and all facts.

    These are the names that conditions use.
    """
    return answers_with(dossier, own_answers(dossier))


def answers_named(dossier: Dossier, names: Set[str]) -> dict[str, str]:
    """As `answers_of`, of which only what `names` name is sure to be there: no more is read than that takes."""
    from_form = {question_of(name) for name in names}.difference(
        OF_THE_DOSSIER, FROM_CHOICES, Candidate.IDENTITY_FIELDS
    )
    return answers_with(dossier, own_answers(dossier) if from_form else {}, names=names)


def own_answers(dossier: Dossier) -> dict[str, str]:
    """The form's answers, by field id, without the identity and whatever follows from them."""
    return dict(dossier.answers.values_list("field", "value"))


def answers_with(dossier: Dossier, own: dict[str, str], *, names: Set[str] | None = None) -> dict[str, str]:
    """As `answers_of`, where the form's answers are read already, as for many dossiers at once.

    With `names`, only what they name is sure to be there.
    """
    answers = own | {name: getattr(dossier, name) for name in OF_THE_DOSSIER}
    if names is None or not names.isdisjoint({ADULT, *Candidate.IDENTITY_FIELDS}):
        answers |= identity_of(dossier.candidate)
    # Choices and calendar are read only where something hangs on them.
    needed = facts_needed(dossier.rules) if names is None else names
    choices = dossier.ranked_choices if needed & FROM_CHOICES else []
    return answers | facts(
        dossier.rules,
        answers,
        chosen=[(choice.programme.code, choice.status) for choice in choices],
        last_day=last_day(dossier.procedure) if ADULT in needed else None,
    )


def with_facts(dossier: Dossier, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers of a dossier, some of them given just now, with the facts that follow from them."""
    questions = [field for page in dossier.rules.pages for field in page.fields]
    return {**answers, **facts_of_answers(questions, answers, last_day(dossier.procedure))}


def answers_of_each(dossiers: Sequence[Dossier]) -> dict[UUID, dict[str, str]]:
    """As `answers_of` for each of `dossiers`, by their keys, in as many queries however many they are.

    Candidates, with their accounts, and choices are then read too.
    """
    choices = Choice.objects.select_related("programme__school").order_by("rank")
    prefetch_related_objects(
        dossiers, "candidate__user", Prefetch("choices", queryset=choices, to_attr="ranked_choices")
    )
    own: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = Answer.objects.filter(dossier__in=dossiers).values_list("dossier_id", "field", "value")
    for dossier_id, field, value in rows:
        own[dossier_id][field] = value
    return {dossier.pk: answers_with(dossier, own[dossier.pk]) for dossier in dossiers}


def last_day(procedure: Procedure) -> dt.date | None:
    """The last day of applications, in Europe/Paris; one that ends at midnight ends the day before."""
    window = procedure.calendar.get(APPLICATIONS)
    if window is None or window.ends_at is None:
        return None
    return timezone.localdate(window.ends_at - dt.timedelta(microseconds=1), PARIS)


def identity_of(candidate: Candidate) -> dict[str, str]:
    """The candidate's identity, as answers."""
    born = candidate.birth_date
    return {
        "family_name": candidate.family_name,
        "name_in_use": candidate.name_in_use,
        "given_names": candidate.given_names,
        "birth_date": born.isoformat() if born else "",
    }
