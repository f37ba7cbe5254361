"""The admissibility board: every validated dossier with its decision, taken in the table itself. Rule:
AST-13.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, gettext_lazy

from applicants.models import Choice, Dossier, Status
from juries.admin.board import BoardAdmin, find_step, steps_of
from juries.admin.wording import title_in_words
from juries.decisions import JUDGES, decide_admissibility
from juries.models import Decision
from juries.publication import OUTCOMES
from juries.steps import publication_of
from programmes.desk import attempt, person
from programmes.models import Step
from programmes.roles import OFFICE, has_role

READERS = (*JUDGES, OFFICE)
PER_PAGE = 50
STATES = {
    "undecided": (gettext_lazy("À décider"), Q(outcome=None)),
    "admissible": (gettext_lazy("Admissibles"), Q(outcome=Decision.Outcome.ADMISSIBLE)),
    "not_admissible": (gettext_lazy("Non admissibles"), Q(outcome=Decision.Outcome.NOT_ADMISSIBLE)),
    "all": (gettext_lazy("Tous"), Q()),
}


@admin.register(Decision)
class DecisionAdmin(BoardAdmin):
    """The jury's decisions on admissibility."""

    roles = READERS
    step_kinds = (Step.Kind.ADMISSIBILITY,)
    menu_name = gettext_lazy("Admissibilité")

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/", self.board, "juries_admissibility"),
            self.below("<int:step_id>/<uuid:dossier_id>/", self.decide, "juries_decide"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """One procedure: its board; several: which one."""
        steps = list(steps_of(person(request), Step.Kind.ADMISSIBILITY, *READERS))
        if len(steps) == 1:
            return redirect("admin:juries_admissibility", step_id=steps[0].pk)
        links = [(reverse("admin:juries_admissibility", args=[step.pk]), step.procedure, step) for step in steps]
        return self.framed(request, "admin/juries/steps.html", gettext("Admissibilité"), links=links)

    def board(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """The table of one procedure, by state of the decision and by track."""
        step = find_step(person(request), step_id, Step.Kind.ADMISSIBILITY, *READERS)
        everyone = dossiers_before(step)
        publication = publication_of(step)
        state = request.GET.get("state", "all" if publication else "undecided")
        track = request.GET.get("track", "")
        shown = everyone.filter(STATES.get(state, STATES["all"])[1])
        if track:
            shown = shown.filter(track__code=track)
        pages = Paginator(with_rows(shown, step), PER_PAGE)
        return self.framed(
            request,
            "admin/juries/admissibility.html",
            gettext("Admissibilité"),
            step=step,
            publication=publication,
            rows=rows_of(pages.get_page(request.GET.get("page"))),
            page=pages.get_page(request.GET.get("page")),
            states=_states(everyone, state),
            state=state,
            tracks=step.procedure.tracks.all(),
            track=track,
            may_decide=may_decide(request, step),
            waiting=Dossier.objects.filter(procedure=step.procedure, status=Status.SUBMITTED).count(),
        )

    def decide(self, request: HttpRequest, step_id: int, dossier_id: Any) -> HttpResponse:
        """One decision; the table's row comes back alone to who asked for it alone."""
        step = find_step(person(request), step_id, Step.Kind.ADMISSIBILITY, *READERS)
        row_alone = "HX-Request" in request.headers
        if request.method == "POST":
            decision = request.POST.get("decision")
            if decision not in OUTCOMES[Step.Kind.ADMISSIBILITY]:
                raise Http404
            admissible = decision == Decision.Outcome.ADMISSIBLE
            attempt(
                request,
                lambda: decide_admissibility(
                    dossier_id,
                    admissible=admissible,
                    reason=request.POST.get("reason", ""),
                    by=person(request),
                ),
                "" if row_alone else gettext("La décision est prise."),  # the row itself says it
            )
        if not row_alone:
            return redirect(f"{reverse('admin:juries_admissibility', args=[step.pk])}?{request.GET.urlencode()}")
        found = rows_of(with_rows(dossiers_before(step).filter(pk=dossier_id), step))
        if not found:  # withdrawn since the table was shown
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(
            request,
            "admin/juries/admissibility_row.html",
            {"row": found[0], "step": step, "may_decide": may_decide(request, step), "is_fresh": True},
        )


def dossiers_before(step: Step) -> QuerySet[Dossier]:
    """The validated dossiers of the procedure, each with the `outcome` and the `reason` of its decision, if
    any.
    """
    taken = Decision.objects.filter(dossier=OuterRef("pk"), step=step)
    return Dossier.objects.filter(procedure=step.procedure, status=Status.VALIDATED).annotate(
        outcome=Subquery(taken.values("outcome")), reason=Subquery(taken.values("reason"))
    )


def with_rows(dossiers: QuerySet[Dossier], step: Step) -> QuerySet[Dossier]:
    """The same, by name, with all that a line of the table shows."""
    choices = Choice.objects.select_related("programme__school").order_by("rank")
    return (
        dossiers.select_related("candidate", "track")
        .prefetch_related(Prefetch("choices", queryset=choices))
        .order_by("candidate__folded_name", "pk")
    )


def rows_of(dossiers: QuerySet[Dossier] | Page[Dossier]) -> list[dict[str, Any]]:
    """What the lines of the table show."""
    return [
        {
            "dossier": dossier,
            "title": title_in_words(dossier),
            "choices": [choice.programme.school.name for choice in dossier.choices.all()],
            "outcome": dossier.outcome,  # type: ignore[attr-defined]
            "reason": dossier.reason,  # type: ignore[attr-defined]
        }
        for dossier in dossiers
    ]


def may_decide(request: HttpRequest, step: Step) -> bool:
    """Whether the page offers to decide; the act judges for itself."""
    return publication_of(step) is None and has_role(person(request), step.procedure, *JUDGES)


def _states(everyone: QuerySet[Dossier], chosen: str) -> list[dict[str, Any]]:
    """The filter by state, with how many are in each."""
    counted = everyone.aggregate(**{name: Count("pk", filter=which) for name, (_, which) in STATES.items() if which})
    counted["all"] = sum(counted.values())
    return [
        {"code": name, "label": label, "count": counted[name], "chosen": name == chosen}
        for name, (label, _) in STATES.items()
    ]
