"""The page of one choice at one step: what has been said of it, and the acts that are the person's to do there.

What an evaluator gave is shown to others only once all have given theirs. Rules: APP-15, BS-04, BS-05, NE-04, IIM-01.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext

from applicants.models import Choice
from juries.admin.board import attempt_typed
from juries.admin.choice_forms import (
    DecisionForm,
    EvaluationForm,
    JudgementForm,
    OpinionForm,
    RankForm,
    SupplementForm,
)
from juries.admin.choice_rows import (
    DECIDING,
    Row,
    choices_with_state,
    find_step,
    programmes_of,
    readers_of,
    rows_of,
)
from juries.choice_decisions import decide_choice, deciders_of, first_undecided
from juries.evaluations import deposit_evaluation
from juries.grid import mark_of
from juries.hearing import marks_of
from juries.models import Evaluation
from juries.opinions import give_opinion
from juries.presentability import objection
from juries.ranking import rank_waiting
from juries.supplements import ASKERS, ask_supplement, judge_supplement
from programmes.desk import DeskAdmin, person, roles_held
from programmes.models import Step
from programmes.roles import EVALUATOR, HEAD
from programmes.rules import EvaluationRule

Bound = tuple[forms.Form, Callable[..., object], str]


class ChoicePages(DeskAdmin):
    """What the boards add for one choice."""

    def choice(self, request: HttpRequest, step_id: int, choice_id: int) -> HttpResponse:
        """One choice at a step; by POST, the act that `act` names."""
        step = find_step(request, step_id)
        page = ChoicePage(request, step, _row(request, step, choice_id))
        returned: tuple[str, forms.Form] | None = None
        if request.method == "POST":
            name = request.POST.get("act", "")
            if name not in page.offered:
                raise Http404
            form, act, said = page.bound(name, request.POST)
            if attempt_typed(request, form, act, said) is not None:
                if name in ("ask", "judge"):
                    return redirect("admin:juries_choice", step_id=step.pk, choice_id=choice_id)
                return redirect("admin:juries_choices", step_id=step.pk)
            returned = (name, form)
        context = page.context(returned)
        return self.framed(request, "admin/juries/choice.html", str(page.choice.dossier.candidate), **context)


class ChoicePage:
    """What the page shows of a choice at `step`, and offers to do."""

    def __init__(self, request: HttpRequest, step: Step, row: Row) -> None:
        self.request = request
        self.step = step
        self.row = row
        self.choice: Choice = row.choice
        self.offered = list(self._offered())

    def context(self, returned: tuple[str, forms.Form] | None) -> dict[str, Any]:
        """What the template is given; `returned` is the form of an act that was refused."""
        shown = {name: self.bound(name, None)[0] for name in self.offered}
        if returned is not None:
            shown[returned[0]] = returned[1]
        return {
            "step": self.step,
            "row": self.row,
            "choice": self.choice,
            "forms": shown,
            "evaluations": self.evaluations(),
            "is_evaluating": self.step.kind == Step.Kind.EVALUATION,
            "is_deciding": self.step.kind in DECIDING,
            "objection": self._objection(),
            "before": self._who_is_before() if "decide" in shown else None,
            "supplements": self.choice.supplements.select_related("document", "asked_by", "judged_by"),
            "now": self.step.procedure.now(),
        }

    def bound(self, name: str, typed: QueryDict | None) -> Bound:
        """The form of an act, the act itself, and what is said when it is done."""
        choice, step = self.choice.pk, self.step.pk
        identified = f"id_{name}_%s"
        if name == "opinion":
            initial = self._opinion_before()
            form: forms.Form = OpinionForm(typed, initial=initial, auto_id=identified)
            return form, partial(give_opinion, choice, step), gettext("Votre avis est donné.")
        if name == "evaluate":
            own = self._own_evaluation()
            form = EvaluationForm(self._grid(), own, typed, auto_id=identified)
            return form, partial(deposit_evaluation, choice, step), gettext("Votre évaluation est déposée.")
        if name == "decide":
            decision = self.row.decision
            initial = {"outcome": _asked_as(decision.outcome), "reason": decision.reason} if decision else {}
            form = DecisionForm(self.step, typed, initial=initial, auto_id=identified)
            return form, partial(decide_choice, choice, step), gettext("La décision est prise.")
        if name == "rank":
            form = RankForm(typed, initial={"rank": self._rank}, auto_id=identified)
            return form, partial(rank_waiting, choice, step), gettext("Le rang est changé.")
        if name == "ask":
            form = SupplementForm(self.step.procedure.now(), typed, auto_id=identified)
            return form, partial(ask_supplement, choice), gettext("La demande est faite ; le candidat est prévenu.")
        supplement = self.row.hearing.supplement
        assert supplement is not None
        form = JudgementForm(typed, auto_id=identified)
        return form, partial(judge_supplement, supplement.pk), gettext("Le complément est jugé.")

    def evaluations(self) -> list[dict[str, Any]]:
        """The evaluations that the person may read, line by line."""
        found = Evaluation.objects.readable_by(person(self.request)).filter(choice=self.choice)
        grid = self.choice.dossier.rules.evaluation
        if grid is None:
            return []
        return [
            {
                "evaluation": evaluation,
                "mark": number_format(mark_of(grid, marks_of(evaluation))),
                "lines": [
                    (criterion.label, number_format(marks_of(evaluation)[criterion.code]), criterion.out_of)
                    for criterion in grid.criteria
                ],
            }
            for evaluation in found.select_related("evaluator").order_by("deposited_at", "pk")
        ]

    def _offered(self) -> Iterator[str]:
        held, procedure = roles_held(self.request), self.step.procedure
        programme, decision = self.choice.programme, self.row.decision
        if self.step.kind == Step.Kind.OPINION and held.has(procedure, HEAD, programme=programme):
            yield "opinion"
        evaluates = self.step.kind == Step.Kind.EVALUATION and held.has(procedure, EVALUATOR, programme=programme)
        if evaluates and self.row.hearing.mean is None:
            yield "evaluate"
        is_open = decision is None or decision.publication_id is None
        if is_open and self._decides() and not objection(self.row.hearing.heard, keeps=False):
            yield "decide"
            if self._rank is not None:
                yield "rank"
        if self.step.kind == Step.Kind.ADMISSION and held.has(procedure, *ASKERS, programme=programme):
            yield from self._supplement_acts()

    @property
    def _rank(self) -> int | None:
        """Its rank on the waiting list, if it is on it."""
        return self.row.decision.rank if self.row.decision else None

    def _decides(self) -> bool:
        deciders = deciders_of(self.step)
        is_decider = roles_held(self.request).has(self.step.procedure, *deciders, programme=self.choice.programme)
        return self.step.kind in DECIDING and is_decider

    def _objection(self) -> str:
        """What stands between the choice and a decision, or one that keeps it; to whoever decides."""
        decision = self.row.decision
        is_open = decision is None or decision.publication_id is None
        return objection(self.row.hearing.heard, keeps=True) if is_open and self._decides() else ""

    def _supplement_acts(self) -> Iterator[str]:
        """To ask for something, or to judge what was asked for; neither once the decision is another than waiting."""
        hearing, decision = self.row.hearing, self.row.decision
        if hearing.supplement is not None and hearing.supplement.judged_at is None:
            yield "judge"
            return
        is_listed = decision is not None and decision.publication_id is not None and decision.rank is not None
        is_open = decision is None or decision.publication_id is None
        heard = hearing.heard
        is_of_use = heard.evaluation is None or heard.is_short
        if is_listed or (is_open and is_of_use and not heard.supplement):
            yield "ask"

    def _grid(self) -> EvaluationRule:
        grid = self.choice.dossier.rules.evaluation
        assert grid is not None  # the file's checks: a step that evaluates has one
        return grid

    def _own_evaluation(self) -> Evaluation | None:
        return Evaluation.objects.filter(choice=self.choice, step=self.step, evaluator=person(self.request)).first()

    def _opinion_before(self) -> dict[str, Any]:
        given = next((one for one in self.row.hearing.opinions if one.step_id == self.step.pk), None)
        return {"favourable": "yes" if given.favourable else "no", "comment": given.comment} if given else {}

    def _who_is_before(self) -> Choice | None:
        """Whoever arrived first and still waits, where dossiers are taken in their order."""
        if not self.step.in_order or self.row.decision is not None:
            return None
        first = first_undecided(self.step, self.choice.programme_id)
        return first if first is not None and first.pk != self.choice.pk else None


def _row(request: HttpRequest, step: Step, choice_id: int) -> Row:
    held = roles_held(request)
    programmes = programmes_of(held, step, *readers_of(step))
    rows = rows_of(step, choices_with_state(step, programmes).filter(pk=choice_id), held)
    if not rows:
        raise Http404
    return rows[0]


def _asked_as(outcome: str) -> str:
    """The outcome as it is asked for: whoever has not proved the title is admitted, and becomes so under condition."""
    return "admitted" if outcome == "conditional" else outcome
