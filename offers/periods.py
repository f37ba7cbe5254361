"""The periods: opening makes the offers, closing applies the replies and the silences.

Both are due acts: the periodic task turns the periods at their hours, again after a crash, and a second call does
nothing. The rules themselves are in `offers.allocation`; here they meet the database, the journal and the mails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from journal.errors import Closed, Refused
from journal.record import record
from juries.models import Publication
from offers.allocation import Reply, Standing, allocate, is_removed, last_called, standing_after
from offers.enrolment import give_up_seats, take_seat
from offers.models import ListEntry, Offer, PeriodSeats
from offers.period_mails import dossiers_of, write_of_closing, write_of_opening
from offers.standings import Market, last_replies, lock_market, offers_of
from programmes.models import Period, Pool, Procedure, Step

Struck = ListEntry.Struck

STRUCK_BY = {
    None: Struck.SILENT,
    Reply.WITHDRAW: Struck.WITHDRAWN,
    Reply.ACCEPT: Struck.ACCEPTED_ELSEWHERE,
    Reply.ACCEPT_BUT: Struck.BETTER_OFFER,
    Reply.DECLINE_BUT: Struck.BETTER_OFFER,
}


class OutOfOrder(Refused):
    """A period opens after the results and after the end of the one before; it closes after it has opened."""


class TooFewCalls(Refused):
    """A pool would call fewer candidates than hold a seat there: somebody would lose it."""


@dataclass(frozen=True)
class Ending:
    """What the end of a period changes for one candidate."""

    seat: int | None  # the pool whose seat is taken for good now
    gives_up: bool  # withdrew, after having taken a seat for good in an earlier period
    is_removed: bool  # was silent, and so is out of play
    struck: Mapping[int, str]  # the pools in which the candidate no longer counts, and why

    @property
    def is_out_for_silence(self) -> bool:
        """Whether an answer would have kept something."""
        return Struck.SILENT in self.struck.values()

    @property
    def ends_without_seat(self) -> bool:
        """Whether the candidate still hoped, in vain, when the last period ended."""
        return self.seat is None and Struck.ENDED in self.struck.values()


def turn_periods(procedure: Procedure) -> None:
    """Close the periods that are over and open the one that has begun, in their order. A due act.

    Rules: AST-17, AST-19.
    """
    if not results_are_public(procedure):
        return
    for period in procedure.periods.filter(starts_at__lte=procedure.now(), closed_at=None).order_by("number"):
        if period.opened_at is not None:
            if procedure.now() < period.ends_at:
                return
            close_period(period.pk)
        elif procedure.now() < period.ends_at:
            open_period(period.pk)
        elif is_last(period):
            return  # what it would end needs answers: the office gives it other dates
        else:
            skip_period(period.pk)


@transaction.atomic
def open_period(period_id: int) -> None:
    """Make the offers of a period whose hour has come. A second call does nothing.

    Raises:
        Closed: its hour has not come, or its end is past.
        OutOfOrder: the results are not public, or the period before is not closed.
        TooFewCalls: a pool has fewer calls than candidates who hold a seat there.
    Rules: AST-17, AST-20.
    """
    period = _locked(period_id)
    procedure = period.procedure
    if period.opened_at is not None:
        return
    if procedure.now() < period.starts_at:
        raise Closed(gettext("La période n’a pas encore commencé."))
    if procedure.now() >= period.ends_at:
        raise Closed(gettext("La période s’est terminée sans avoir été ouverte."))
    _require_turn(period)
    market = lock_market(procedure)
    _require_calls_for_held(market)
    offers = allocate(market.calls, market.lists, market.live)
    Offer.objects.bulk_create(
        Offer(period=period, dossier_id=dossier_id, pool_id=pool_id, made_at=procedure.now())
        for dossier_id, pool_id in offers.items()
    )
    _keep_seats(period, market, offers)
    period.opened_at = procedure.now()
    period.save(update_fields=["opened_at"])
    record("period.opened", period, offers={str(dossier_id): pool_id for dossier_id, pool_id in offers.items()})
    write_of_opening(period, market.standings, offers, at_last=is_last(period))


@transaction.atomic
def close_period(period_id: int) -> None:
    """Apply the last reply of each candidate in play, or the silence. A second call does nothing.

    After the last period a held OUI MAIS becomes final and all else ends.

    Raises:
        Closed: its end has not come.
        OutOfOrder: it was never opened.
    Rules: AST-18, AST-19.
    """
    period = _locked(period_id)
    if period.closed_at is not None:
        return
    if period.opened_at is None:
        raise OutOfOrder(gettext("La période n’a pas été ouverte."))
    if period.procedure.now() < period.ends_at:
        raise Closed(gettext("La période n’est pas terminée."))
    endings = _endings(period, lock_market(period.procedure))
    _strike(period.procedure, endings)
    give_up_seats(period.procedure, [dossier_id for dossier_id, ending in endings.items() if ending.gives_up])
    _take_seats(period, {dossier_id: ending.seat for dossier_id, ending in endings.items() if ending.seat is not None})
    removed = [dossier_id for dossier_id, ending in endings.items() if ending.is_removed]
    period.closed_at = period.procedure.now()
    period.save(update_fields=["closed_at"])
    record("period.closed", period, removed=[str(dossier_id) for dossier_id in removed])
    write_of_closing(
        period,
        silent=[dossier_id for dossier_id, ending in endings.items() if ending.is_out_for_silence],
        ended=[dossier_id for dossier_id, ending in endings.items() if ending.ends_without_seat],
    )


@transaction.atomic
def skip_period(period_id: int) -> None:
    """Pass over a period that ended before it could open: nobody is out for not having answered in it.

    Raises:
        Closed: its end has not come.
        OutOfOrder: it did open, it is the last, the results are not public, or the period before is not closed.
    """
    period = _locked(period_id)
    if period.procedure.now() < period.ends_at:
        raise Closed(gettext("La période n’est pas terminée."))
    if period.opened_at is not None or is_last(period):
        raise OutOfOrder(gettext("Cette période ne peut pas être sautée."))
    _require_turn(period)
    period.opened_at = period.closed_at = period.procedure.now()
    period.save(update_fields=["opened_at", "closed_at"])
    record("period.skipped", period)


def results_are_public(procedure: Procedure) -> bool:
    """Whether the admission's results, and with them the lists, are public on the procedure's clock."""
    public = Publication.objects.filter(visible_at__lte=procedure.now())
    return public.filter(step__procedure=procedure, step__kind=Step.Kind.ADMISSION).exists()


def current_period(procedure: Procedure) -> Period | None:
    """The period under way on the procedure's clock: opened, not closed, within its hours."""
    now = procedure.now()
    return next((period for period in procedure.periods.all() if period.is_under_way(now)), None)


