"""The periods: opening makes the offers, closing applies the replies and the silences.

Both are due acts: the periodic task calls them at their hour, again after a crash, and a second call does nothing.
The rules themselves are in `offers.allocation`; here they meet the database, the journal and the mails.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from applicants.models import Dossier
from journal.clock import instant
from journal.errors import Closed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from offers.allocation import Reply, allocate, is_removed, last_called, standing_after
from offers.enrolment import give_up_seats, take_seat
from offers.models import ListEntry, Offer, PeriodSeats
from offers.standings import Market, last_replies, lock_market, offers_of, read_market
from programmes.models import Period, Pool

STRUCK_BY = {
    None: ListEntry.Struck.SILENT,
    Reply.WITHDRAW: ListEntry.Struck.WITHDRAWN,
    Reply.ACCEPT: ListEntry.Struck.ACCEPTED_ELSEWHERE,
    Reply.ACCEPT_BUT: ListEntry.Struck.BETTER_OFFER,
    Reply.DECLINE_BUT: ListEntry.Struck.BETTER_OFFER,
}


class OutOfOrder(Refused):
    """A period cannot open before the one before it has closed, nor close before it has opened."""


@dataclass
class Ending:
    """What the end of a period changes. Candidates go by their dossier's primary key, pools by theirs."""

    taken: dict[UUID, int] = field(default_factory=dict)  # seats taken for good
    given_up: list[UUID] = field(default_factory=list)  # withdrew after having accepted for good
    removed: list[UUID] = field(default_factory=list)  # were silent
    struck: dict[tuple[str, int], list[UUID]] = field(default_factory=lambda: defaultdict(list))  # by reason and pool


@transaction.atomic
def open_period(period_id: int) -> None:
    """Make the offers of a period whose hour has come. A second call does nothing.

    Raises:
        Closed: its hour has not come.
        OutOfOrder: the period before is not closed.
    Rules: AST-17, AST-20.
    """
    period = _locked(period_id)
    if period.opened_at is not None:
        return
    if period.procedure.now() < period.starts_at:
        raise Closed(gettext("La période n'a pas encore commencé."))
    if period.procedure.periods.filter(number__lt=period.number, closed_at=None).exists():
        raise OutOfOrder(gettext("La période précédente n'est pas encore fermée."))
    market = lock_market(period.procedure)
    offers = allocate(market.calls, market.lists, market.live)
    Offer.objects.bulk_create(
        Offer(period=period, dossier_id=dossier_id, pool_id=pool_id, made_at=instant())
        for dossier_id, pool_id in offers.items()
    )
    _keep_seats(period, market, offers)
    period.opened_at = instant()
    period.save(update_fields=["opened_at"])
    record("period.opened", period, offers=len(offers), in_play=len(market.live))
    _tell_of_opening(period, market, offers)


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
        raise OutOfOrder(gettext("La période n'a pas été ouverte."))
    if period.procedure.now() < period.ends_at:
        raise Closed(gettext("La période n'est pas terminée."))
    ending = _ending_of(period, lock_market(period.procedure))
    _strike(ending)
    give_up_seats(ending.given_up)
    period.closed_at = instant()
    period.save(update_fields=["closed_at"])
    record("period.closed", period, removed=len(ending.removed), taken=len(ending.taken))
    dossiers = Dossier.objects.select_related("candidate__user", "procedure", "version").in_bulk(
        [*ending.taken, *ending.removed]
    )
    pools = Pool.objects.select_related("programme__school", "track").in_bulk(set(ending.taken.values()))
    for dossier_id, pool_id in sorted(ending.taken.items()):
        take_seat(dossiers[dossier_id], pools[pool_id])
    for dossier_id in sorted(ending.removed):
        _tell("removed_for_silence", period, dossiers[dossier_id])


