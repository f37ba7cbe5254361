"""The endings of a place: given up by the candidate, released after its delay, or taken back; and more time before.

What the candidate has done in time keeps the place, be it that the school has still to look at it.
Rules: NE-05, IIM-05, IIM-06.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.deposits import postpone_deposit
from applicants.instalments import postpone_instalment
from applicants.models import Dossier
from applicants.paying import drop_due_for_place
from journal.errors import Refused
from journal.record import record
from offers.confirmation import end_of_day
from offers.enrolment import STILL_ARRIVING, give_up_seats
from offers.models import Place
from offers.place_letters import tell_ended, tell_postponed, tell_tuition_postponed
from offers.place_needs import is_sent, needs_of
from offers.place_rows import lock_own_place, lock_place, refresh_opening, standing_places
from offers.places import KEEPERS
from programmes.models import Procedure
from programmes.roles import require_role
from programmes.rules import Who

State = Place.State


class NotStanding(Refused):
    """The place ended already, or is confirmed."""


class NotOverdue(Refused):
    """The candidate still has time, or has done all that was asked."""


@transaction.atomic
def decline_place(place_id: int, *, by: User) -> Place:
    """The candidate gives a place up, confirmed or not, for good. Giving it up twice is no error.

    Raises:
        Place.DoesNotExist: not this person's.
        NotStanding: it ended otherwise.
    Rule: IIM-05.
    """
    place = lock_own_place(place_id, by=by)
    if place.state == State.DECLINED:
        return place
    if not place.is_standing:
        raise NotStanding(gettext("Cette place ne vous est plus proposée."))
    _end(place, State.DECLINED, because="declined", by=by)
    refresh_opening(place.dossier)
    return place


def release_overdue(procedure: Procedure) -> int:
    """Release the places not confirmed in time, where the procedure does so by itself; return how many. A due act.

    They are released a little after the hour, for what was sent in the last second. Rule: IIM-06.
    """
    late = Place.objects.filter(
        dossier__procedure=procedure, state=State.OFFERED, until__lte=procedure.now() - STILL_ARRIVING
    )
    return sum(_release_if_due(place_id) for place_id in late.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def release_place(place_id: int, *, by: User) -> Place:
    """Release a place that was not confirmed in time: staff decide when. Releasing it twice is no error.

    Raises:
        Place.DoesNotExist: there is none.
        NotAllowed: `by` does not work for the programme.
        NotStanding: it is confirmed, or ended otherwise.
        NotOverdue: there is time left, or the candidate has done all.
    Rules: NE-05, IIM-06.
    """
    place = _lock_for_staff(place_id, by=by)
    if place.state == State.RELEASED:
        return place
    if place.state != State.OFFERED:
        raise NotStanding(gettext("Cette place n’est plus à confirmer."))
    if not place.is_late:
        raise NotOverdue(gettext("Le candidat a encore du temps pour confirmer cette place."))
    if is_sent(place, needs_of(place)):
        raise NotOverdue(gettext("Le candidat a tout transmis : examinez d’abord ce qui attend."))
    _end(place, State.RELEASED, because="released", by=by)
    refresh_opening(place.dossier)
    return place


@transaction.atomic
def postpone_place(place_id: int, last_day: dt.date, *, by: User) -> Place:
    """Give a candidate more time to confirm a place: until the end of `last_day`, in Europe/Paris.

    Raises:
        Place.DoesNotExist: there is none.
        NotAllowed: `by` does not work for the programme.
        NotStanding: it is confirmed, or ended.
        Refused: the day is past, or no later than the one set.
    Rules: NE-05, ALL-07.
    """
    place = _lock_for_staff(place_id, by=by)
    until = end_of_day(last_day)
    if place.state != State.OFFERED:
        raise NotStanding(gettext("Cette place n’est plus à confirmer."))
    if until <= max(place.until, place.procedure.now()):
        raise Refused(gettext("Choisissez un jour à venir, après la fin du délai actuel."))
    place.until = until
    place.save(update_fields=["until"])
    refresh_opening(place.dossier)
    postpone_deposit(place.dossier, place.choice.programme, until=until)
    record("place.postponed", place.dossier, by=by, programme=place.choice.programme.code, until=until.isoformat())
    tell_postponed(place)
    return place


@transaction.atomic
def postpone_tuition(place_id: int, last_day: dt.date, *, by: User) -> Place:
    """Give whoever has confirmed a place more time to pay the first instalment: until the end of `last_day`, in
    Europe/Paris.

    Raises:
        Place.DoesNotExist: there is none.
        NotAllowed: `by` does not work for the programme.
        Refused: nothing is to be paid; the day is past, or no later than the one set.
    Rules: NE-08, ALL-07.
    """
    place = _lock_for_staff(place_id, by=by)
    until = end_of_day(last_day)
    postpone_instalment(place.dossier, place.choice.programme, until=until)
    words = {"programme": place.choice.programme.code, "until": until.isoformat()}
    record("instalment.postponed", place.dossier, by=by, **words)
    tell_tuition_postponed(place, until)
    return place


def end_places(dossier: Dossier, state: str, *, of_choice: int | None = None) -> None:
    """End the standing places of a dossier that is locked, or that of one choice; another letter tells why."""
    for place in standing_places(dossier):
        if of_choice in (None, place.choice_id):
            _end(place, state, because="")
    refresh_opening(dossier)


def give_up_others(place: Place) -> None:
    """Give up the standing places beside one that is being confirmed, in an act that locked their dossier."""
    for other in standing_places(place.dossier):
        if other != place:
            _end(other, State.DECLINED, because="elsewhere")


@transaction.atomic
def _release_if_due(place_id: int) -> bool:
    place = lock_place(place_id)
    rule = place.dossier.rules.confirmation
    is_due = place.is_late and rule is not None and rule.release == Who.AUTOMATIC
    if not is_due or is_sent(place, needs_of(place)):
        return False
    _end(place, State.RELEASED, because="released")
    refresh_opening(place.dossier)
    return True


def _lock_for_staff(place_id: int, *, by: User) -> Place:
    place = lock_place(place_id)
    require_role(by, place.procedure, *KEEPERS, programme=place.choice.programme)
    return place


def _end(place: Place, state: str, *, because: str, by: User | None = None) -> None:
    """End a standing place, in an act that locked its dossier and refreshes what it leaves open: its seat is free,
    nothing more is asked for it.

    `because` is what the candidate is told (see templates/mail/fr/place_ended.txt); blank where another letter says it.
    """
    dossier = place.dossier
    if place.state == State.CONFIRMED:
        give_up_seats(dossier.procedure, [dossier.pk])
    place.state, place.ended_at = state, dossier.procedure.now()
    place.save(update_fields=["state", "ended_at"])
    drop_due_for_place(dossier, place.choice.programme)
    record("place.ended", dossier, by=by, programme=place.choice.programme.code, state=str(state))
    if because:
        tell_ended(place, because)