def is_last(period: Period) -> bool:
    """Whether no period comes after it."""
    return not period.procedure.periods.filter(number__gt=period.number).exists()


def ending_of(standing: Standing[int], offer: int | None, reply: Reply | None, *, at_last: bool) -> Ending:
    """What the end of a period, perhaps the last, changes for one candidate. Rules: AST-18, AST-19."""
    after = standing_after(standing, offer, reply)
    takes = (after.accepted_for_good or at_last) and not standing.accepted_for_good
    kept = {after.held} if at_last else set(after.live)
    nothing_to_answer = at_last and offer is None and reply is None
    return Ending(
        seat=after.held if takes else None,
        gives_up=standing.accepted_for_good and not after.live,
        is_removed=is_removed(standing, reply),
        struck={
            pool: Struck.ENDED if pool in after.live or nothing_to_answer else _struck_by(reply, pool, offer)
            for pool in standing.live
            if pool not in kept
        },
    )


def _struck_by(reply: Reply | None, pool: int, offer: int | None) -> str:
    return Struck.DECLINED if reply is Reply.DECLINE_BUT and pool == offer else STRUCK_BY[reply]


def _locked(period_id: int) -> Period:
    """The period, locked against another opening or closing; a reply, which only refers to it, does not wait."""
    periods = Period.objects.select_for_update(of=("self",), no_key=True).select_related("procedure")
    return periods.get(pk=period_id)


def _require_turn(period: Period) -> None:
    if not results_are_public(period.procedure):
        raise OutOfOrder(gettext("Les résultats de l’admission ne sont pas encore publics."))
    if period.procedure.periods.filter(number__lt=period.number, closed_at=None).exists():
        raise OutOfOrder(gettext("La période précédente n’est pas encore fermée."))


def _require_calls_for_held(market: Market) -> None:
    for pool in Pool.objects.filter(pk__in=market.held).select_related("programme__school", "track"):
        if pool.capacity < market.held[pool.pk]:
            raise TooFewCalls(
                gettext("%(pool)s : %(held)d candidats gardent une place, pour %(calls)d appels.")
                % {"pool": pool, "held": market.held[pool.pk], "calls": pool.capacity}
            )


def _keep_seats(period: Period, market: Market, offers: Mapping[UUID, int]) -> None:
    """Keep the seats and calls on which the offers were made, and the last rank called so far. Rule: AST-20."""
    reached = last_called(offers, market.lists)
    before = PeriodSeats.objects.filter(period__procedure=period.procedure)
    for pool_id, rank in before.values_list("pool_id", "last_called"):
        if rank is not None:
            reached[pool_id] = max(rank, reached.get(pool_id, 0))
    PeriodSeats.objects.bulk_create(
        PeriodSeats(period=period, pool=pool, seats=pool.seats, calls=pool.capacity, last_called=reached.get(pool.pk))
        for pool in Pool.objects.filter(pk__in=market.calls)
    )


def _endings(period: Period, market: Market) -> dict[UUID, Ending]:
    offers, replies, at_last = offers_of(period), last_replies(period), is_last(period)
    return {
        dossier_id: ending_of(standing, offers.get(dossier_id), replies.get(dossier_id), at_last=at_last)
        for dossier_id, standing in sorted(market.standings.items())
    }


def _strike(procedure: Procedure, endings: Mapping[UUID, Ending]) -> None:
    by_pool_and_reason: dict[tuple[int, str], list[UUID]] = defaultdict(list)
    for dossier_id, ending in endings.items():
        for pool_and_reason in ending.struck.items():
            by_pool_and_reason[pool_and_reason].append(dossier_id)
    for (pool_id, because), dossier_ids in by_pool_and_reason.items():
        entries = ListEntry.objects.live().filter(pool_id=pool_id, dossier__in=dossier_ids)
        entries.update(struck_at=procedure.now(), struck_because=because)


def _take_seats(period: Period, seats: Mapping[UUID, int]) -> None:
    pools = Pool.objects.select_related("programme__school", "track").in_bulk(set(seats.values()))
    for dossier in dossiers_of(period.procedure, seats):
        take_seat(dossier, pools[seats[dossier.pk]])
