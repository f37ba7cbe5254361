"""The publications page: what is decided, what will be written to whom, when it appears, and taking it back.

Rules: AST-13, AST-24, ALL-05.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import get_language, gettext

from applicants.models import Dossier, Status
from juries.admin.board import BoardAdmin, steps_of, tell_errors
from juries.admin.forms import InstantForm
from juries.admin.wording import outcome_state
from juries.announcements import preview
from juries.models import DecisionCorrection, Publication
from juries.publication import (
    OUTCOMES,
    PUBLISHERS,
    announceable,
    cancel_publication,
    prepare_publication,
    undecided_dossiers,
)
from programmes.desk import attempt, person
from programmes.models import Step


@admin.register(Publication)
class PublicationAdmin(BoardAdmin):
    """The results of each step."""

    roles = PUBLISHERS

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/<slug:act>/", self.change, "juries_publication"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """Every step with results of the procedures where the person may publish."""
        steps = [step for kind in OUTCOMES for step in steps_of(person(request), kind, *PUBLISHERS)]
        steps.sort(key=lambda step: (-step.procedure.year, step.procedure.slug, step.position))
        return self.framed(
            request,
            "admin/juries/publications.html",
            gettext("Publications"),
            boards=[_board(step) for step in steps],
            corrections=DecisionCorrection.objects.filter(confirmed_at=None, decision__step__in=steps).select_related(
                "decision__dossier__candidate__user", "decision__step", "proposed_by"
            ),
        )

    def change(self, request: HttpRequest, step_id: int, act: str) -> HttpResponse:
        """Prepare a publication, or take it back."""
        step = next(
            (one for kind in OUTCOMES for one in steps_of(person(request), kind, *PUBLISHERS) if one.pk == step_id),
            None,
        )
        if step is None or act not in ("preparer", "annuler") or request.method != "POST":
            raise Http404
        if act == "annuler":
            attempt(
                request,
                lambda: cancel_publication(step.pk, by=person(request)),
                gettext("La publication est annulée : le jury peut de nouveau décider."),
            )
            return redirect("admin:juries_publication_changelist")
        form = InstantForm(request.POST)
        if not form.is_valid():
            tell_errors(request, form)
        else:
            visible_at = form.cleaned_data["visible_at"]
            attempt(
                request,
                lambda: prepare_publication(step.pk, by=person(request), visible_at=visible_at),
                gettext("La publication est prête : elle paraîtra d’elle-même à son heure."),
            )
        return redirect("admin:juries_publication_changelist")


def _board(step: Step) -> dict[str, Any]:
    """What the page shows of one step."""
    decisions = announceable(step)
    counts = dict(decisions.values_list("outcome").annotate(Count("pk")))
    publication = getattr(step, "publication", None)
    samples = [decisions.filter(outcome=outcome).first() for outcome in counts]
    return {
        "step": step,
        "publication": publication,
        "outcomes": [
            outcome_state(outcome) | {"count": counts[outcome]}
            for outcome in OUTCOMES[Step.Kind(step.kind)]
            if outcome in counts
        ],
        "decided": sum(counts.values()),
        "undecided": undecided_dossiers(step).count(),
        "unvalidated": Dossier.objects.filter(procedure=step.procedure, status=Status.SUBMITTED).count(),
        "announced": decisions.exclude(announced_at=None).count(),
        "is_prepared_elsewhere": step.kind == Step.Kind.ADMISSION,
        "form": InstantForm(initial={"visible_at": step.results_at}, auto_id=f"id_{step.pk}_%s"),
        "samples": [preview(decision, get_language() or "fr") for decision in samples if decision],
    }
