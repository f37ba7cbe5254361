"""Places: offered to whoever is admitted, one by one, where the procedure has no periods of offers.

A place holds a seat from the instant it is offered. Who offers one locks the dossier, then the pool, so that a pool
never has more places than seats. How a place is confirmed is in `offers.place_confirmation`, how it ends in
`offers.place_endings`, who is called when a seat is free in `offers.waiting_list`.
Rules: BS-07, NE-02, NE-05, IIM-05, IIM-06.
"""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from applicants.deposits import open_deposit
from applicants.dossiers import lock_where
from applicants.models import Dossier, Status
from journal.followups import acts_on
from journal.record import record
from juries.announcements import GIVE_A_PLACE, TOLD_FACT
from juries.models import Decision
from juries.publication import CORRECTED_FACT
from offers.confirmation import end_of_delay
from offers.models import Place
from offers.place_letters import tell_offered
from offers.place_rows import free_seats, lock_pool
from programmes.models import Pool, Step
from programmes.roles import OFFICE, VERIFIER

KEEPERS = (VERIFIER, OFFICE)  # they keep the places of the programmes for which they work


@acts_on(TOLD_FACT)
@acts_on(CORRECTED_FACT)
def offer_if_admitted(decision_id: str) -> None:
    """Offer a place to somebody who has just learnt of being admitted. Repeating it changes nothing.

    Where all seats are held the place is offered as soon as one is free, before anyone on the waiting list is called.
    """
    admitted = Decision.objects.filter(pk=int(decision_id), choice__isnull=False, outcome__in=GIVE_A_PLACE)
    dossier = lock_where(Dossier.objects.filter(decisions__in=admitted))
    if dossier is not None:
        _offer_if_free(dossier, int(decision_id), by=None)


@transaction.atomic
def offer_place(decision_id: int, *, by: User | None = None) -> Place | None:
    """Offer the place that a public decision gives a right to; None where it gives none, or no seat is left.

    A choice has one place at most: one that ended does not come back. Rules: BS-07, NE-05, IIM-05, IIM-06.
    """
    dossier = lock_where(Dossier.objects.filter(decisions=decision_id))
    return _offer_if_free(dossier, decision_id, by=by) if dossier is not None else None


def _offer_if_free(dossier: Dossier, decision_id: int, *, by: User | None) -> Place | None:
    """As `offer_place`, in an act that locked the dossier."""
    public = Decision.objects.published(dossier.procedure).filter(step__kind=Step.Kind.ADMISSION, choice__place=None)
    related = ("choice__programme__school", "dossier__candidate__user")
    decision = public.select_related(*related).filter(pk=decision_id).first()
    if decision is None or decision.choice is None or dossier.status != Status.VALIDATED:
        return None
    dossier.candidate = decision.dossier.candidate  # whom letters name
    pool = lock_pool(decision.choice.programme, dossier)
    if pool is None or free_seats(pool) < 1:
        return None
    return _offer(dossier, decision, pool, by=by)


def _offer(dossier: Dossier, decision: Decision, pool: Pool, *, by: User | None) -> Place | None:
    rule, choice, now = dossier.rules.confirmation, decision.choice, dossier.procedure.now()
    if rule is None or choice is None:
        return None
    place = Place.objects.create(
        dossier=dossier,
        choice=choice,
        decision=decision,
        pool=pool,
        offered_at=now,
        until=end_of_delay(now, rule.days),
    )
    dossier.place_until = max(place.until, dossier.place_until or place.until)
    dossier.save(update_fields=["place_until"])
    if rule.deposit:
        open_deposit(dossier, choice.programme, until=place.until)
    is_called = decision.outcome == Decision.Outcome.WAITING
    record("place.offered", dossier, by=by, programme=choice.programme.code, called=is_called)
    tell_offered(place)
    return place
