"""The confirmation of a place: when all that is asked for it is there, the seat is taken.

What is asked comes through the acts that know it (a paper deposited and accepted, a deposit settled); here it is seen
that nothing is missing any more. Rules: BS-07, NE-02, NE-05, NE-08, IIM-06, APP-15.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.instalments import open_instalment
from journal.errors import Closed, Refused
from journal.followups import acts_on
from journal.record import record
from offers.confirmation import WORD, end_of_delay, is_complete
from offers.enrolment import take_seat
from offers.models import Place
from offers.place_endings import give_up_others
from offers.place_needs import needs_by_place, needs_of
from offers.place_rows import lock_own_place, lock_place
from payments.charges import SETTLED_FACT
from programmes.models import Procedure
from programmes.words import deadline

State = Place.State


class NotOpen(Refused):
    """The place is no longer to be confirmed, or a word does not confirm it."""


@transaction.atomic
def confirm_by_word(place_id: int, *, by: User) -> Place:
    """The candidate takes the place by saying so, where nothing else is asked. Saying it twice is no error.

    Raises:
        Place.DoesNotExist: not this person's.
        NotOpen: the place ended, or papers or a deposit confirm it.
        Closed: the delay is over.
    Rules: NE-05, APP-15.
    """
    place = lock_own_place(place_id, by=by)
    if place.state == State.CONFIRMED:
        return place
    if place.state != State.OFFERED:
        raise NotOpen(gettext("Cette place ne vous est plus proposée."))
    if place.is_late:
        raise Closed(
            gettext("Le délai s’est terminé le %(when)s : cette place ne vous est plus garantie. Écrivez à l’école.")
            % {"when": deadline(place.until)}
        )
    if [need.what for need in needs_of(place)] != [WORD]:
        raise NotOpen(gettext("Cette place se confirme par ce qui est demandé sur cette page."))
    place.accepted_at = place.procedure.now()  # saved as the place is confirmed by it
    record("place.accepted", place.dossier, by=by, programme=place.choice.programme.code)
    confirm_if_complete(place)
    return place


@acts_on(SETTLED_FACT)
def confirm_when_paid(charge_id: str) -> None:
    """A deposit has come: the place that waited for it alone is confirmed. Rule: BS-07."""
    waiting = Place.objects.filter(state=State.OFFERED, dossier__account__charges=UUID(charge_id))
    for place_id in waiting.order_by("pk").values_list("pk", flat=True):
        confirm_if_complete(lock_place(place_id))


def confirm_all_complete(procedure: Procedure) -> int:
    """Confirm the places for which all is there, whatever came last; return how many. A due act.

    It looks at all of them together, and again at each that seems complete, under its lock.
    """
    waiting = Place.objects.filter(dossier__procedure=procedure, state=State.OFFERED).order_by("pk")
    related = ("dossier__procedure", "dossier__candidate", "choice__programme")
    found = needs_by_place(waiting.select_related(*related))
    return sum(_confirm(place_id) for place_id, needs in found.items() if is_complete(needs))


@transaction.atomic
def _confirm(place_id: int) -> bool:
    return confirm_if_complete(lock_place(place_id))


def confirm_if_complete(place: Place) -> bool:
    """Confirm the place if all that is asked is there, in an act that locked its dossier: the seat is taken.

    Whoever confirms a place gives up those of other programmes. Rules: BS-07, NE-02, IIM-06, APP-15.
    """
    found = needs_of(place)
    if place.state != State.OFFERED or not found or not is_complete(found):
        return False
    dossier = place.dossier
    give_up_others(place)
    place.state, place.confirmed_at = State.CONFIRMED, place.procedure.now()
    place.save(update_fields=["state", "accepted_at", "confirmed_at"])
    dossier.place_until = None  # no other place is left to be confirmed
    dossier.save(update_fields=["place_until"])
    record("place.confirmed", dossier, programme=place.choice.programme.code)
    take_seat(dossier, place.pool)
    _ask_for_tuition(place)
    return True


def _ask_for_tuition(place: Place) -> None:
    """The first instalment, where the procedure asks for tuition, with as much time as there was to confirm.

    Rule: NE-08.
    """
    rule = place.dossier.rules.confirmation
    assert rule is not None
    until = end_of_delay(place.procedure.now(), rule.days)
    open_instalment(place.dossier, place.choice.programme, until=until)
