"""Planning of the tests: panels, their slots, who sits when, and the summons.

Each school plans its own: it names panels with a room (or a link, at a distance), cuts its test days into
slots, has the candidates who ranked it first and are admissible placed on one day each, moves some by hand,
and sends the summons. Every act locks the school's part in the procedure, so that two planners never give one
slot twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice, Dossier, Status
from journal.errors import Refused
from journal.record import record
from juries import appointments, summons, timetable
from juries.adjustments import lengthen, release, with_extra_time
from juries.models import Decision, Panel, TestSlot
from programmes.models import Procedure, Programme, School, Step, TestDay
from programmes.roles import JURY, OFFICE, PRESIDENT, VERIFIER, require_role
from programmes.rules import TestRule
from programmes.words import PARIS

PLANNERS = (OFFICE, VERIFIER, JURY, PRESIDENT)
MINUTES_BETWEEN_TESTS = 10  # for one candidate, to go from room to room


class NotPlannable(Refused):
    """The timetable cannot be made this way; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What an assignment came to: how many candidates got their day, how many found no slots, and how many have more
    time than a slot leaves, and are placed one by one.
    """

    placed: int
    left_over: int
    by_hand: int = 0


@dataclass(frozen=True, slots=True)
class LeftToDo:
    """What a school has left to do before its tests: how many candidates to place, how many to summon."""

    to_place: int = 0
    to_summon: int = 0


@transaction.atomic
def add_panel(
    step_id: int,
    school_id: int,
    *,
    test: str,
    name: str,
    room: str = "",
    remote_url: str = "",
    programme_id: int | None = None,
    by: User,
) -> Panel:
    """Name a panel that holds a test of a school, in a room or at a distance; for one programme, or for all of them.

    Raises:
        NotAllowed: `by` does not plan for this school.
        NotPlannable: no such test or programme, no name or place, or a name used already.
    Rules: AST-14, BS-03.
    """
    step, school = _lock_school(step_id, school_id, by)
    programme = _programme(step, school, programme_id, by)
    if test not in {rule.code for rule in _tests(step)}:
        raise NotPlannable(gettext("Cette épreuve n’existe pas dans la procédure."))
    _require_place(name, room, remote_url)
    if Panel.objects.filter(step=step, school=school, name=name.strip()).exists():
        raise NotPlannable(gettext("Un jury porte déjà ce nom : donnez-lui-en un autre."))
    panel = Panel.objects.create(
        step=step,
        school=school,
        programme=programme,
        test=test,
        name=name.strip(),
        room=room.strip(),
        remote_url=remote_url.strip(),
    )
    record("panel.added", panel, by=by, school=school.code, test=test)
    return panel


@transaction.atomic
def change_panel(panel_id: int, *, room: str, remote_url: str, by: User) -> Panel:
    """Move a panel to another room, or hold it at a distance. Who is summoned to it, and still to come, is told again.

    Raises:
        NotAllowed: `by` does not plan for this school.
        NotPlannable: neither room nor link.
    Rule: AST-14.
    """
    panel = Panel.objects.get(pk=panel_id)
    step, _school = _lock_school(panel.step_id, panel.school_id, by)
    _require_place(panel.name, room, remote_url)
    panel.room, panel.remote_url = room.strip(), remote_url.strip()
    panel.save(update_fields=["room", "remote_url"])
    record("panel.changed", panel, by=by, remote=bool(panel.remote_url))
    summoned = panel.slots.exclude(dossier=None).exclude(summoned_at=None).filter(starts_at__gt=step.procedure.now())
    for dossier in _dossiers_of(summoned.filter(choice=None)):
        summons.send(dossier, _slots_of(dossier), by=by, replaces=True)
    for slot in summoned.exclude(choice=None):
        appointments.tell(slot, by=by, replaces=True)
    return panel


@transaction.atomic
def remove_panel(panel_id: int, *, by: User) -> None:
    """Remove a panel, with its free slots.

    Raises:
        NotAllowed: `by` does not plan for this school.
        NotPlannable: it already sees a candidate.
    """
    panel = Panel.objects.get(pk=panel_id)
    _lock_school(panel.step_id, panel.school_id, by)
    if panel.slots.exclude(dossier=None).exists():
        raise NotPlannable(gettext("Ce jury reçoit déjà des candidats : placez-les d’abord ailleurs."))
    record("panel.removed", panel, by=by)
    panel.delete()


@transaction.atomic
def plan_slots(
    step_id: int,
    school_id: int,
    *,
    by: User,
    day_start: dt.time = dt.time(8, 30),
    day_end: dt.time = dt.time(18, 0),
    pause_start: dt.time | None = dt.time(12, 30),
    pause_end: dt.time | None = dt.time(13, 30),
    minutes_between: int = 5,
) -> int:
    """Cut the school's test days (hours in Europe/Paris) into slots for each of its panels; returns how many
    there are.

    Free slots of an earlier plan are replaced; those with a candidate stay, and no slot is made across them.

    Raises:
        NotAllowed: `by` does not plan for this school.
        NotPlannable: no panel or test day, or hours in the wrong order.
    Rule: AST-14.
    """
    step, school = _lock_school(step_id, school_id, by)
    panels = list(Panel.objects.filter(step=step, school=school))
    days = list(TestDay.objects.filter(step=step, school=school).values_list("day", flat=True))
    _require_plan(panels, days, (day_start, day_end), (pause_start, pause_end), minutes_between)
    minutes = {rule.code: rule.minutes for rule in _tests(step)}
    TestSlot.objects.filter(panel__in=panels, dossier=None).delete()
    kept: dict[int, list[TestSlot]] = defaultdict(list)
    for slot in TestSlot.objects.filter(panel__in=panels):
        kept[slot.panel_id].append(slot)
    pauses = {day: (_at(day, pause_start), _at(day, pause_end)) for day in days if pause_start and pause_end}
    TestSlot.objects.bulk_create(
        TestSlot(panel=panel, test=panel.test, starts_at=begins, ends_at=ends)
        for panel in panels
        for day in days
        for begins, ends in timetable.cut_day(
            _at(day, day_start),
            _at(day, day_end),
            minutes=minutes[panel.test],
            between=minutes_between,
            pause=pauses.get(day),
        )
        if not any(begins < slot.ends_at and ends > slot.starts_at for slot in kept[panel.pk])
    )
    count = TestSlot.objects.filter(panel__in=panels).count()
    record("tests.planned", step, by=by, school=school.code, slots=count)
    return count


@transaction.atomic
def assign_candidates(step_id: int, school_id: int, *, by: User) -> Placement:
    """Give each admissible candidate of the school who has none one day to come with every test; the placed
    ones stay.

    Candidates go by name, the earliest day fills first; the same slots and names give the same timetable.

    Raises:
        NotAllowed: `by` does not plan for this school.
    Rule: AST-14.
    """
    step, school = _lock_school(step_id, school_id, by)
    everybody = to_place(step, school).order_by("candidate__folded_name", "submitted_at", "pk")
    by_hand = with_extra_time(everybody).count()
    waiting = list(everybody.exclude(pk__in=with_extra_time(everybody).order_by().values("pk")))
    free = TestSlot.objects.filter(panel__step=step, panel__school=school, dossier=None)
    free = free.filter(starts_at__gt=step.procedure.now())  # nobody is summoned to yesterday
    slots = {slot.pk: slot for slot in free}
    sittings = timetable.make_sittings(
        [rule.code for rule in _tests(step)],
        [_as_plain(slot) for slot in slots.values()],
        count=len(waiting),
        between=MINUTES_BETWEEN_TESTS,
    )
    for dossier, sitting in zip(waiting, sittings, strict=False):
        for slot in sitting:
            slots[slot.key].dossier = dossier
    given = [slots[slot.key] for sitting in sittings for slot in sitting]
    TestSlot.objects.bulk_update(given, ["dossier"], batch_size=500)
    record("tests.assigned", step, by=by, school=school.code, placed=len(sittings), waiting=len(waiting))
    return Placement(placed=len(sittings), left_over=len(waiting) - len(sittings), by_hand=by_hand)


@transaction.atomic
def place_candidate(dossier_id: UUID, slot_ids: Sequence[int], *, by: User) -> None:
    """Give a candidate these slots, one for each test, in place of any had before. Once summoned, the
    candidate is told.

    Raises:
        Dossier.DoesNotExist: no admissible candidate of the slots' school.
        NotAllowed: `by` does not plan for this school.
        NotPlannable: a slot is taken, a test is missing or doubled, or two of them clash.
        NoRoom: the candidate has more time than the panel has before it sees the next one.
    Rules: AST-14, ALL-07.
    """
    panel = Panel.objects.filter(slots__in=slot_ids).first()
    if panel is None:
        raise NotPlannable(gettext("Choisissez un créneau pour chaque épreuve."))
    step, school = _lock_school(panel.step_id, panel.school_id, by)
    related = ("procedure", "candidate__user", "adjustment")
    dossier = admissible_at(step, school).select_related(*related).get(pk=dossier_id)
    chosen = TestSlot.objects.filter(pk__in=slot_ids, panel__step=step, panel__school=school)
    was_summoned = dossier.test_slots.exclude(summoned_at=None).exists()
    _require_free(dossier, chosen)
    release(dossier, dossier.test_slots.all())
    lengthen(dossier, chosen)
    slots = list(chosen.select_related("panel"))
    _require_sitting(step, slots)
    try:
        with transaction.atomic():
            chosen.update(dossier=dossier)
    except IntegrityError as clash:
        raise NotPlannable(gettext("Ce candidat serait à deux endroits à la fois.")) from clash
    record("tests.moved", dossier, by=by, slots=sorted(slot.pk for slot in slots))
    if was_summoned:
        summons.send(dossier, slots, by=by, replaces=True)


@transaction.atomic
def send_summons(step_id: int, school_id: int, *, by: User) -> int:
    """Summon every placed candidate of the school who has not been summoned yet; returns how many.

    Raises:
        NotAllowed: `by` does not plan for this school.
    Rules: AST-14, AST-25.
    """
    step, school = _lock_school(step_id, school_id, by)
    dossiers = list(to_summon(step, school))
    for dossier in dossiers:
        summons.send(dossier, _slots_of(dossier), by=by)
    record("tests.summons_sent", step, by=by, school=school.code, candidates=len(dossiers))
    return len(dossiers)


def admissible_at(step: Step, school: School) -> QuerySet[Dossier]:
    """The candidates who sit the tests at `school`: admissible, and published as such, with it as first
    choice. Rule: AST-14.
    """
    first_choice = Choice.objects.filter(rank=1, programme__school=school)
    return _admissible(step.procedure).filter(pk__in=first_choice.values("dossier"))


def to_place(step: Step, school: School) -> QuerySet[Dossier]:
    """Those of `admissible_at` who have no slot yet."""
    return admissible_at(step, school).filter(test_slots=None)


def to_summon(step: Step, school: School) -> QuerySet[Dossier]:
    """Those of `admissible_at` who have their slots and were not summoned to them yet."""
    unsummoned = TestSlot.objects.filter(panel__step=step, panel__school=school, summoned_at=None)
    return (
        admissible_at(step, school)
        .filter(pk__in=unsummoned.exclude(dossier=None).values("dossier"))
        .select_related("procedure", "candidate__user")
        .order_by("candidate__folded_name", "pk")
    )


def left_to_do(step: Step) -> dict[int, LeftToDo]:
    """How many are `to_place` and `to_summon` at each school, by its key, asked at once for all of them."""
    slots = TestSlot.objects.filter(dossier=OuterRef("dossier"))
    at_school = slots.filter(panel__step=step, panel__school=OuterRef("programme__school"))
    first_choices = Choice.objects.filter(rank=1, dossier__in=_admissible(step.procedure)).order_by()
    counted = first_choices.values_list("programme__school").annotate(
        to_place=Count("pk", filter=~Exists(slots)),
        to_summon=Count("pk", filter=Exists(at_school.filter(summoned_at=None))),
    )
    return {school: LeftToDo(to_place, to_summon) for school, to_place, to_summon in counted}


def _admissible(procedure: Procedure) -> QuerySet[Dossier]:
    """The candidates declared admissible, and published as such."""
    admissible = Decision.objects.published(procedure).filter(
        step__kind=Step.Kind.ADMISSIBILITY, outcome=Decision.Outcome.ADMISSIBLE
    )
    dossiers = Dossier.objects.filter(procedure=procedure, status=Status.VALIDATED)
    return dossiers.filter(pk__in=admissible.values("dossier"))


def hold_school(procedure: Procedure, school_id: int) -> School:
    """Lock a school's part in the procedure for this transaction: its slots are given one at a time."""
    participations = procedure.participations.select_for_update(of=("self",), no_key=True).select_related("school")
    return participations.get(school=school_id).school


