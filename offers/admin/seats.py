"""Seats moved from one track to another: what was moved, and the form to move more. Rule: AST-21."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from offers.admin.desks import PeriodsDesk
from offers.admin.forms import MoveForm
from offers.models import SeatMove
from offers.periods import current_period
from offers.seats import MOVERS, held_seats, move_seats
from programmes.desk import attempt, person
from programmes.models import Pool, Procedure


@admin.register(SeatMove)
class SeatMoveAdmin(PeriodsDesk):
    """The seats that were moved, and moving some."""

    roles = MOVERS

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(source__programme__procedure__in=_procedures(request))

    def get_urls(self) -> list[Any]:
        return [self.below("<slug:slug>/", self.moves, "offers_moves"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The page of the youngest procedure."""
        procedure = _procedures(request).first()
        if procedure is None:
            return redirect("admin:offers_offer_changelist")  # which says that there is nothing here yet
        return redirect("admin:offers_moves", slug=procedure.slug)

    def moves(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The moves of one procedure; by POST, one more."""
        procedure = _procedures(request).filter(slug=slug).first()
        if procedure is None:
            raise Http404
        form = MoveForm(procedure, request.POST or None)
        if request.method == "POST" and form.is_valid():
            moved = form.cleaned_data
            act = attempt(
                request,
                lambda: move_seats(
                    moved["source"].pk,
                    moved["target"].pk,
                    moved["count"],
                    reason=moved["reason"],
                    across_schools=moved["across_schools"],
                    by=person(request),
                ),
                gettext("Les places sont reportées."),
            )
            if act is not None:
                return redirect("admin:offers_moves", slug=slug)
        moves = SeatMove.objects.filter(source__programme__procedure=procedure).order_by("-moved_at")
        pools = ("source__programme__school", "source__track", "target__programme__school", "target__track")
        return self.framed(
            request,
            "admin/offers/moves.html",
            gettext("Reports de places"),
            procedure=procedure,
            form=form,
            period=current_period(procedure),
            moves=moves.select_related("moved_by", *pools),
            free=_free_seats(procedure),
        )


def _procedures(request: HttpRequest) -> QuerySet[Procedure]:
    held = Procedure.objects.filter(roles__user=person(request), roles__kind__in=MOVERS)
    return held.distinct().order_by("-year", "slug")


def _free_seats(procedure: Procedure) -> list[dict[str, Any]]:
    held = held_seats(procedure)
    pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme__school", "track")
    return [{"pool": pool, "held": held.get(pool.pk, 0)} for pool in pools]
