"""Adjustments: what a candidate with a disability is granted at the tests, be it time, a room or a person's help.

Whoever examines the dossier notes it. The extra minutes lengthen the candidate's slots, so that the panel, the summons
and the calendar file leave the time by themselves; why it is granted, only those who plan and hold the tests read.
Rule: ALL-07.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.corrections import lock_as_examiner
from applicants.models import Dossier
from journal.errors import Refused
from journal.record import record
from juries import appointments, summons
from juries.models import Adjustment, TestSlot
from programmes.typed import LONGEST_EXPLANATION, reason_typed

MOST_EXTRA_MINUTES = 120
NOBODYS = {"dossier": None, "choice": None, "supplement": None, "summoned_at": None, "missed_at": None}


class WrongAdjustment(Refused):
    """This cannot be granted as it was typed."""


class NoRoom(Refused):
    """The panel sees somebody else before the candidate's time is over."""


@transaction.atomic
def note_adjustment(dossier_id: UUID, *, arrangements: str, extra_minutes: int, by: User) -> Adjustment | None:
    """Note what a candidate is granted, in place of what was noted before; nothing granted takes it back.

    Slots that the candidate has already are made longer, and the candidate summoned again, where the panel has the
    time; where it has not, the page of the tests says so.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not examine the dossier.
        WrongAdjustment: minutes without words, or more of them than a panel can give.
    Rule: ALL-07.
    """
    dossier = lock_as_examiner(dossier_id, by=by)
    arrangements = reason_typed(arrangements, at_most=LONGEST_EXPLANATION)
    if extra_minutes and not arrangements:
        raise WrongAdjustment(gettext("Décrivez l’aménagement : ceux qui préparent les épreuves en ont besoin."))
    if not 0 <= extra_minutes <= MOST_EXTRA_MINUTES:
        raise WrongAdjustment(
            gettext("Le temps de plus va de 0 à %(most)s minutes par épreuve.") % {"most": MOST_EXTRA_MINUTES}
        )
    record("adjustment.noted", dossier, by=by, extra_minutes=extra_minutes, granted=bool(arrangements))
    if not arrangements:
        Adjustment.objects.filter(dossier=dossier).delete()
        return None
    adjustment, _is_new = Adjustment.objects.update_or_create(
        dossier=dossier,
        defaults={
            "arrangements": arrangements,
            "extra_minutes": extra_minutes,
            "noted_at": dossier.procedure.now(),
            "noted_by": by,
        },
    )
    dossier.adjustment = adjustment
    _lengthen_what_is_given(dossier, by=by)
    return adjustment


def with_extra_time(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Those of `dossiers` that no slot of the usual length is enough for."""
    return dossiers.filter(adjustment__extra_minutes__gt=0)


def minutes_for(dossier: Dossier) -> dict[str, int]:
    """How long each test lasts for this candidate."""
    adjustment = getattr(dossier, "adjustment", None)
    extra = adjustment.extra_minutes if adjustment else 0
    return {rule.code: rule.minutes + extra for rule in dossier.rules.tests}


def has_room(dossier: Dossier, slot: TestSlot) -> bool:
    """Whether the panel sees nobody else before this candidate would be done in `slot`."""
    if not is_too_short(dossier, slot):
        return True
    return not _overlapped(slot, _end_for(dossier, slot)).exclude(dossier=None).exclude(dossier=dossier).exists()


def is_too_short(dossier: Dossier, slot: TestSlot) -> bool:
    """Whether the candidate has more time than the slot leaves."""
    return slot.ends_at < _end_for(dossier, slot)


def lengthen(dossier: Dossier, slots: Iterable[TestSlot]) -> None:
    """Make slots as long as the candidate needs; free ones that stand in the way go. In an act that holds the planning.

    Raises:
        NoRoom: the panel sees another candidate before the end.
    """
    for slot in slots:
        if not is_too_short(dossier, slot):
            continue
        if not has_room(dossier, slot):
            raise NoRoom(
                gettext(
                    "Ce candidat a plus de temps, et le jury reçoit quelqu’un avant la fin : prenez un autre créneau."
                )
            )
        end = _end_for(dossier, slot)
        _overlapped(slot, end).filter(dossier=None).delete()
        slot.ends_at = end
        slot.save(update_fields=["ends_at"])


def release(dossier: Dossier, slots: Iterable[TestSlot]) -> None:
    """Free slots of a candidate; they are as long as their test again."""
    usual = {rule.code: dt.timedelta(minutes=rule.minutes) for rule in dossier.rules.tests}
    for slot in slots:
        end = slot.starts_at + usual[slot.test] if slot.test in usual else slot.ends_at
        TestSlot.objects.filter(pk=slot.pk).update(**NOBODYS, ends_at=min(end, slot.ends_at))


def _lengthen_what_is_given(dossier: Dossier, *, by: User) -> None:
    """Lengthen the slots to come that the candidate has; who is summoned to them is told again."""
    to_come = dossier.test_slots.filter(starts_at__gt=dossier.procedure.now())
    hosts = set(to_come.values_list("panel__school", flat=True))
    # The planners' lock: none of them is giving the time after these slots to somebody meanwhile.
    participations = dossier.procedure.participations.select_for_update(of=("self",), no_key=True)
    list(participations.filter(school__in=hosts).order_by("pk"))
    if not any(is_too_short(dossier, slot) for slot in to_come):
        return
    try:
        with transaction.atomic():
            lengthen(dossier, to_come)
            slots = list(to_come.select_related("panel"))
            _require_one_at_a_time(slots)
    except (NoRoom, IntegrityError):  # the database minds two tests at once too
        return
    of_choices = [slot for slot in slots if slot.choice_id is not None]
    for slot in of_choices:
        appointments.tell(slot, by=by, replaces=True)
    if not of_choices and any(slot.summoned_at for slot in slots):
        summons.send(dossier, slots, by=by, replaces=True)


def _require_one_at_a_time(slots: list[TestSlot]) -> None:
    if any(before.ends_at > after.starts_at for before, after in pairwise(slots)):
        raise NoRoom(gettext("Ce candidat serait à deux endroits à la fois."))


def _end_for(dossier: Dossier, slot: TestSlot) -> dt.datetime:
    usual = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return slot.starts_at + dt.timedelta(minutes=minutes_for(dossier).get(slot.test, usual))


def _overlapped(slot: TestSlot, end: dt.datetime) -> QuerySet[TestSlot]:
    """The other slots of the panel that begin before `end`."""
    others = TestSlot.objects.filter(panel=slot.panel_id, starts_at__gte=slot.starts_at, starts_at__lt=end)
    return others.exclude(pk=slot.pk)
