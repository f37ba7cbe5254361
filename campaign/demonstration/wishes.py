"""Wishes: to what moment a visitor wants the demonstration played. Who plays it is `campaign.demonstration.playing`."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from campaign.demonstration.moments import Moment, moments_of
from campaign.models import Play
from journal.errors import Refused


class NotNow(Refused):
    """The demonstration is being played, or the moment is past: time does not go back, it starts over."""


def is_ready() -> bool:
    """Whether all made-up people are where they are wished to be."""
    plays = list(Play.objects.all())
    return bool(plays) and not any(wish.is_under_way for wish in plays)


@transaction.atomic
def wish_for(procedure_id: int, code: str) -> None:
    """Have the demonstration played up to the moment of that code.

    Raises:
        NotNow: see there.
    """
    wish = Play.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=procedure_id)
    moment = next((moment for moment in moments_of(wish.procedure) if moment.code == code), None)
    if moment is None or wish.is_under_way or moment.at <= wish.procedure.now():
        raise NotNow(gettext("Ce moment est passé, ou les candidats inventés sont encore à l’œuvre."))
    _aim(wish, moment)


@transaction.atomic
def start_over(procedure_id: int) -> None:
    """Have the demonstration emptied, and played from its first day to its first moment.

    Raises:
        NotNow: it is being played.
    """
    wish = Play.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=procedure_id)
    if wish.is_under_way:
        raise NotNow(gettext("Les candidats inventés sont encore à l’œuvre."))
    wish.starts_over = True
    _aim(wish, moments_of(wish.procedure)[0])


def _aim(wish: Play, moment: Moment) -> None:
    wish.moment, wish.until, wish.share, wish.stage = moment.code, moment.at, 0, ""
    wish.save()
