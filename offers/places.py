"""Places: offered to whoever is admitted, one by one, where the procedure has no periods of offers.

A place holds a seat from the instant it is offered. Who offers some locks the dossiers, then the pools, so that a pool
never has more places than seats. How a place is confirmed is in `offers.place_confirmation`, how it ends in
`offers.place_endings`, who is called when a seat is free in `offers.waiting_list`.
Rules: BS-07, NE-02, NE-05, IIM-05, IIM-06.
"""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from applicants.deposits import open_deposit
from applicants.dossiers import lock_each
from applicants.models import Dossier, Status
from journal.followups import acts_on
from journal.record import record_each
from juries.announcements import GIVE_A_PLACE, TOLD_FACT
from juries.models import Decision
from juries.models.judgement import DecisionQuerySet
from juries.publication import CORRECTED_FACT
from offers.confirmation import end_of_delay
from offers.models import Place
from offers.place_letters import tell_offered
from offers.place_rows import with_free_seats
from programmes.models import Procedure, Step
from programmes.roles import OFFICE, VERIFIER

KEEPERS = (VERIFIER, OFFICE)  # they keep the places of the programmes for which they work


@acts_on(TOLD_FACT)
def offer_to_admitted(publication_id: str) -> None:
    """Offer their places to those who have just learnt of being admitted. Repeating it changes nothing."""
    _offer_to_admitted(Decision.objects.filter(publication=int(publication_id)).exclude(announced_at=None))


@acts_on(CORRECTED_FACT)
def offer_if_admitted(decision_id: str) -> None:
    """Offer a place to somebody whom a correction admits. Repeating it changes nothing."""
    _offer_to_admitted(Decision.objects.filter(pk=int(decision_id)))


@transaction.atomic
def offer_place(decision_id: int, *, by: User | None = None) -> Place | None:
    """Offer the place that a public decision gives a right to; None where it gives none, or no seat is left.

    A choice has one place at most: one that ended does not come back. Rules: BS-07, NE-05, IIM-05, IIM-06.
    """
    dossiers = lock_each(Dossier.objects.filter(decisions=decision_id))
    return next(iter(_offer_free(dossiers, Decision.objects.filter(pk=decision_id), by=by)), None)


def _offer_to_admitted(decisions: DecisionQuerySet) -> None:
    """Offer the places to which these decisions give a right, in their order.

    Where all seats are held the place is offered as soon as one is free, before anyone on the waiting list is called.
    """
    admitted = decisions.filter(choice__isnull=False, choice__place=None, outcome__in=GIVE_A_PLACE)
    dossiers = lock_each(Dossier.objects.filter(pk__in=admitted.values("dossier")))
    _offer_free(dossiers, admitted, by=None)


def _offer_free(dossiers: list[Dossier], decisions: DecisionQuerySet, *, by: User | None) -> list[Place]:
    """As `offer_place`, by each of `decisions`, in an act that locked the dossiers, which are of one procedure."""
    standing = {dossier.pk: dossier for dossier in dossiers if dossier.status == Status.VALIDATED}
    if not standing:
        return []
    procedure = dossiers[0].procedure
    public = decisions.published(procedure).filter(step__kind=Step.Kind.ADMISSION, dossier__in=standing)
    unoffered = public.filter(choice__isnull=False, choice__place=None).order_by("pk")
    places = []
    for decision in unoffered.select_related("choice__programme__school", "dossier__candidate__user"):
        dossier, now = standing[decision.dossier_id], procedure.now()
        dossier.candidate = decision.dossier.candidate  # whom letters name
        if (rule := dossier.rules.confirmation) is not None:
            place = Place(dossier=dossier, choice=decision.choice, decision=decision, offered_at=now)
            place.until = end_of_delay(now, rule.days)
            places.append(place)
    seated = with_free_seats(places)
    if seated:
        _offer(seated, procedure, by=by)
    return seated


def _offer(places: list[Place], procedure: Procedure, *, by: User | None) -> None:
    Place.objects.bulk_create(places)
    for place in places:
        dossier = place.dossier
        dossier.place_until = max(place.until, dossier.place_until or place.until)
        if dossier.rules.confirmation and dossier.rules.confirmation.deposit:
            open_deposit(dossier, place.choice.programme, until=place.until)
    Dossier.objects.bulk_update({place.dossier for place in places}, ["place_until"])
    told = [(place.dossier, {"programme": place.choice.programme.code, "called": place.is_called}) for place in places]
    record_each("place.offered", told, by=by)
    tell_offered(places, procedure)
