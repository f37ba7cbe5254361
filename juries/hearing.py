"""Hearing: what has been said of choices before a step that decides, read for many of them at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from applicants.models import Choice
from juries.grid import mark_of
from juries.models import Evaluation, Opinion, Supplement, TestSlot
from juries.presentability import Heard
from programmes.models import Step
from programmes.rules import EvaluationRule


def heard_of(step: Step, choices: Collection[Choice]) -> dict[int, Heard]:
    """What has been said before `step` of each of `choices`, by its key.

    Of an evaluation that waits for another, it tells that it is there; what it says only `Heard.mean` tells, once all
    are. The choices come with their dossiers and versions.
    """
    before = [one for one in step.procedure.steps.all() if one.position < step.position]
    asked = [one.pk for one in before if one.kind == Step.Kind.OPINION]
    is_evaluated = any(one.kind == Step.Kind.EVALUATION for one in before)
    given = Counter(
        Opinion.objects.filter(step__in=asked, choice__in=choices).values_list("choice", flat=True) if asked else ()
    )
    rules = {choice.pk: choice.dossier.rules.evaluation if is_evaluated else None for choice in choices}
    marks = _marks(choices, rules) if is_evaluated else {}
    absent = _absent(choices) if any(one.kind == Step.Kind.TESTS for one in before) else set()
    supplements = last_supplements(choices)
    return {
        choice.pk: Heard(
            opinions_awaited=len(asked) - given[choice.pk],
            evaluation=rules[choice.pk],
            marks=tuple(marks.get(choice.pk, ())),
            came=choice.pk not in absent,
            supplement=_outcome(supplements.get(choice.pk)),
            supplement_waits=choice.pk in supplements and supplements[choice.pk].judged_at is None,
        )
        for choice in choices
    }


def last_supplements(choices: Collection[Choice]) -> dict[int, Supplement]:
    """What was last asked for about each of `choices`, by the choice's key."""
    asked = Supplement.objects.filter(choice__in=choices).select_related("document").order_by("asked_at", "pk")
    return {supplement.choice_id: supplement for supplement in asked}


def _marks(choices: Collection[Choice], rules: Mapping[int, EvaluationRule | None]) -> dict[int, list[Decimal]]:
    """What each evaluator gave, out of 20, by choice."""
    marks: dict[int, list[Decimal]] = defaultdict(list)
    for evaluation in Evaluation.objects.filter(choice__in=choices).order_by("deposited_at", "pk"):
        rule = rules[evaluation.choice_id]
        if rule is not None:
            marks[evaluation.choice_id].append(mark_of(rule, marks_of(evaluation)))
    return marks


def marks_of(evaluation: Evaluation) -> dict[str, Decimal]:
    """The marks of an evaluation, by criterion."""
    return {code: Decimal(mark) for code, mark in evaluation.marks.items()}


def _absent(choices: Collection[Choice]) -> set[int]:
    """Those of whom it was noted that they did not come to their interview."""
    missed = TestSlot.objects.filter(choice__in=choices, supplement=None, missed_at__isnull=False)
    return {choice for choice in missed.values_list("choice", flat=True) if choice is not None}


def _outcome(supplement: Supplement | None) -> bool | None:
    return supplement.presentable if supplement else None
