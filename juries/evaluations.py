"""Evaluations: each choice is marked on a grid by several persons, none of whom sees what another gave before all have.

An evaluator may change the own marks until the last evaluation is there; then all are opened, and change no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice
from journal.errors import Refused
from journal.record import record
from juries.choices_before import lock_choice, require_before, require_nothing_published_after, require_role_for
from juries.grid import HUNDREDTH
from juries.models import Evaluation
from programmes.models import Step
from programmes.roles import EVALUATOR
from programmes.rules import Criterion, EvaluationRule
from programmes.typed import LONGEST_EXPLANATION, reason_typed


class NotEvaluable(Refused):
    """This choice, or these marks, cannot be taken; the sentence says why."""


@transaction.atomic
def deposit_evaluation(
    choice_id: int, step_id: int, *, marks: Mapping[str, Decimal], comment: str = "", by: User
) -> Evaluation:
    """Deposit one's marks of a choice, by criterion, in place of one's marks before. The last one opens them all.

    Raises:
        Choice.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` does not evaluate for this programme.
        NotBefore: the choice is not before this step.
        NotEvaluable: before the interview; a mark is missing or off its scale; all evaluators have deposited theirs.
        Frozen: a decision that followed is published, or about to be.
    Rule: BS-04.
    """
    choice, step, held = lock_choice(choice_id, step_id, by=by)
    require_role_for(choice, held, EVALUATOR)
    require_before(choice, step)
    rule = _rule_of(step, choice)
    require_nothing_published_after(step, choice)
    if not was_interviewed(choice, step):
        raise NotEvaluable(gettext("L’entretien n’a pas encore eu lieu : les évaluations viennent après."))
    given = list(Evaluation.objects.filter(choice=choice, step=step))
    others = sum(one.evaluator_id != by.pk for one in given)
    _require_still_to_give(given, rule, others)
    _require_on_the_grid(rule, marks)
    evaluation = Evaluation(
        choice=choice,
        step=step,
        evaluator=by,
        marks={criterion.code: str(marks[criterion.code]) for criterion in rule.criteria},
        comment=reason_typed(comment, at_most=LONGEST_EXPLANATION),
        deposited_at=step.procedure.now(),
    )
    Evaluation.objects.bulk_create(
        [evaluation],
        update_conflicts=True,
        unique_fields=["choice", "step", "evaluator"],
        update_fields=["marks", "comment", "deposited_at"],
    )
    # The journal, which others read, says that there is one, and not what it says.
    record("evaluation.deposited", choice.dossier, by=by, step=step.code, programme=choice.programme.code)
    if others + 1 == rule.evaluators:
        _open_all(choice, step, step.procedure.now())
    return evaluation


def was_interviewed(choice: Choice, step: Step) -> bool:
    """Whether the choice's interview has begun, where one comes before `step`, and nobody noted an absence."""
    if not any(one.kind == Step.Kind.TESTS and one.position < step.position for one in step.procedure.steps_in_order):
        return True
    return choice.test_slots.filter(supplement=None, missed_at=None, starts_at__lte=step.procedure.now()).exists()


def _rule_of(step: Step, choice: Choice) -> EvaluationRule:
    rule = choice.dossier.rules.evaluation
    if step.kind != Step.Kind.EVALUATION or rule is None:
        raise NotEvaluable(gettext("Cette étape ne demande pas d’évaluation."))
    return rule


def _require_still_to_give(given: Iterable[Evaluation], rule: EvaluationRule, others: int) -> None:
    """Raise `NotEvaluable` if all are opened, or if others gave as many as there may be."""
    if any(one.opened_at is not None for one in given):
        raise NotEvaluable(gettext("Toutes les évaluations sont déposées : elles ne changent plus."))
    if others >= rule.evaluators:
        raise NotEvaluable(gettext("Cette candidature a déjà tous ses évaluateurs."))


def _require_on_the_grid(rule: EvaluationRule, marks: Mapping[str, Decimal]) -> None:
    for criterion in rule.criteria:
        if not _is_on_scale(criterion, marks.get(criterion.code)):
            raise NotEvaluable(
                gettext("%(criterion)s : une note de 0 à %(out_of)s est attendue, avec deux décimales au plus.")
                % {"criterion": criterion.label, "out_of": number_format(criterion.out_of)}
            )


def _is_on_scale(criterion: Criterion, mark: Decimal | None) -> bool:
    if mark is None or not mark.is_finite() or not 0 <= mark <= criterion.out_of:
        return False
    return mark == mark.quantize(HUNDREDTH)


def _open_all(choice: Choice, step: Step, now: dt.datetime) -> None:
    Evaluation.objects.filter(choice=choice, step=step).update(opened_at=now)
    record("evaluation.opened", choice.dossier, step=step.code, programme=choice.programme.code)
