"""Reminders to those who have not confirmed a place yet, before its delay ends. Rules: NE-05, IIM-06."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from notifications.models import Mail
from notifications.outbox import queue_mails
from offers.models import Place
from offers.place_letters import reminder
from offers.place_needs import is_sent, needs_by_place
from programmes.models import Procedure

BEFORE_THE_END = (dt.timedelta(days=5), dt.timedelta(days=1))


@transaction.atomic
def remind_places(procedure: Procedure) -> int:
    """Write to those who have a place to confirm and have not done all, 5 days and 1 day before. A due act.

    Each reminder goes out once, late rather than never; where both are late, the nearer one only. Returns how many.
    """
    now = procedure.now()
    places = Place.objects.filter(
        dossier__procedure=procedure,
        state=Place.State.OFFERED,
        until__gt=now,
        until__lte=now + max(BEFORE_THE_END),
    ).select_related("dossier__candidate__user", "choice__programme__school", "pool")
    found = needs_by_place(places)
    mails = [reminder(place, about=_about(place, now)) for place in places if not is_sent(place, found[place.pk])]
    told = set(Mail.objects.filter(key__in=[mail.key for mail in mails]).values_list("key", flat=True))
    untold = [mail for mail in mails if mail.key not in told]
    queue_mails(untold, procedure=procedure)
    return len(untold)


def _about(place: Place, now: dt.datetime) -> str:
    """What tells one reminder from another: the end of the delay, and how many days before."""
    days = min(before.days for before in BEFORE_THE_END if place.until - now <= before)
    return f"{place.until.isoformat()}:{days}"
