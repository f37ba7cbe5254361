"""Integration: in each period candidates answer what they are offered, or do not; between two the jury moves seats.

Opening and closing the periods is not played: the due acts do it at their hour. Rules: AST-17 to AST-21.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from applicants.models import Dossier
from campaign.rehearsal.company import Company, Event, between
from campaign.rehearsal.people import Habit, Person
from offers.allocation import Reply
from offers.models import ListEntry, Offer
from offers.replies import options_in, reply_to_offer, situation_in
from offers.seats import held_seats, move_seats
from programmes.models import Period, Pool

AFTER_THE_REMINDER = dt.timedelta(hours=4)  # before the end
SEATS_MOVE = dt.timedelta(hours=10)  # after a period's end
WISHES = {Reply.ACCEPT: 55, Reply.ACCEPT_BUT: 25, Reply.DECLINE_BUT: 8, Reply.WAIT: 90, Reply.WITHDRAW: 5}


def events(company: Company) -> Iterator[Event]:
    """The answers of each candidate in each period, and the seats moved after it."""
    periods = company.periods()
    for period in periods:
        for person in company.people:
            if not person.has(Habit.SILENT, period.number):
                yield Event(_moment(person, period), partial(reply, company, person, period))
        if period != periods[-1]:
            yield Event(period.ends_at + SEATS_MOVE, partial(move_free_seats, company))


def reply(company: Company, person: Person, period: Period) -> None:
    """Answer what is offered, or its absence, if there is something to answer; some answer twice."""
    dossier = company.dossier(person)
    if dossier is None or not ListEntry.objects.live().filter(dossier=dossier).exists():
        return
    if Offer.objects.filter(dossier=dossier, period__number__lt=period.number).exists() and _is_settled(dossier):
        return
    for number in range(2 if person.has(Habit.CHANGES_MIND, period.number) else 1):
        allowed = [option.reply for option in options_in(situation_in(period, dossier))]
        if allowed:
            dice = person.draw(f"reply {period.number} {number}")
            wished = dice.choices(allowed, [WISHES[option] for option in allowed])[0]
            company.attempt(reply_to_offer, dossier.pk, wished, by=dossier.candidate.user)


def move_free_seats(company: Company) -> None:
    """In each school, move the seats of a track that nobody waits for to one where somebody does."""
    pools = Pool.objects.filter(programme__procedure=company.procedure).select_related("programme", "track")
    ordered = list(pools.order_by("programme__position", "track__position"))
    held = held_seats(company.procedure)
    waiting = {pool.pk: _waiting(pool) for pool in ordered}
    for source in ordered:
        free = source.capacity - held.get(source.pk, 0)
        target = next(
            (pool for pool in ordered if pool.programme == source.programme and pool != source and waiting[pool.pk]),
            None,
        )
        if free > 0 and not waiting[source.pk] and target is not None:
            company.attempt(
                move_seats,
                source.pk,
                target.pk,
                min(free, waiting[target.pk]),
                reason="Filière sans candidat en attente.",
                by=company.staff.president,
            )
            return


def _moment(person: Person, period: Period) -> dt.datetime:
    """When the person answers: some day of the period, or only after having been reminded."""
    if person.has(Habit.NEEDS_REMINDING, period.number):
        return period.ends_at - AFTER_THE_REMINDER + dt.timedelta(seconds=person.number)
    return between(period.starts_at, period.ends_at, person.draw(f"answers in {period.number}").uniform(0.02, 0.9))


def _is_settled(dossier: Dossier) -> bool:
    """Whether a seat was accepted for good: then no answer is needed."""
    return hasattr(dossier, "enrolment")


def _waiting(pool: Pool) -> int:
    """How many candidates of the list hope for a seat of the pool and hold none there."""
    live = ListEntry.objects.live().filter(pool=pool, dossier__enrolment=None)
    return live.count()
