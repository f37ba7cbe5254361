"""Foresight: what the next turn of the periods would do, from what is known now. Nothing is written.

The office sees who is about to be removed, and who would be offered what if the period under way ended now; both change
with every reply until the hour comes.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from applicants.models import Dossier
from offers.allocation import allocate, is_removed, standing_after
from offers.periods import current_period
from offers.standings import Market, last_replies, offers_of, read_market
from programmes.models import Period, Procedure


def about_to_be_removed(period: Period) -> list[Dossier]:
    """Who will be out of every list if the period closes now: in play, bound to answer, silent so far. Rule: AST-19."""
    market, replies = read_market(period.procedure), last_replies(period)
    silent = [
        dossier_id for dossier_id, standing in market.standings.items() if is_removed(standing, replies.get(dossier_id))
    ]
    return list(Dossier.objects.filter(pk__in=silent).select_related("candidate__user").order_by("reference"))


def foreseen_offers(procedure: Procedure) -> dict[UUID, int]:
    """The pool that each candidate would be offered at the next opening, if the period under way ended now."""
    market = read_market(procedure)
    if (period := current_period(procedure)) is not None:
        market = _as_if_closed(period, market)
    return allocate(market.calls, market.lists, market.live)


def _as_if_closed(period: Period, market: Market) -> Market:
    offers, replies = offers_of(period), last_replies(period)
    return replace(
        market,
        standings={
            dossier_id: standing_after(standing, offers.get(dossier_id), replies.get(dossier_id))
            for dossier_id, standing in market.standings.items()
        },
    )