def _lock_school(step_id: int, school_id: int, by: User) -> tuple[Step, School]:
    """The step and the school, once `by` may plan for it and nobody else is planning there."""
    step = Step.objects.select_related("procedure").get(pk=step_id, kind=Step.Kind.TESTS)
    school = hold_school(step.procedure, school_id)
    require_role(by, step.procedure, *PLANNERS, school=school)
    return step, school


def _programme(step: Step, school: School, programme_id: int | None, by: User) -> Programme | None:
    """The programme of the school for which alone a panel sits; without one, whoever plans does so for all of them."""
    if programme_id is None:
        return None
    programme = step.procedure.programmes.select_related("school").filter(pk=programme_id, school=school).first()
    if programme is None:
        raise NotPlannable(gettext("Cette formation n’est pas de cette école."))
    require_role(by, step.procedure, *PLANNERS, programme=programme)
    return programme


def _require_place(name: str, room: str, remote_url: str) -> None:
    if not name.strip():
        raise NotPlannable(gettext("Donnez un nom au jury."))
    if not room.strip() and not remote_url.strip():
        raise NotPlannable(gettext("Indiquez la salle, ou le lien si l’épreuve se tient à distance."))


def _require_plan(
    panels: Sequence[Panel],
    days: Sequence[dt.date],
    hours: tuple[dt.time, dt.time],
    pause: tuple[dt.time | None, dt.time | None],
    between: int,
) -> None:
    if not panels:
        raise NotPlannable(gettext("Ajoutez d’abord les jurys de l’école."))
    if not days:
        raise NotPlannable(gettext("Le calendrier ne donne aucun jour d’épreuves à cette école."))
    if hours[0] >= hours[1] or (pause[0] and pause[1] and pause[0] > pause[1]) or between < 0:
        raise NotPlannable(gettext("Les heures ne se suivent pas : vérifiez le début, la fin et la pause."))


