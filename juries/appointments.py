"""Appointments: telling a candidate when and where the interview of one choice is, with a file for a calendar."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from journal.record import record
from juries.models import TestSlot
from juries.summons import calendar_file, facts_of, read_summons
from notifications.outbox import queue_mail


def tell(slot: TestSlot, *, by: User, replaces: bool = False) -> None:
    """Write to the candidate of a slot that is given to a choice. Part of an act, in its transaction.

    `replaces` says that what was told before no longer holds. Rule: BS-03.
    """
    choice = slot.choice
    assert choice is not None
    slot.summoned_at = choice.dossier.procedure.now()
    slot.save(update_fields=["summoned_at"])
    dossier, candidate = choice.dossier, choice.dossier.candidate
    entry = record("tests.summoned", dossier, by=by, slots=[slot.pk], starts_at=slot.starts_at.isoformat())
    appointment = read_summons(dossier, [slot])
    queue_mail(
        "slot_booked",
        to=candidate.user,
        key=f"slot:{slot.pk}:{entry.pk}",
        procedure=dossier.procedure,
        calendar=calendar_file(dossier, appointment, candidate.user.language),
        **facts_of(dossier, appointment),
        programme=choice.programme.title,
        school=appointment.host.school.name,
        replaces=replaces,
        is_further=slot.supplement_id is not None,
        path=reverse("juries:booking", args=[dossier.procedure.slug, choice.pk]),
    )
