"""Hearing: what has been said of choices before a step, or at it, read for many of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from applicants.models import Choice
from juries.grid import mark_of
from juries.models import Evaluation, Opinion, Supplement, TestSlot
from juries.presentability import Heard
from programmes.models import Step


@dataclass(frozen=True, slots=True)
class Hearing:
    """What has been said of one choice by a step: opinions, its interview, how many evaluated it, what else was asked.

    `mean` is out of 20, once every evaluation is there; `heard` is what comes before a decision at that step.
    """

    opinions: tuple[Opinion, ...]
    slot: TestSlot | None
    evaluations: int
    mean: Decimal | None
    supplement: Supplement | None
    heard: Heard


def hear(step: Step, choices: Collection[Choice]) -> dict[int, Hearing]:
    """The hearing of each of `choices` by `step`, by its key. The choices come with their dossiers."""
    steps = [one for one in step.procedure.steps_in_order if one.position <= step.position]
    kinds = {one.kind for one in steps}
    asked = [one.pk for one in steps if one.kind == Step.Kind.OPINION]
    evaluated = any(one.kind == Step.Kind.EVALUATION and one.position < step.position for one in steps)
    awaited = [one for one in asked if one != step.pk]
    opinions = _opinions(asked, choices) if asked else {}
    slots = _slots(choices) if Step.Kind.TESTS in kinds else {}
    marks = _marks(choices) if Step.Kind.EVALUATION in kinds else {}
    supplements = last_supplements(choices) if Step.Kind.ADMISSION in kinds else {}
    hearings = {}
    for choice in choices:
        given, slot, supplement = opinions.get(choice.pk, []), slots.get(choice.pk), supplements.get(choice.pk)
        own, rule = tuple(marks.get(choice.pk, ())), choice.dossier.rules.evaluation
        hearings[choice.pk] = Hearing(
            opinions=tuple(given),
            slot=slot,
            evaluations=len(own),
            mean=Heard(evaluation=rule, marks=own).mean,
            supplement=supplement,
            heard=Heard(
                opinions_awaited=len(awaited) - sum(opinion.step_id in awaited for opinion in given),
                evaluation=rule if evaluated else None,
                marks=own if evaluated else (),
                came=slot is None or slot.missed_at is None,
                supplement=supplement.presentable if supplement else None,
                supplement_waits=supplement is not None and supplement.judged_at is None,
            ),
        )
    return hearings


def heard_of(step: Step, choices: Collection[Choice]) -> dict[int, Heard]:
    """What comes before a decision at `step` on each of `choices`, by its key."""
    return {key: hearing.heard for key, hearing in hear(step, choices).items()}


def last_supplements(choices: Collection[Choice]) -> dict[int, Supplement]:
    """What was last asked for about each of `choices`, by the choice's key."""
    asked = Supplement.objects.filter(choice__in=choices).select_related("document").order_by("asked_at", "pk")
    return {supplement.choice_id: supplement for supplement in asked}


def marks_of(evaluation: Evaluation) -> dict[str, Decimal]:
    """The marks of an evaluation, by criterion."""
    return {code: Decimal(mark) for code, mark in evaluation.marks.items()}


def _opinions(steps: Iterable[int], choices: Collection[Choice]) -> dict[int, list[Opinion]]:
    found: dict[int, list[Opinion]] = defaultdict(list)
    opinions = Opinion.objects.filter(step__in=steps, choice__in=choices).select_related("given_by")
    for opinion in opinions.order_by("step__position"):
        found[opinion.choice_id].append(opinion)
    return found


def _slots(choices: Collection[Choice]) -> dict[int, TestSlot]:
    """The interview of each, not a further one."""
    slots = TestSlot.objects.filter(choice__in=choices, supplement=None).select_related("panel")
    return {slot.choice_id: slot for slot in slots.order_by("-starts_at") if slot.choice_id is not None}


def _marks(choices: Collection[Choice]) -> dict[int, list[Decimal]]:
    """What each evaluator gave, out of 20; of a lone evaluation it is counted, and `Heard.mean` does not tell it."""
    rules = {choice.pk: choice.dossier.rules.evaluation for choice in choices}
    marks: dict[int, list[Decimal]] = defaultdict(list)
    for evaluation in Evaluation.objects.filter(choice__in=choices).order_by("deposited_at", "pk"):
        if rule := rules[evaluation.choice_id]:
            marks[evaluation.choice_id].append(mark_of(rule, marks_of(evaluation)))
    return marks
