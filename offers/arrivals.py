"""Arrivals: the rank of somebody whom the jury refused, and admits by a correction once the lists are public.

The two persons of the correction decide that the candidate is admitted; the rank follows from it. It is the last on the
list of each school that the dossier chose: so nobody else's rank moves, and nobody loses a place that was offered.
"""

from __future__ import annotations

from django.db.models import Max

from applicants.dossiers import home_of, lock
from applicants.models import Dossier, Status
from journal.followups import acts_on
from journal.record import record
from juries.announcements import GIVE_A_PLACE
from juries.models import Decision
from juries.publication import CORRECTED_FACT
from notifications.outbox import queue_mail
from offers.allocation import Reply
from offers.models import ListEntry, ReplyRecord
from programmes.models import Pool, Procedure, Step


@acts_on(CORRECTED_FACT)
def rank_if_admitted(decision_id: str) -> None:
    """Rank last, on every list of their choices, somebody who was on none and whose refusal was corrected.

    In a period under way the candidate waits, as if they had said so. Repeating it changes nothing. Rules: AST-16,
    AST-20, AST-24.
    """
    decision = Decision.objects.select_related("step__procedure").get(pk=int(decision_id))
    if decision.choice_id is not None:
        return  # there are no lists where each programme decides: a place follows (`offers.places`)
    procedure = decision.step.procedure
    # Before the dossier, as whoever opens or closes a period does: no list is read while somebody is added to it.
    list(procedure.periods.select_for_update(of=("self",), no_key=True).order_by("pk"))
    dossier = lock(decision.dossier_id)
    decision.refresh_from_db(fields=["outcome"])
    is_admitted = decision.step.kind == Step.Kind.ADMISSION and decision.outcome in GIVE_A_PLACE
    if not is_admitted or dossier.status != Status.VALIDATED or dossier.list_entries.exists():
        return
    ranks = {pool.programme.school.name: _rank_last(pool, dossier) for pool in _pools_of(dossier)}
    record("rank.given", dossier, ranks=list(ranks.values()))
    _wait_in_period_under_way(procedure, dossier)
    _tell(dossier, ranks)


def _pools_of(dossier: Dossier) -> list[Pool]:
    """The pools of the programmes that the dossier chose, in its order, locked against another who arrives."""
    pools = Pool.objects.filter(programme__choices__dossier=dossier, track=dossier.track_id)
    locked = pools.select_for_update(of=("self",), no_key=True).order_by("pk").select_related("programme__school")
    rank_of = {choice.programme_id: choice.rank for choice in dossier.ranked_choices}
    return sorted(locked, key=lambda pool: rank_of[pool.programme_id])


def _rank_last(pool: Pool, dossier: Dossier) -> int:
    last = pool.entries.aggregate(last=Max("rank"))["last"] or 0
    return ListEntry.objects.create(pool=pool, dossier=dossier, rank=last + 1).rank


def _wait_in_period_under_way(procedure: Procedure, dossier: Dossier) -> None:
    """Nobody is out for not having answered in a period that had begun without them."""
    period = procedure.periods.filter(opened_at__isnull=False, closed_at=None).first()
    if period is not None:
        ReplyRecord.objects.create(period=period, dossier=dossier, reply=Reply.WAIT, given_at=procedure.now())


def _tell(dossier: Dossier, ranks: dict[str, int]) -> None:
    procedure = dossier.procedure
    coming = procedure.periods.filter(opened_at=None, ends_at__gt=procedure.now()).first()
    queue_mail(
        "rank_given",
        to=dossier.candidate.user,
        key=f"rank-given:{dossier.pk}",
        procedure=procedure,
        name=dossier.candidate.full_name,
        ranks=[{"school": school, "rank": rank} for school, rank in ranks.items()],
        starts_at=coming.starts_at if coming else None,
        path=home_of(dossier),
    )
