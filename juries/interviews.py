"""Interviews of choices: the free slots that a programme offers, who is given one, and who did not come.

Where each programme decides, its panels see whoever came as far as the step, as they come: slots are opened day by day,
and taken by the candidates themselves (`juries.booking`) or given by staff. Every act holds the school's part in the
procedure, so that one slot never goes to two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice
from journal.record import record
from juries import appointments, timetable
from juries.adjustments import lengthen, release
from juries.choices_before import lock_chosen_for_staff, require_before, require_role_for
from juries.models import Panel, Supplement, TestSlot
from juries.planning import PLANNERS, NotPlannable, hold_school
from programmes.models import Step
from programmes.roles import require_role
from programmes.words import PARIS


@transaction.atomic
def offer_slots(
    panel_id: int, *, day: dt.date, day_start: dt.time, day_end: dt.time, minutes_between: int = 0, by: User
) -> int:
    """Open free slots of a panel on a day (hours in Europe/Paris), beside those that are there; returns how many.

    Raises:
        NotAllowed: `by` does not plan for the panel's programme.
        NotPlannable: the hours are in the wrong order, past, or leave room for no slot.
    Rules: BS-03, IIM-04.
    """
    panel = _hold_panel(panel_id, by)
    if day_start >= day_end or minutes_between < 0:
        raise NotPlannable(gettext("Les heures ne se suivent pas : vérifiez le début et la fin."))
    rules = panel.procedure.rules
    minutes = next((rule.minutes for rule in rules.tests if rule.code == panel.test), 0) if rules else 0
    start, end = (dt.datetime.combine(day, hour, PARIS) for hour in (day_start, day_end))
    now, there = panel.procedure.now(), list(panel.slots.all())
    cut = timetable.cut_day(start, end, minutes=minutes, between=minutes_between, pause=None) if minutes else []
    fresh = [
        TestSlot(panel=panel, test=panel.test, starts_at=begins, ends_at=ends)
        for begins, ends in cut
        if begins > now and not any(begins < slot.ends_at and ends > slot.starts_at for slot in there)
    ]
    if not fresh:
        raise NotPlannable(gettext("Aucun créneau de plus ne tient dans ces heures."))
    TestSlot.objects.bulk_create(fresh)
    record("tests.offered", panel, by=by, day=day.isoformat(), slots=len(fresh))
    return len(fresh)


@transaction.atomic
def withdraw_slots(panel_id: int, *, day: dt.date, by: User) -> int:
    """Delete the free slots of a panel on a day; those taken stay. Returns how many.

    Raises:
        NotAllowed: `by` does not plan for the panel's programme.
        NotPlannable: there is none.
    """
    panel = _hold_panel(panel_id, by)
    start = dt.datetime.combine(day, dt.time(), PARIS)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), PARIS)
    free = panel.slots.filter(dossier=None, starts_at__gte=start, starts_at__lt=end)
    count = free.count()
    if not count:
        raise NotPlannable(gettext("Ce jour n’a aucun créneau libre."))
    free.delete()
    record("tests.withdrawn", panel, by=by, day=day.isoformat(), slots=count)
    return count


@transaction.atomic
def place_choice(slot_id: int, choice_id: int, *, by: User) -> TestSlot:
    """Give a free slot to a choice, in place of the one that it had for this; the candidate is told at once.

    Raises:
        Choice.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` does not plan for the choice's programme.
        NotBefore: the choice has not come as far as the interviews.
        NotPlannable: the slot is gone, taken or past, of another programme, or clashes with another of the candidate.
    Rules: BS-03, IIM-04.
    """
    choice, held = lock_chosen_for_staff(choice_id, by=by)
    require_role_for(choice, held, *PLANNERS)
    hold_school(choice.dossier.procedure, choice.programme.school_id)
    slot = free_slots(choice).filter(pk=slot_id).first()
    if slot is None:
        raise NotPlannable(gettext("Ce créneau n’est plus libre : choisissez-en un autre."))
    require_before(choice, slot.panel.step)
    supplement = interview_that_waits(choice)
    give(slot, choice, supplement, given_slots(choice, supplement), by=by)
    return slot


@transaction.atomic
def note_absence(slot_id: int, *, absent: bool, by: User) -> TestSlot:
    """Note that a candidate did not come, or take that back.

    Raises:
        NotAllowed: `by` does not plan for the programme.
        NotPlannable: nobody has this slot, or it has not begun.
    """
    slot = TestSlot.objects.select_related("panel", "choice__programme").get(pk=slot_id)
    _hold_panel(slot.panel_id, by)
    slot = TestSlot.objects.select_related("choice__dossier__procedure").get(pk=slot_id)
    if slot.choice is None:
        raise NotPlannable(gettext("Ce créneau n’est à personne."))
    now = slot.choice.dossier.procedure.now()
    if now < slot.starts_at:
        raise NotPlannable(gettext("Cet entretien n’a pas encore commencé."))
    slot.missed_at = now if absent else None
    slot.save(update_fields=["missed_at"])
    record("tests.missed" if absent else "tests.attended", slot.choice.dossier, by=by, slot=slot.pk)
    return slot


def give(slot: TestSlot, choice: Choice, supplement: Supplement | None, given: Iterable[TestSlot], *, by: User) -> None:
    """Give a slot to a choice, in place of those `given` before: for the further interview that waits (`supplement`),
    else for its interview. Part of an act.

    The caller has locked the dossier and holds the school. Raises:
        NotPlannable: the candidate would be in two places at once.
        NoRoom: the candidate has more time than the panel has before it sees the next one.
    """
    before = [one for one in given if supplement is not None or one.test == slot.test]
    release(choice.dossier, before)
    lengthen(choice.dossier, [slot])
    others = choice.dossier.test_slots.filter(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    if others.exists():
        raise NotPlannable(gettext("Le candidat a déjà un entretien à cette heure-là."))
    slot.dossier, slot.choice, slot.supplement, slot.missed_at = choice.dossier, choice, supplement, None
    try:
        slot.save(update_fields=["dossier", "choice", "supplement", "missed_at"])
    except IntegrityError as clash:  # the act ends here, and nothing of it stays
        raise NotPlannable(gettext("Le candidat a déjà un entretien à cette heure-là.")) from clash
    record("tests.booked", choice.dossier, by=by, slot=slot.pk, programme=choice.programme.code)
    appointments.tell(slot, by=by, replaces=bool(before))


def free_slots(choice: Choice) -> QuerySet[TestSlot]:
    """The slots to come that nobody has, of the panels that see the choice's programme, the earliest first."""
    panels = Q(panel__programme=None) | Q(panel__programme=choice.programme_id)
    slots = TestSlot.objects.filter(
        panels,
        panel__step__procedure=choice.dossier.procedure_id,
        panel__step__kind=Step.Kind.TESTS,
        panel__school=choice.programme.school_id,
        dossier=None,
        starts_at__gt=choice.dossier.procedure.now(),
    )
    return slots.select_related("panel__step__procedure").order_by("starts_at", "panel__name")


def free_for_choices(step: Step) -> QuerySet[TestSlot]:
    """The same as a subquery, for each choice of a queryset that is before `step`."""
    panels = Q(panel__programme=None) | Q(panel__programme=OuterRef("programme"))
    school = OuterRef("programme__school")
    return TestSlot.objects.filter(
        panels, panel__step=step, panel__school=school, dossier=None, starts_at__gt=step.procedure.now()
    )


def given_slots(choice: Choice, supplement: Supplement | None) -> QuerySet[TestSlot]:
    """The slots that the choice has for its interview; or for the further one that `supplement` asks for."""
    return choice.test_slots.filter(supplement=supplement).select_related("panel").order_by("starts_at")


def interview_that_waits(choice: Choice) -> Supplement | None:
    """The further interview that is asked of the choice, and not judged yet."""
    return choice.supplements.filter(kind=Supplement.Kind.INTERVIEW, judged_at=None).first()


def _hold_panel(panel_id: int, by: User) -> Panel:
    """A panel of choices, once `by` may plan for it and nobody else is planning there."""
    panel = Panel.objects.select_related("step__procedure", "programme__school", "school").get(pk=panel_id)
    hold_school(panel.procedure, panel.school_id)
    if panel.programme is not None:
        require_role(by, panel.procedure, *PLANNERS, programme=panel.programme)
    else:
        require_role(by, panel.procedure, *PLANNERS, school=panel.school)
    return panel
