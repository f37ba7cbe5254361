"""The publications page: what is decided, what will be written to whom, when it appears, and taking it back.

Rules: AST-13, AST-24, ALL-05.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import get_language, gettext

from applicants.models import Choice, Dossier, Status
from juries.admin.board import BoardAdmin, as_typed, attempt_typed
from juries.admin.forms import InstantForm
from juries.admin.wording import minutes_response, outcome_state
from juries.announcements import preview
from juries.minutes import make_minutes
from juries.models import Decision, DecisionCorrection, Publication
from juries.publication import (
    OUTCOMES,
    PUBLISHERS,
    announceable,
    cancel_publication,
    prepare_publication,
    undecided_dossiers,
)
from juries.steps import publication_of
from programmes.desk import attempt, person, roles_held
from programmes.models import Procedure, Step


@admin.register(Publication)
class PublicationAdmin(BoardAdmin):
    """The results of each step."""

    roles = PUBLISHERS

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/proces-verbal/", self.minutes, "juries_minutes"),
            self.below("<int:step_id>/<slug:act>/", self.change, "juries_publication"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """Every step with results of the procedures where the person may publish."""
        return self._show(request, _steps(request))

    def change(self, request: HttpRequest, step_id: int, act: str) -> HttpResponse:
        """Prepare a publication, or take it back."""
        steps = _steps(request)
        step = next((one for one in steps if one.pk == step_id), None)
        if step is None or act not in ("preparer", "annuler") or request.method != "POST":
            raise Http404
        if act == "annuler":
            attempt(
                request,
                lambda: cancel_publication(step.pk, by=person(request)),
                gettext("La publication est annulée : le jury peut de nouveau décider."),
            )
            return redirect("admin:juries_publication_changelist")
        form = _form(step, request.POST)
        said = gettext("La publication est prête : elle paraîtra d’elle-même à son heure.")
        attempt_typed(request, form, partial(prepare_publication, step.pk), said)
        if form.errors:
            return self._show(request, steps, form)
        return redirect("admin:juries_publication_changelist")

    def minutes(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """The minutes of the jury as a PDF to sign. Rule: ALL-06."""
        if all(one.pk != step_id for one in _steps(request)):
            raise Http404
        pdf = attempt(request, lambda: make_minutes(step_id, language=get_language() or "fr", by=person(request)))
        return minutes_response(pdf) if pdf else redirect("admin:juries_publication_changelist")

    def _show(self, request: HttpRequest, steps: list[Step], returned: InstantForm | None = None) -> HttpResponse:
        return self.framed(
            request,
            "admin/juries/publications.html",
            gettext("Publications"),
            boards=_boards(steps, returned),
            corrections=DecisionCorrection.objects.filter(confirmed_at=None, decision__step__in=steps).select_related(
                "decision__dossier__candidate__user", "decision__step", "proposed_by"
            ),
        )


def _steps(request: HttpRequest) -> list[Step]:
    """The steps with results of the procedures where the person may publish, the youngest procedure first."""
    held = roles_held(request)
    procedures = [procedure for procedure in held.procedures if held.has(procedure, *PUBLISHERS)]
    steps = (
        Step.objects.filter(kind__in=OUTCOMES, procedure__in=procedures)
        .exclude(procedure__judgement=Procedure.Judgement.BY_PROGRAMME)
        .select_related("procedure")
    )
    steps = steps.prefetch_related("publications", "procedure__periods")
    return list(steps.order_by("-procedure__year", "procedure__slug", "position"))


def _boards(steps: list[Step], returned: InstantForm | None) -> list[dict[str, Any]]:
    """What the page shows of each step; all their decisions are counted at once."""
    decisions = announceable(*steps).order_by().values("step", "outcome")
    counted = decisions.annotate(count=Count("pk"), announced=Count("announced_at"), first=Min("pk"))
    by_step: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for line in counted:
        by_step[line["step"]][line["outcome"]] = line
    samples = _samples(steps, [line["first"] for line in counted])
    return [_board(step, by_step[step.pk], samples) | {"form": as_typed(_form(step), returned)} for step in steps]


def _samples(steps: list[Step], keys: list[int]) -> dict[int, Decision]:
    """Those decisions with all that the mails about them say."""
    choices = Choice.objects.select_related("programme__school").order_by("rank")
    decisions = Decision.objects.select_related("dossier__candidate__user", "dossier__track").prefetch_related(
        Prefetch("dossier__choices", choices, to_attr="ranked_choices")
    )
    known = {step.pk: step for step in steps}
    samples = decisions.in_bulk(keys)
    for decision in samples.values():
        decision.step = known[decision.step_id]
        decision.dossier.procedure = decision.step.procedure  # whose calendar is read already
    return samples


def _board(step: Step, counted: Mapping[str, Mapping[str, Any]], samples: dict[int, Decision]) -> dict[str, Any]:
    """What the page shows of one step: its decisions as `counted` by outcome, and a mail for each outcome."""
    outcomes = [outcome for outcome in OUTCOMES[Step.Kind(step.kind)] if outcome in counted]
    decides_on_validated = step.kind == Step.Kind.ADMISSIBILITY
    unvalidated = Dossier.objects.filter(procedure=step.procedure, status=Status.SUBMITTED)
    return {
        "step": step,
        "publication": publication_of(step),
        "outcomes": [outcome_state(outcome) | {"count": counted[outcome]["count"]} for outcome in outcomes],
        "decided": sum(line["count"] for line in counted.values()),
        "undecided": undecided_dossiers(step).count(),
        "unvalidated": unvalidated.count() if decides_on_validated else 0,
        "announced": sum(line["announced"] for line in counted.values()),
        "is_prepared_elsewhere": step.kind == Step.Kind.ADMISSION,
        "samples": [preview(samples[counted[outcome]["first"]], get_language() or "fr") for outcome in outcomes],
    }


def _form(step: Step, typed: QueryDict | None = None) -> InstantForm:
    """When the results of the step appear; several stand on one page."""
    return InstantForm(typed, initial={"visible_at": step.results_at}, auto_id=f"id_{step.pk}_%s")
