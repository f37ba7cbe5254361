"""Start-date letters: when a programme starts, told to everyone who has a place in it. Rule: IIM-08."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from documents.models import Notice
from journal.errors import Refused
from journal.record import record
from offers.models import Place
from offers.place_letters import letter_key, tell_start
from offers.places import KEEPERS
from programmes.models import Programme
from programmes.roles import require_role


class NothingToSend(Refused):
    """The start is not known, or everyone has been told."""


@transaction.atomic
def send_start_letters(programme_id: int, *, by: User) -> int:
    """Write the letter and the mail to those with a confirmed place who do not have them yet; return how many.

    Whoever confirms later is told by another sending; when the date changes, all are.

    Raises:
        NotAllowed: `by` does not work for the programme.
        NothingToSend: the programme has no start date, or there is nobody to tell.
    """
    programme = Programme.objects.select_related("procedure", "school").get(pk=programme_id)
    require_role(by, programme.procedure, *KEEPERS, programme=programme)
    if programme.starts_on is None:
        raise NothingToSend(gettext("La date de rentrée de cette formation n’est pas encore connue."))
    places = untold([programme])
    if not places:
        raise NothingToSend(gettext("Tous ceux qui ont confirmé leur place ont déjà cette lettre."))
    tell_start(places, programme.starts_on, programme.procedure)
    record("start_letters.sent", programme, by=by, count=len(places), starts_on=programme.starts_on.isoformat())
    return len(places)


def untold(programmes: Iterable[Programme]) -> list[Place]:
    """The confirmed places of programmes whose start is known, and whose candidates have not been told of it yet."""
    starting = [programme for programme in programmes if programme.starts_on is not None]
    confirmed = Place.objects.filter(pool__programme__in=starting, state=Place.State.CONFIRMED)
    related = ("dossier__candidate__user", "dossier__procedure", "choice__programme__school", "pool")
    keys = {_key(place): place for place in confirmed.select_related(*related).order_by("confirmed_at", "pk")}
    told = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    return [place for key, place in keys.items() if key not in told]


def _key(place: Place) -> str:
    """That of the letter of the start: see `offers.place_letters.tell_start`."""
    starts_on = place.choice.programme.starts_on
    assert starts_on is not None
    return letter_key("start", place, starts_on.isoformat())
