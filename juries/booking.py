"""Booking: the candidate picks one of the free slots of a programme, and may change it until some hours before.

What the candidate's pages read of a slot comes from here, behind the gate: only a choice that was let pass, for all to
know, has one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice, Dossier
from journal.errors import Refused
from juries.choices_before import choices_before, lock_chosen
from juries.interviews import free_slots, give, given_slots, interview_that_waits
from juries.models import Decision, Supplement, TestSlot
from juries.planning import hold_school
from programmes.models import Step


class NotBookable(Refused):
    """The slot is taken, or it is not, or no longer, for this candidate to choose."""


@dataclass(frozen=True, slots=True)
class Booking:
    """The interview of a choice: the slots that it has, and whether the candidate may choose one now.

    `supplement` is the further interview that it is, if it is one; `chooses` says that the candidate books, and not
    staff. Instants are UTC, the procedure's time.
    """

    choice: Choice
    step: Step
    supplement: Supplement | None
    slots: tuple[TestSlot, ...]
    chooses: bool
    now: dt.datetime

    @property
    def is_missing(self) -> bool:
        """Whether the candidate has to choose a slot."""
        return self.chooses and not self.slots

    @property
    def may_change(self) -> bool:
        """Whether a slot may still be chosen, or changed for another."""
        return self.chooses and all(self.now < self.fixed_at(slot) and slot.missed_at is None for slot in self.slots)

    def fixed_at(self, slot: TestSlot) -> dt.datetime:
        """From when on the candidate changes `slot` no more."""
        return slot.starts_at - self._closing

    @property
    def free(self) -> QuerySet[TestSlot]:
        """The slots that may be chosen now, the earliest first."""
        return free_slots(self.choice).filter(starts_at__gt=self.now + self._closing)

    @property
    def _closing(self) -> dt.timedelta:
        return dt.timedelta(hours=self.step.booking_closes_hours or 0)


@transaction.atomic
def book_slot(slot_id: int, choice_id: int, *, by: User) -> TestSlot:
    """Take a free slot for one's choice, in place of the one before; the same slot again is no error.

    Raises:
        Choice.DoesNotExist: not a choice of this person.
        NotBookable: no interview to book; the one that one has is too near to be changed; the slot is taken, too near,
            or of another programme.
        NotPlannable: the candidate would be in two places at once.
    Rule: BS-03.
    """
    choice = lock_chosen(choice_id, among=Dossier.objects.owned_by(by))
    hold_school(choice.dossier.procedure, choice.programme.school_id)
    booking = booking_of(choice)
    if booking is None or not booking.chooses:
        raise NotBookable(gettext("Vous n’avez pas de créneau à choisir pour cette candidature."))
    if already := next((slot for slot in booking.slots if slot.pk == slot_id), None):
        return already
    if not booking.may_change:
        raise NotBookable(gettext("Votre créneau ne se change plus. Écrivez à l’école si vous ne pouvez pas venir."))
    slot = booking.free.filter(pk=slot_id).first()
    if slot is None:
        raise NotBookable(gettext("Ce créneau vient d’être pris, ou il est trop proche : choisissez-en un autre."))
    give(slot, choice, booking.supplement, booking.slots, by=by)
    return slot


def booking_of(choice: Choice) -> Booking | None:
    """The interview of a choice, to be read by its candidate; None where there is none to come or to choose.

    Behind the gate: not before it is public that the choice is let pass, nor once the admission is (but for a further
    interview that was asked for). Rules: BS-03, IIM-04, IIM-05.
    """
    procedure = choice.dossier.procedure
    step = next((step for step in procedure.steps_in_order if step.kind == Step.Kind.TESTS), None)
    if step is None or not choices_before(step).filter(pk=choice.pk).exists():
        return None
    supplement = interview_that_waits(choice)
    chooses = step.booking == Step.Booking.CANDIDATE
    slots = tuple(given_slots(choice, supplement))
    public = Decision.objects.published(procedure).filter(choice=choice, step__kind=Step.Kind.ADMISSION)
    is_over = supplement is None and public.exists()
    if is_over or not (slots or chooses):
        return None
    return Booking(choice, step, supplement, slots, chooses, procedure.now())