def about_to_be_removed(period: Period) -> list[Dossier]:
    """Who will be out of every list if the period closes now: in play, bound to answer, silent so far. Rule: AST-19."""
    market, replies = read_market(period.procedure), last_replies(period)
    silent = [
        dossier_id
        for dossier_id, standing in market.standings.items()
        if is_removed(standing, _as_reply(replies.get(dossier_id)))
    ]
    return list(Dossier.objects.filter(pk__in=silent).select_related("candidate__user").order_by("reference"))


def _locked(period_id: int) -> Period:
    return Period.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=period_id)


def _as_reply(value: str | None) -> Reply | None:
    return Reply(value) if value else None


def _keep_seats(period: Period, market: Market, offers: dict[UUID, int]) -> None:
    """Keep the seats and calls on which the offers were made, and the last rank called so far. Rule: AST-20."""
    reached = last_called(offers, market.lists)
    before: dict[int, int] = {}
    for seats in PeriodSeats.objects.filter(period__procedure=period.procedure, last_called__isnull=False):
        before[seats.pool_id] = max(before.get(seats.pool_id, 0), seats.last_called or 0)
    PeriodSeats.objects.bulk_create(
        PeriodSeats(
            period=period,
            pool=pool,
            seats=pool.seats,
            calls=pool.capacity,
            last_called=max(before.get(pool.pk, 0), reached.get(pool.pk, 0)) or None,
        )
        for pool in Pool.objects.filter(pk__in=market.calls)
    )


def _ending_of(period: Period, market: Market) -> Ending:
    """Work out what the end of `period` changes, from the last replies and the silences."""
    offers, replies = offers_of(period), last_replies(period)
    is_last = not period.procedure.periods.filter(number__gt=period.number).exists()
    ending = Ending()
    for dossier_id, standing in market.standings.items():
        offer, reply = offers.get(dossier_id), _as_reply(replies.get(dossier_id))
        after = standing_after(standing, offer, reply)
        if is_removed(standing, reply):
            ending.removed.append(dossier_id)
        if standing.accepted_for_good and not after.live:
            ending.given_up.append(dossier_id)
        seat = after.held if after.accepted_for_good or is_last else None
        if seat is not None and not standing.accepted_for_good:
            ending.taken[dossier_id] = seat
        kept = {seat} if is_last and not after.accepted_for_good else set(after.live)
        for pool_id in standing.live:
            if pool_id not in after.live:
                declined = reply is Reply.DECLINE_BUT and pool_id == offer
                because = ListEntry.Struck.DECLINED if declined else STRUCK_BY[reply]
                ending.struck[because, pool_id].append(dossier_id)
            elif pool_id not in kept:
                ending.struck[ListEntry.Struck.ENDED, pool_id].append(dossier_id)
    return ending


def _strike(ending: Ending) -> None:
    for (because, pool_id), dossier_ids in ending.struck.items():
        entries = ListEntry.objects.filter(pool_id=pool_id, dossier_id__in=dossier_ids)
        entries.update(struck_at=instant(), struck_because=because)


def _tell_of_opening(period: Period, market: Market, offers: dict[UUID, int]) -> None:
    """Write to everyone in play who has something to answer; a seat accepted for good needs no further answer."""
    dossiers = Dossier.objects.select_related("candidate__user", "procedure").in_bulk(list(market.live))
    pools = Pool.objects.select_related("programme__school", "track").in_bulk(list(market.calls))
    for dossier_id, standing in sorted(market.standings.items()):
        if standing.accepted_for_good or not standing.live:
            continue
        pool_id = offers.get(dossier_id)
        if pool_id is None:
            _tell("period_without_offer", period, dossiers[dossier_id])
        else:
            pool = pools[pool_id]
            _tell(
                "offer_made",
                period,
                dossiers[dossier_id],
                school=pool.programme.school.name,
                track=pool.track.label,
            )


def _tell(kind: str, period: Period, dossier: Dossier, **context: object) -> None:
    queue_mail(
        kind,
        to=dossier.candidate.user,
        key=f"{kind}:{period.pk}:{dossier.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        period=period.number,
        ends_at=period.ends_at,
        path=f"/places/{dossier.procedure.slug}/",
        **context,
    )
