"""Foresight: what the next turn of the periods would do, from what is known now. Nothing is written.

The office sees who is about to be removed, and who would be offered what if the period under way ended now; both change
with every reply until the hour comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from applicants.models import Dossier
from offers.allocation import Reply, Standing, allocate, is_removed, standing_after
from offers.periods import current_period
from offers.standings import Market, last_replies, offers_of, read_market, standings_in
from programmes.models import Period, Procedure


@dataclass(frozen=True)
class Foresight:
    """All that the next turn hangs on, as it was read."""

    period: Period | None  # the one under way
    market: Market
    offered: Mapping[UUID, int]  # in that period
    replies: Mapping[UUID, Reply]

    @cached_property
    def silent(self) -> list[UUID]:
        """Who will be out of every list if the period closes now. Rule: AST-19."""
        return _silent(self.market.standings, self.replies) if self.period else []

    @cached_property
    def next_offers(self) -> dict[UUID, int]:
        """The pool that each candidate would be offered at the next opening, if the period under way ended now."""
        live = self.market.live
        if self.period is not None:
            live = {
                dossier_id: standing_after(standing, self.offered.get(dossier_id), self.replies.get(dossier_id)).live
                for dossier_id, standing in self.market.standings.items()
            }
        return allocate(self.market.calls, self.market.lists, live)


def foresee(procedure: Procedure) -> Foresight:
    """Read what the next turn hangs on."""
    period, market = current_period(procedure), read_market(procedure)
    if period is None:
        return Foresight(None, market, {}, {})
    return Foresight(period, market, offers_of(period), last_replies(period))


def silent_in(period: Period) -> list[UUID]:
    """Who is in play in `period`, bound to answer, and silent so far. Rule: AST-19."""
    return _silent(standings_in(period.procedure), last_replies(period))


def about_to_be_removed(period: Period) -> list[Dossier]:
    """The dossiers of `silent_in`, with their candidates."""
    return list(
        Dossier.objects.filter(pk__in=silent_in(period)).select_related("candidate__user").order_by("reference")
    )


def _silent(standings: Mapping[UUID, Standing[int]], replies: Mapping[UUID, Reply]) -> list[UUID]:
    return [dossier_id for dossier_id, standing in standings.items() if is_removed(standing, replies.get(dossier_id))]