def _require_free(dossier: Dossier, slots: QuerySet[TestSlot]) -> None:
    if slots.exclude(dossier=None).exclude(dossier=dossier).exists():
        raise NotPlannable(gettext("Un de ces créneaux est déjà donné à un autre candidat."))


def _require_sitting(step: Step, slots: Sequence[TestSlot]) -> None:
    """Refuse slots that are not one for each test, and possible for one person on one day."""
    if sorted(slot.test for slot in slots) != sorted(rule.code for rule in _tests(step)):
        raise NotPlannable(gettext("Choisissez un créneau pour chaque épreuve."))
    if not timetable.can_be_sat_together([_as_plain(slot) for slot in slots], between=0):
        raise NotPlannable(gettext("Les épreuves d’un candidat ont lieu le même jour, l’une après l’autre."))


def _as_plain(slot: TestSlot) -> timetable.Slot:
    day = timezone.localtime(slot.starts_at, PARIS).date()
    return timetable.Slot(slot.pk, slot.test, day, slot.starts_at, slot.ends_at)


def _at(day: dt.date, hour: dt.time | None) -> dt.datetime:
    return dt.datetime.combine(day, hour or dt.time(), PARIS)


def _tests(step: Step) -> tuple[TestRule, ...]:
    """The tests that the procedure's rules in force ask for."""
    rules = step.procedure.rules
    return rules.tests if rules else ()


def _slots_of(dossier: Dossier) -> list[TestSlot]:
    return list(dossier.test_slots.select_related("panel").order_by("starts_at"))


def _dossiers_of(slots: QuerySet[TestSlot]) -> QuerySet[Dossier]:
    dossiers = Dossier.objects.filter(pk__in=slots.values("dossier"))
    return dossiers.select_related("procedure", "candidate__user").order_by("pk")
