"""The market as it stands: the rows of the lists read as the values on which the allocation works.

A candidate is live for a pool when the dossier chose its programme, is on its list, and that entry is not struck out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from applicants.models import Choice, Dossier, Status
from offers.allocation import Standing
from offers.models import Enrolment, ListEntry, Offer, ReplyRecord
from programmes.models import Period, Pool, Procedure


@dataclass(frozen=True)
class Market:
    """All that the offers of a period depend on. Pools go by their primary key, candidates by their dossier's."""

    calls: dict[int, int]
    lists: dict[int, list[UUID]]  # every rank, struck out or not, so that places are ranks
    standings: dict[UUID, Standing[int]]

    @property
    def live(self) -> dict[UUID, tuple[int, ...]]:
        """The live choices of those in play, best first."""
        return {dossier: standing.live for dossier, standing in self.standings.items() if standing.live}


def lock_market(procedure: Procedure) -> Market:
    """Lock the dossiers in play and the pools of `procedure` for this transaction, and read the market.

    A reply locks its dossier too, so none can slip in between what is read here and what is written from it.
    """
    in_play = ListEntry.objects.live().filter(pool__programme__procedure=procedure).values("dossier")
    list(Dossier.objects.filter(pk__in=in_play).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    pools = Pool.objects.filter(programme__procedure=procedure).order_by("pk").select_for_update(of=("self",))
    return _read(procedure, list(pools))


def read_market(procedure: Procedure) -> Market:
    """The market without a lock, to show what would happen."""
    return _read(procedure, list(Pool.objects.filter(programme__procedure=procedure).order_by("pk")))


def standing_of(dossier: Dossier) -> Standing[int]:
    """Where one candidate stands: the live choices, best first."""
    pool_ranks = {choice.programme_id: choice.rank for choice in dossier.choices.all()}
    entries = dossier.list_entries.live().select_related("pool")
    live = sorted(
        (entry.pool for entry in entries if entry.pool.programme_id in pool_ranks),
        key=lambda pool: pool_ranks[pool.programme_id],
    )
    enrolled = Enrolment.objects.standing().filter(dossier=dossier).exists()
    if dossier.status != Status.VALIDATED:
        live = []
    return Standing(tuple(pool.pk for pool in live), accepted_for_good=enrolled)


def last_replies(period: Period) -> dict[UUID, str]:
    """The reply that counts of each candidate who gave one in `period`: the last."""
    return dict(ReplyRecord.objects.filter(period=period).order_by("pk").values_list("dossier_id", "reply"))


def offers_of(period: Period) -> dict[UUID, int]:
    """The pool offered to each candidate in `period`."""
    return dict(Offer.objects.filter(period=period).values_list("dossier_id", "pool_id"))


def _read(procedure: Procedure, pools: list[Pool]) -> Market:
    lists: dict[int, list[UUID]] = {pool.pk: [] for pool in pools}
    programme_of = {pool.pk: pool.programme_id for pool in pools}
    live: dict[UUID, list[int]] = defaultdict(list)
    entries = ListEntry.objects.filter(pool__in=pools).order_by("pool", "rank")
    for pool_id, dossier_id, struck_at, status in entries.values_list(
        "pool_id", "dossier_id", "struck_at", "dossier__status"
    ):
        lists[pool_id].append(dossier_id)
        if struck_at is None and status == Status.VALIDATED:
            live[dossier_id].append(pool_id)
    preference = {
        (dossier_id, programme_id): rank
        for dossier_id, programme_id, rank in Choice.objects.filter(dossier__procedure=procedure).values_list(
            "dossier_id", "programme_id", "rank"
        )
    }
    enrolled = set(
        Enrolment.objects.standing().filter(dossier__procedure=procedure).values_list("dossier_id", flat=True)
    )
    standings = {
        dossier_id: Standing(
            tuple(sorted(pool_ids, key=lambda pool_id: preference[dossier_id, programme_of[pool_id]])),
            accepted_for_good=dossier_id in enrolled,
        )
        for dossier_id, pool_ids in live.items()
    }
    return Market({pool.pk: pool.capacity for pool in pools}, lists, standings)
