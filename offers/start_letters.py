"""Start-date letters: when a programme starts, told to everyone who has a place in it. Rule: IIM-08."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from documents.models import Notice
from journal.errors import Refused
from journal.record import record
from offers.models import Place
from offers.place_letters import tell_start
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
    places = untold(programme)
    if not places:
        raise NothingToSend(gettext("Tous ceux qui ont confirmé leur place ont déjà cette lettre."))
    for place in places:
        tell_start(place, programme.starts_on)
    record("start_letters.sent", programme, by=by, count=len(places), starts_on=programme.starts_on.isoformat())
    return len(places)


def untold(programme: Programme) -> list[Place]:
    """The confirmed places whose candidates do not know yet when the programme starts."""
    confirmed = Place.objects.filter(pool__programme=programme, state=Place.State.CONFIRMED)
    places = list(
        confirmed.select_related(
            "dossier__candidate__user", "dossier__procedure", "choice__programme__school", "pool"
        ).order_by("confirmed_at", "pk")
    )
    if programme.starts_on is None:
        return places
    keys = {f"start:{place.pk}:{programme.starts_on.isoformat()}": place for place in places}
    told = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    return [place for key, place in keys.items() if key not in told]
