"""The waiting list: who comes next when a seat is free.

Whoever was admitted and found all seats held comes first; then those whom the jury put on the waiting list, by rank.
Where the procedure calls by itself it does so once for each place that ended: seats that the jury left free are given
by the jury, or by staff. Rules: NE-05, IIM-05, IIM-06.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Status
from journal.errors import Refused
from juries.announcements import GIVE_A_PLACE
from juries.models import Decision
from offers.models import Place
from offers.place_rows import free_seats
from offers.places import KEEPERS, offer_place
from programmes.models import Pool, Procedure, Step
from programmes.roles import require_role
from programmes.rules import Who

WAITING = Decision.Outcome.WAITING


class NobodyToCall(Refused):
    """Nobody waits for a seat of the pool, or no seat is free."""


@transaction.atomic
def call_next(pool_id: int, decision_id: int, *, by: User) -> Place:
    """Offer a free seat to the next of the waiting list, whom `decision_id` names as `by` saw it.

    Raises:
        NotAllowed: `by` does not work for the programme.
        NobodyToCall: no seat is free, or somebody else is next by now.
    Rules: NE-05, IIM-05.
    """
    pool = Pool.objects.select_related("programme__school", "programme__procedure", "track").get(pk=pool_id)
    require_role(by, pool.procedure, *KEEPERS, programme=pool.programme)
    upcoming = next_in_line(pool).first()
    if upcoming is None or upcoming.pk != decision_id:
        raise NobodyToCall(gettext("Cette personne n’est pas, ou n’est plus, la prochaine de la liste. Relisez-la."))
    place = offer_place(decision_id, by=by)
    if place is None:
        raise NobodyToCall(gettext("Toutes les places de cette formation sont gardées : aucune n’est à proposer."))
    return place


def fill_places(procedure: Procedure) -> int:
    """Offer the seats that are free to whoever has a right to them; return how many. A due act.

    Each is offered in an act of its own, which looks again under its locks.
    """
    rule = procedure.rules.confirmation if procedure.rules else None
    if rule is None:
        return 0
    calls, lines = rule.call_next == Who.AUTOMATIC, lines_of(procedure)
    waiting = lines if calls else lines.exclude(outcome=WAITING)
    return sum(_fill(pool, calls=calls) for pool in pools_of(procedure, waiting))


def pools_of(procedure: Procedure, lines: QuerySet[Decision]) -> list[Pool]:
    """The pools of a procedure for which somebody of these lines waits."""
    waited_for = set(lines.order_by().values_list("choice__programme", "dossier__track"))
    if not waited_for:
        return []
    pools = Pool.objects.filter(programme__procedure=procedure)
    related = pools.select_related("programme__procedure", "programme__school", "track")
    return [pool for pool in related if (pool.programme_id, pool.track_id) in waited_for]


def next_in_line(pool: Pool) -> QuerySet[Decision]:
    """The public decisions that give, or may give, a right to a seat of `pool`, in their order."""
    return lines_of(pool.procedure).filter(choice__programme=pool.programme_id, dossier__track=pool.track_id)


def lines_of(procedure: Procedure) -> QuerySet[Decision]:
    """The same for all pools of a procedure, each in its order. Who is admitted has no rank, and comes first."""
    public = Decision.objects.published(procedure).filter(
        step__kind=Step.Kind.ADMISSION,
        choice__place=None,
        dossier__status=Status.VALIDATED,
        outcome__in=[*GIVE_A_PLACE, WAITING],
    )
    return public.order_by(F("rank").asc(nulls_first=True), "decided_at", "pk")


def freed_and_not_called_for(pool: Pool) -> int:
    """For how many places that ended nobody was called yet."""
    ended, called = ~Q(state__in=Place.STANDING), Q(decision__outcome=WAITING)
    found = pool.places.aggregate(ended=Count("pk", filter=ended), called=Count("pk", filter=called))
    return max(int(found["ended"] - found["called"]), 0)


def _fill(pool: Pool, *, calls: bool) -> int:
    offered = 0
    for decision in list(next_in_line(pool)[: free_seats([pool])[pool.pk]]):
        is_called = decision.outcome == WAITING
        if is_called and not (calls and freed_and_not_called_for(pool)):
            break
        offered += offer_place(decision.pk) is not None
    return offered
