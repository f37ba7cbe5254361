"""The admission lists: all of them at a glance, the page on which the jury sets one, preparing the admission.

Rules: AST-15, AST-16.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext

from juries.admin.board import as_typed, attempt_typed, find_step, steps_of
from juries.publication import PUBLISHERS
from juries.steps import publication_of
from offers.admin.desks import PeriodsDesk
from offers.admin.forms import PrepareForm
from offers.admin.list_page import ListPage, WrongOrder, order_typed
from offers.lists import marked_dossiers, prepare_admission, rankable_by_pool, set_list, unmarked_dossiers
from offers.models import ListEntry
from programmes.desk import attempt, person, roles_held
from programmes.models import Pool, Procedure, Programme, Step
from programmes.roles import JURY, OFFICE, PRESIDENT

READERS = (JURY, PRESIDENT, OFFICE)
RANKERS = (JURY, PRESIDENT)


@admin.register(ListEntry)
class ListEntryAdmin(PeriodsDesk):
    """The admission lists."""

    roles = READERS

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        steps = steps_of(person(request), Step.Kind.ADMISSION, *READERS)
        return rows.filter(pool__programme__procedure__in=steps.values("procedure"))

    def get_urls(self) -> list[Any]:
        return [
            self.below("<int:step_id>/preparer/", self.prepare, "offers_prepare"),
            self.below("<int:step_id>/<int:pool_id>/", self.list_page, "offers_list"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The lists of each procedure, by programme and track."""
        return self._show_all(request)

    def list_page(self, request: HttpRequest, step_id: int, pool_id: int) -> HttpResponse:
        """One list. By POST the jury sets it, or moves a line without setting anything yet."""
        step = find_step(person(request), step_id, Step.Kind.ADMISSION, *READERS)
        pool = _pools(step.procedure).filter(pk=pool_id).first()
        if pool is None:
            raise Http404
        page = ListPage(step, pool, may_rank=roles_held(request).has(step.procedure, *RANKERS))
        if request.method == "POST":
            try:
                order = order_typed(request.POST, page.known)
            except WrongOrder as wrong:
                messages.error(request, str(wrong))
                return self._show(request, page)
            if "move" in request.POST:
                return self._show(request, page.with_order(order))
            ties_are_broken = "ties_are_broken" in request.POST
            done = gettext("Le tableau est arrêté.")

            def act() -> bool:
                set_list(pool.pk, order, ties_are_broken=ties_are_broken, by=person(request))
                return True

            if attempt(request, act, done):
                return redirect("admin:offers_list", step_id=step.pk, pool_id=pool.pk)
            page = page.with_order(order)
        return self._show(request, page)

    def prepare(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """Write the decisions and prepare their publication."""
        step = find_step(person(request), step_id, Step.Kind.ADMISSION, *READERS)
        if request.method != "POST":
            raise Http404
        form = _prepare_form(step, request.POST)
        said = gettext("La publication est prête : elle paraîtra d’elle-même à son heure.")
        attempt_typed(request, form, partial(prepare_admission, step.pk), said)
        if form.errors:
            return self._show_all(request, form)
        return redirect("admin:offers_listentry_changelist")

    def _show_all(self, request: HttpRequest, returned: PrepareForm | None = None) -> HttpResponse:
        overviews = [_overview(step) for step in steps_of(person(request), Step.Kind.ADMISSION, *READERS)]
        for overview in overviews:
            held, procedure = roles_held(request), overview["step"].procedure
            overview["may_prepare"] = held.has(procedure, PRESIDENT)
            overview["may_publish"] = held.has(procedure, *PUBLISHERS)
            overview["form"] = as_typed(overview["form"], returned)
        return self.framed(request, "admin/offers/lists.html", gettext("Tableaux d’admission"), overviews=overviews)

    def _show(self, request: HttpRequest, page: ListPage) -> HttpResponse:
        title = gettext("Tableau d’admission : %(pool)s") % {"pool": page.pool}
        return self.framed(request, "admin/offers/list.html", title, page=page)


def _pools(procedure: Procedure) -> QuerySet[Pool]:
    pools = Pool.objects.filter(programme__procedure=procedure)
    return pools.select_related("programme__school", "programme__procedure", "track")


def _overview(step: Step) -> dict[str, Any]:
    """What the page of all lists shows of one procedure."""
    procedure = step.procedure
    pools, candidates = list(_pools(procedure)), marked_dossiers(procedure)
    rankable = rankable_by_pool(candidates, pools)
    entries = ListEntry.objects.filter(pool__in=pools).order_by()
    ranked = dict(entries.values_list("pool").annotate(Count("pk")))
    cells = {
        (pool.programme_id, pool.track_id): {
            "pool": pool,
            "ranked": ranked.get(pool.pk, 0),
            "rankable": len(rankable[pool.pk]),
        }
        for pool in pools
    }
    tracks = list(procedure.tracks.all())
    programmes = list(Programme.objects.filter(procedure=procedure).select_related("school"))
    forgotten = [pool for pool in pools if rankable[pool.pk] and not ranked.get(pool.pk)]
    return {
        "step": step,
        "tracks": tracks,
        "rows": [(one, [(track, cells.get((one.pk, track.pk))) for track in tracks]) for one in programmes],
        "unmarked": unmarked_dossiers(candidates),
        "forgotten": forgotten,
        "publication": publication_of(step),
        "form": _prepare_form(step, asks_of_empty=bool(forgotten)),
    }


def _prepare_form(step: Step, typed: QueryDict | None = None, *, asks_of_empty: bool = True) -> PrepareForm:
    """When the results of the step appear; several stand on one page."""
    initial = {"visible_at": step.results_at}
    return PrepareForm(typed, initial=initial, auto_id=f"id_{step.pk}_%s", asks_of_empty=asks_of_empty)
