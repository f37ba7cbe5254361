"""The market as it stands: the rows of the lists read as the values on which the allocation works.

A candidate is live for a pool when the dossier chose its programme, is on its list, and that entry is not struck out.
Pools go by their primary key, candidates by their dossier's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from applicants.models import Dossier
from offers.allocation import OUT, Reply, Standing, offers_held
from offers.models import Enrolment, ListEntry, Offer, ReplyRecord
from programmes.models import Period, Pool, Procedure


@dataclass(frozen=True)
class Market:
    """All that the offers of a period depend on."""

    pools: dict[int, Pool]  # in the procedure's order, with programme, school and track
    lists: dict[int, list[UUID]]  # every rank, struck out or not, so that places are ranks
    standings: dict[UUID, Standing[int]]  # of those in play

    @property
    def calls(self) -> dict[int, int]:
        """How many offers may stand at once in each pool."""
        return {key: pool.capacity for key, pool in self.pools.items()}

    @property
    def live(self) -> dict[UUID, tuple[int, ...]]:
        """The live choices of those in play, best first."""
        return {dossier_id: standing.live for dossier_id, standing in self.standings.items()}

    @property
    def held(self) -> Counter[int]:
        """How many seats of each pool are held: taken for good, or kept while hoping for better."""
        return offers_held(self.standings.values())


def lock_market(procedure: Procedure) -> Market:
    """Lock the dossiers in play and the pools of `procedure` for this transaction, and read the market.

    A reply locks its dossier too, so none can slip in between what is read here and what is written from it.
    """
    in_play = ListEntry.objects.live().filter(pool__programme__procedure=procedure).values("dossier")
    for rows in (Dossier.objects.filter(pk__in=in_play), _pools_of(procedure)):
        list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    return read_market(procedure)


def read_market(procedure: Procedure) -> Market:
    """The market without a lock, to show what would happen."""
    pools = {pool.pk: pool for pool in _pools_of(procedure).select_related("programme__school", "track")}
    lists: dict[int, list[UUID]] = {key: [] for key in pools}
    entries = ListEntry.objects.filter(pool__programme__procedure=procedure).order_by("pool", "rank")
    for pool_id, dossier_id in entries.values_list("pool_id", "dossier_id"):
        lists[pool_id].append(dossier_id)
    return Market(pools, lists, standings_in(procedure))


def standing_of(dossier: Dossier) -> Standing[int]:
    """Where one candidate stands; nowhere, when out of play."""
    return standings_in(dossier.procedure, only=dossier).get(dossier.pk, OUT)


def held_of(live: Sequence[int], offered: int | None) -> int | None:
    """The pool kept between two periods: the last one offered, if it is still live.

    Only the replies that keep an offer leave it among the live choices.
    """
    return offered if offered in live else None


def offers_of(period: Period) -> dict[UUID, int]:
    """The pool offered to each candidate in `period`."""
    return dict(Offer.objects.filter(period=period).values_list("dossier_id", "pool_id"))


def last_replies(period: Period) -> dict[UUID, Reply]:
    """The reply that counts of each candidate who gave one in `period`: the last."""
    given = ReplyRecord.objects.filter(period=period).order_by("pk").values_list("dossier_id", "reply")
    return {dossier_id: Reply(reply) for dossier_id, reply in given}


def _pools_of(procedure: Procedure) -> QuerySet[Pool]:
    return Pool.objects.filter(programme__procedure=procedure)


def standings_in(procedure: Procedure, only: Dossier | None = None) -> dict[UUID, Standing[int]]:
    """Where those in play stand, or one of them."""
    entries = ListEntry.objects.live().filter(
        pool__programme__procedure=procedure, dossier__choices__programme=F("pool__programme")
    )
    seats = Enrolment.objects.standing().filter(dossier__procedure=procedure)
    offers = Offer.objects.filter(period__procedure=procedure, period__closed_at__isnull=False)
    if only is not None:
        entries, seats, offers = entries.filter(dossier=only), seats.filter(dossier=only), offers.filter(dossier=only)
    live: dict[UUID, list[int]] = defaultdict(list)
    for dossier_id, pool_id in entries.order_by("dossier__choices__rank").values_list("dossier_id", "pool_id"):
        live[dossier_id].append(pool_id)
    taken = dict(seats.values_list("dossier_id", "pool_id"))
    offered = dict(offers.order_by("period__number").values_list("dossier_id", "pool_id"))
    return {
        dossier_id: Standing(
            tuple(pools), held=held_of(pools, offered.get(dossier_id)), accepted_for_good=dossier_id in taken
        )
        for dossier_id, pools in live.items()
    }
