"""The periods as the office sees them: how far they are, who is silent, what the next opening would offer.

Rules: AST-17, AST-19, AST-20.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.models import Dossier
from offers.allocation import Reply
from offers.foresight import about_to_be_removed, foreseen_offers
from offers.models import ListEntry, Offer, PeriodSeats, ReplyRecord
from offers.periods import current_period
from offers.standings import last_replies, offers_of, read_market
from programmes.desk import DeskAdmin, person
from programmes.models import Period, Pool, Procedure
from programmes.roles import OFFICE, PRESIDENT

READERS = (OFFICE, PRESIDENT)


@dataclass(frozen=True)
class Foreseen:
    """What a candidate would be offered at the next opening."""

    dossier: Dossier
    pool: Pool
    is_kept: bool  # the same as now


@admin.register(Offer)
class OfferAdmin(DeskAdmin):
    """The offers, period by period."""

    roles = READERS

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(period__procedure__in=_procedures(request))

    def get_urls(self) -> list[Any]:
        return [self.below("<slug:slug>/", self.board, "offers_periods"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The board of the youngest procedure that has periods."""
        procedure = _procedures(request).first()
        if procedure is None:
            title = gettext("Propositions")
            return self.framed(request, "admin/offers/periods.html", title, procedure=None)
        return redirect("admin:offers_periods", slug=procedure.slug)

    def board(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The periods of one procedure."""
        procedure = _procedures(request).filter(slug=slug).first()
        if procedure is None:
            raise Http404
        period = current_period(procedure)
        return self.framed(
            request,
            "admin/offers/periods.html",
            gettext("Propositions"),
            procedure=procedure,
            procedures=_procedures(request),
            period=period,
            now=procedure.now(),
            rows=_period_rows(procedure),
            pools=_pool_rows(procedure),
            silent=_silent(period) if period else [],
            foreseen=_foreseen(procedure, period),
            by_relatives=_by_relatives(procedure),
        )


def _procedures(request: HttpRequest) -> QuerySet[Procedure]:
    """The procedures with periods in which the person has one of the roles."""
    held = Procedure.objects.filter(roles__user=person(request), roles__kind__in=READERS)
    return held.filter(periods__isnull=False).distinct().order_by("-year", "slug")


def _period_rows(procedure: Procedure) -> list[dict[str, Any]]:
    """The periods, with what was offered and answered in each."""
    offered = dict(Offer.objects.filter(period__procedure=procedure).values_list("period").annotate(Count("pk")))
    silent = ListEntry.Struck.SILENT
    rows = []
    for period in procedure.periods.all():
        replies = Counter(last_replies(period).values())
        out = ListEntry.objects.filter(pool__programme__procedure=procedure, struck_because=silent)
        rows.append(
            {
                "period": period,
                "state": _state(period),
                "offers": offered.get(period.pk, 0),
                "replies": [(kind.label, replies[Reply(kind.value)]) for kind in ReplyRecord.Kind],
                "removed": out.filter(struck_at=period.closed_at).values("dossier").distinct().count()
                if period.closed_at
                else None,
            }
        )
    return rows


def _state(period: Period) -> dict[str, str]:
    """Where a period is, as a state tag."""
    now = period.procedure.now()
    if period.closed_at is not None:
        skipped = period.opened_at == period.closed_at
        return {"kind": "closed", "label": gettext("sautée") if skipped else gettext("fermée")}
    if period.opened_at is not None:
        return {"kind": "doing", "label": gettext("en cours") if now < period.ends_at else gettext("se ferme")}
    if now < period.starts_at:
        return {"kind": "waiting", "label": gettext("à venir")}
    late = gettext("aurait dû s’ouvrir : changez ses dates") if now >= period.ends_at else gettext("s’ouvre")
    return {"kind": "problem", "label": late}


def _pool_rows(procedure: Procedure) -> list[dict[str, Any]]:
    """The seats of each pool, how many are held, and how far its list was called."""
    market = read_market(procedure)
    waiting = Counter(pool_id for live in market.live.values() for pool_id in live)
    reached: dict[int, int | None] = {}
    for seats in PeriodSeats.objects.filter(period__procedure=procedure).order_by("period__number"):
        reached[seats.pool_id] = seats.last_called
    pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme__school", "track")
    return [
        {
            "pool": pool,
            "ranked": len(market.lists[pool.pk]),
            "in_play": waiting[pool.pk],
            "held": market.held[pool.pk],
            "last_called": reached.get(pool.pk),
        }
        for pool in pools
    ]


def _silent(period: Period) -> list[dict[str, Any]]:
    """Those about to be removed, with what they are offered."""
    offers = offers_of(period)
    pools = Pool.objects.select_related("programme__school", "track").in_bulk(set(offers.values()))
    return [
        {"dossier": dossier, "pool": pools.get(offers.get(dossier.pk, 0))} for dossier in about_to_be_removed(period)
    ]


def _by_relatives(procedure: Procedure) -> QuerySet[ReplyRecord]:
    """The replies that relatives gave by code, the latest first. Rule: AST-19."""
    given = ReplyRecord.objects.filter(period__procedure=procedure, by_relative=True)
    return given.select_related("period", "dossier__candidate__user").order_by("-pk")


def _foreseen(procedure: Procedure, period: Period | None) -> list[Foreseen]:
    """The next offers if the period under way ended now, by pool; before the last period is over."""
    if not procedure.periods.filter(opened_at=None, ends_at__gt=procedure.now()).exists():
        return []
    offers = foreseen_offers(procedure)
    before = offers_of(period) if period else {}
    pools = Pool.objects.select_related("programme__school", "track").in_bulk(set(offers.values()))
    dossiers = Dossier.objects.filter(pk__in=offers).select_related("candidate__user")
    found = [
        Foreseen(dossier, pools[offers[dossier.pk]], before.get(dossier.pk) == offers[dossier.pk])
        for dossier in dossiers.order_by("candidate__folded_name", "pk")
    ]
    return sorted(found, key=lambda each: (str(each.pool), each.is_kept))
