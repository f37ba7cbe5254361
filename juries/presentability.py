"""Presentability: what stands between a choice and the decision of its programme. Pure.

The head of programme gives an opinion first, where the procedure asks for one. Where choices are evaluated, every
evaluation comes first too; with a mean that is not enough, and no favourable supplement, a choice can only be refused.
Rules: NE-04, BS-04, BS-05.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from juries.grid import mean_of
from programmes.rules import EvaluationRule


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been said of a choice before a step that decides.

    `evaluation` is the grid, where an evaluation comes before that step; `marks` what each evaluator gave out of 20;
    `came` whether the candidate came to the interview, as far as anybody noted; `supplement` what the last one judged
    came to.
    """

    opinions_awaited: int = 0
    evaluation: EvaluationRule | None = None
    marks: tuple[Decimal, ...] = ()
    came: bool = True
    supplement: bool | None = None
    supplement_waits: bool = False

    @property
    def is_evaluated(self) -> bool:
        """Whether every evaluation that is asked for is there."""
        return self.evaluation is None or len(self.marks) >= self.evaluation.evaluators

    @property
    def mean(self) -> Decimal | None:
        """The mean out of 20, once every evaluation is there."""
        return mean_of(self.marks) if self.evaluation and self.is_evaluated else None

    @property
    def is_short(self) -> bool:
        """Whether the choice is evaluated, and its mean is below what is enough."""
        return self.evaluation is not None and self.mean is not None and self.mean < self.evaluation.enough


def objection(heard: Heard, *, keeps: bool) -> str:
    """Why the programme cannot decide so now, in a sentence; empty if it can.

    `keeps`: the decision would keep the choice (let it pass, admit it, put it on the waiting list), not refuse it.
    """
    if heard.opinions_awaited:
        return gettext("L’avis du responsable de formation est attendu : il précède la décision.")
    if not heard.is_evaluated and (keeps or heard.came):
        return _evaluations_awaited(heard)
    if heard.supplement_waits:
        return gettext("Un complément est demandé au candidat : dites d’abord s’il rend la candidature présentable.")
    if keeps and heard.is_short and not heard.supplement:
        return _not_enough(heard)
    return ""


def _evaluations_awaited(heard: Heard) -> str:
    assert heard.evaluation is not None
    missing = heard.evaluation.evaluators - len(heard.marks)
    return ngettext(
        "Il manque %(count)d évaluation : elle précède la décision.",
        "Il manque %(count)d évaluations : elles précèdent la décision.",
        missing,
    ) % {"count": missing}


def _not_enough(heard: Heard) -> str:
    assert heard.evaluation is not None
    assert heard.mean is not None
    return gettext(
        "La moyenne des évaluations est de %(mean)s sur 20, et il faut %(enough)s. La candidature n’est présentable "
        "qu’après un entretien ou un écrit complémentaire jugé favorable."
    ) % {"mean": number_format(heard.mean), "enough": number_format(heard.evaluation.enough)}
