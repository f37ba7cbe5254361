"""Checks of the evaluation: a grid that can be filled in, and the one step that fills it in."""

from __future__ import annotations

from decimal import Decimal

from programmes.procedure_file import schema
from programmes.procedure_file.nodes import Source
from programmes.rules import EvaluationRule, Rules

SCALE = Decimal(20)  # of a mean, whatever its criteria are marked out of


def check_evaluation(source: Source, live: schema.Live, rules: Rules) -> None:
    """A step that evaluates has its grid, and a grid has its step. Rule: BS-04."""
    steps = [step.code for step in live.steps if step.kind == schema.StepKind.EVALUATION]
    if rules.evaluation is None:
        for step in steps:
            reason = "cette étape note les candidatures, mais « evaluation » n’en donne pas la grille."
            source.fault(reason, "steps", step)
        return
    if len(steps) != 1:
        source.fault("il faut une étape de nature « evaluation », et une seule.", "evaluation")
    _check_grid(source, rules.evaluation)


def _check_grid(source: Source, rule: EvaluationRule) -> None:
    if not rule.criteria:
        source.fault("il faut au moins un critère.", "evaluation", "criteria")
    if rule.enough > SCALE:
        source.fault("la moyenne suffisante est donnée sur 20.", "evaluation", "enough")
    for criterion in rule.criteria:
        if not criterion.out_of:
            source.fault("un critère se note sur plus de zéro.", "evaluation", "criteria", criterion.code, "out_of")
