"""The periods as the office sees them: how far they are, who is silent, what the next opening would offer.

Rules: AST-17, AST-19, AST-20.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.models import Dossier
from offers.admin.desks import PeriodsDesk
from offers.foresight import Foresight, foresee
from offers.models import ListEntry, Offer, PeriodSeats, ReplyRecord
from offers.standings import Market
from programmes.desk import roles_held
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
class OfferAdmin(PeriodsDesk):
    """The offers, period by period."""

    roles = READERS

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(period__procedure__in=_procedures(request))

    def get_urls(self) -> list[Any]:
        return [self.below("<slug:slug>/", self.board, "offers_periods"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The board of the youngest procedure that has periods."""
        procedure = next(iter(_procedures(request)), None)
        if procedure is None:
            title = gettext("Propositions")
            return self.framed(request, "admin/offers/periods.html", title, procedure=None)
        return redirect("admin:offers_periods", slug=procedure.slug)

    def board(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The periods of one procedure."""
        procedures = _procedures(request)
        procedure = next((one for one in procedures if one.slug == slug), None)
        if procedure is None:
            raise Http404
        foresight = foresee(procedure)
        next_offers = foresight.next_offers if _is_one_to_come(procedure) else {}
        given = _replies(procedure)
        by_relatives = [reply.dossier_id for reply in given if reply.by_relative]
        dossiers = _dossiers([*foresight.silent, *next_offers, *by_relatives])
        return self.framed(
            request,
            "admin/offers/periods.html",
            gettext("Propositions"),
            procedure=procedure,
            procedures=procedures,
            period=foresight.period,
            now=procedure.now(),
            rows=_period_rows(procedure, given),
            pools=_pool_rows(foresight.market, procedure),
            silent=_silent(foresight, dossiers),
            foreseen=_foreseen(foresight, next_offers, dossiers),
            by_relatives=_by_relatives(given, dossiers),
        )


def _procedures(request: HttpRequest) -> list[Procedure]:
    """The procedures with periods in which the person has one of the roles, the youngest first; read with the periods
    and how many offers were made in each (`offered`).
    """
    held = roles_held(request)
    procedures = [procedure for procedure in held.procedures if held.has(procedure, *READERS)]
    prefetch_related_objects(procedures, Prefetch("periods", Period.objects.annotate(offered=Count("offers"))))
    return [procedure for procedure in procedures if procedure.periods.all()]


def _replies(procedure: Procedure) -> list[ReplyRecord]:
    """All replies given in its periods, in their order, each with its period."""
    return list(ReplyRecord.objects.filter(period__procedure=procedure).select_related("period").order_by("pk"))


def _period_rows(procedure: Procedure, given: Iterable[ReplyRecord]) -> list[dict[str, Any]]:
    """The periods, with what was offered and answered in each."""
    last = {(reply.period_id, reply.dossier_id): reply.reply for reply in given}
    replies = Counter((period, reply) for (period, _dossier), reply in last.items())
    silent = ListEntry.objects.filter(pool__programme__procedure=procedure, struck_because=ListEntry.Struck.SILENT)
    removed = dict(silent.order_by().values_list("struck_at").annotate(Count("dossier", distinct=True)))
    return [
        {
            "period": period,
            "state": _state(period),
            "offers": getattr(period, "offered", 0),
            "replies": [(kind.label, replies[period.pk, kind.value]) for kind in ReplyRecord.Kind],
            "removed": removed.get(period.closed_at, 0) if period.closed_at else None,
        }
        for period in procedure.periods.all()
    ]


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


def _pool_rows(market: Market, procedure: Procedure) -> list[dict[str, Any]]:
    """The seats of each pool, how many are held, and how far its list was called."""
    waiting = Counter(pool_id for live in market.live.values() for pool_id in live)
    reached: dict[int, int | None] = {}
    for seats in PeriodSeats.objects.filter(period__procedure=procedure).order_by("period__number"):
        reached[seats.pool_id] = seats.last_called
    return [
        {
            "pool": pool,
            "ranked": len(market.lists[pool.pk]),
            "in_play": waiting[pool.pk],
            "held": market.held[pool.pk],
            "last_called": reached.get(pool.pk),
        }
        for pool in market.pools.values()
    ]


def _silent(foresight: Foresight, dossiers: Mapping[UUID, Dossier]) -> list[dict[str, Any]]:
    """Those about to be removed, with what they are offered."""
    silent = sorted((dossiers[key] for key in foresight.silent), key=lambda dossier: dossier.reference)
    offered, pools = foresight.offered, foresight.market.pools
    return [{"dossier": dossier, "pool": pools.get(offered.get(dossier.pk, 0))} for dossier in silent]


def _by_relatives(given: Iterable[ReplyRecord], dossiers: Mapping[UUID, Dossier]) -> list[ReplyRecord]:
    """The replies that relatives gave by code, the latest first. Rule: AST-19."""
    replies = [reply for reply in given if reply.by_relative]
    for reply in replies:
        reply.dossier = dossiers[reply.dossier_id]
    return replies[::-1]


def _foreseen(
    foresight: Foresight, next_offers: Mapping[UUID, int], dossiers: Mapping[UUID, Dossier]
) -> list[Foreseen]:
    """The next offers if the period under way ended now: by pool, the new ones first, then by name."""
    found = [
        Foreseen(dossiers[key], foresight.market.pools[pool], foresight.offered.get(key) == pool)
        for key, pool in next_offers.items()
    ]
    return sorted(
        found, key=lambda each: (str(each.pool), each.is_kept, each.dossier.candidate.folded_name, each.dossier.pk)
    )


def _is_one_to_come(procedure: Procedure) -> bool:
    """Whether a period will still open."""
    return any(period.opened_at is None and period.ends_at > procedure.now() for period in procedure.periods.all())


def _dossiers(keys: Iterable[UUID]) -> dict[UUID, Dossier]:
    """Those dossiers with their candidates."""
    return Dossier.objects.select_related("candidate__user").in_bulk(set(keys))
