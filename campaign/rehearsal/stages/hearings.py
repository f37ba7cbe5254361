"""Hearings: what is said of a choice before its programme decides. Opinions, interviews, evaluations, supplements.

Part of each round of `campaign.rehearsal.stages.decisions`. Rules: BS-03, BS-04, BS-05, NE-04, IIM-04.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import User
from applicants.models import Choice
from campaign.rehearsal import files
from campaign.rehearsal.company import Company
from campaign.rehearsal.people import Habit, Person
from documents.checks import check_paper
from juries.booking import book_slot
from juries.choices_before import choices_before
from juries.evaluations import deposit_evaluation
from juries.hearing import heard_of
from juries.interviews import free_slots, note_absence, offer_slots, place_choice
from juries.models import Panel, Supplement, TestSlot
from juries.opinions import give_opinion
from juries.planning import add_panel
from juries.supplements import ask_supplement, deposit_written, judge_supplement, paper_rule
from programmes.models import Programme, Step
from programmes.rules import Criterion
from programmes.working_days import working_days_after

FAVOURABLE = 9.0  # out of 20, of what the head of a programme makes of a candidate
DAYS_AHEAD = 3  # working days between an invitation and the day of the interviews
HOURS = (dt.time(9), dt.time(17))
MOST_DAYS = 10  # of interviews that one round opens for a programme
SHARE_CONVINCING = 0.6  # of those who were asked for more
TIME_TO_WRITE = dt.timedelta(days=10)
SUBJECT = "En deux pages : une innovation de votre secteur, ce qu’elle change et ce qu’elle demande."


def give_opinions(company: Company, step: Step) -> None:
    """The heads of programmes say what they think of each choice that has none yet."""
    for choice in _choices(step).exclude(opinions__step=step):
        person = company.person(choice.dossier)
        favourable = person.ability + person.draw("opinion").gauss(0, 1) >= FAVOURABLE
        head = company.staff.programmes[choice.programme_id].head
        assert head is not None, "there is a step for opinions"
        comment = "" if favourable else "Les acquis ne suffisent pas pour suivre cette formation."
        company.attempt(give_opinion, choice.pk, step.pk, favourable=favourable, comment=comment, by=head)


def hold_interviews(company: Company, step: Step) -> None:
    """Note who did not come; open slots where some wait; candidates book, or the service gives them a slot."""
    _note_absences(company)
    choices = _choices(step).prefetch_related("supplements", "test_slots")
    waiting = [choice for choice in choices if _waits_for_a_slot(choice)]
    for programme in {choice.programme for choice in waiting}:
        _open_slots(company, step, programme, len([one for one in waiting if one.programme == programme]))
    for choice in waiting:
        slot = next((one for one in free_slots(choice) if not _clashes(choice, one)), None)
        if slot is None:
            continue
        if step.booking == Step.Booking.CANDIDATE:
            company.attempt(book_slot, slot.pk, choice.pk, by=choice.dossier.candidate.user)
        else:
            company.attempt(place_choice, slot.pk, choice.pk, by=company.staff.verifier(choice.programme.school))


def evaluate(company: Company, step: Step) -> None:
    """Both evaluators of each programme mark those who were interviewed, neither seeing what the other gave."""
    now = company.procedure.now()
    interviewed = TestSlot.objects.filter(ends_at__lte=now, missed_at=None, supplement=None).values("choice")
    has_interviews = company.procedure.steps.filter(kind=Step.Kind.TESTS, position__lt=step.position).exists()
    choices = _choices(step).filter(pk__in=interviewed) if has_interviews else _choices(step)
    for choice in choices.exclude(evaluations__step=step):
        person, rule = company.person(choice.dossier), choice.dossier.rules.evaluation
        if rule is None:
            continue
        for evaluator in company.staff.programmes[choice.programme_id].evaluators[: rule.evaluators]:
            marks = {criterion.code: _mark(person, criterion, evaluator.email) for criterion in rule.criteria}
            company.attempt(deposit_evaluation, choice.pk, step.pk, marks=marks, by=evaluator)


def see_to_supplements(company: Company, step: Step) -> None:
    """Who fell short before `step` is asked for more; candidates answer, and it is said what that came to."""
    office = company.staff.office
    choices = list(_choices(step).exclude(decisions__step=step))
    heard = heard_of(step, choices)
    for choice in choices:
        if heard[choice.pk].is_short and heard[choice.pk].supplement is None and not heard[choice.pk].supplement_waits:
            due_at = company.procedure.now() + TIME_TO_WRITE
            company.attempt(
                ask_supplement, choice.pk, kind=Supplement.Kind.WRITTEN, subject=SUBJECT, due_at=due_at, by=office
            )
    _answer_supplements(company)


# --- Below ----------------------------------------------------------------------------------------------------------


def _choices(step: Step) -> QuerySet[Choice]:
    """Those before a step, as they arrived, with what the acts and those who do them ask of one."""
    related = ("dossier__candidate__user", "dossier__procedure", "programme__school")
    return choices_before(step).select_related(*related).order_by("dossier__submitted_at", "pk")


def _waits_for_a_slot(choice: Choice) -> bool:
    """Whether the choice has no interview yet, or asks for a further one that has no slot."""
    asked = [one for one in choice.supplements.all() if one.kind == Supplement.Kind.INTERVIEW and one.judged_at is None]
    further = asked[0].pk if asked else None
    return all(slot.supplement_id != further for slot in choice.test_slots.all())


def _open_slots(company: Company, step: Step, programme: Programme, count: int) -> None:
    """Open days of slots for a programme, until there are as many as candidates who wait."""
    planner = company.staff.verifier(programme.school)
    panel = _panel(company, step, programme, planner)
    day = company.procedure.today()
    for number in range(MOST_DAYS):
        free = panel.slots.filter(dossier=None, starts_at__gt=company.procedure.now()).count() if panel else count
        if panel is None or free >= count:
            return
        day = working_days_after(day, DAYS_AHEAD if number == 0 else 1)
        company.attempt(offer_slots, panel.pk, day=day, day_start=HOURS[0], day_end=HOURS[1], by=planner)


def _panel(company: Company, step: Step, programme: Programme, planner: User) -> Panel | None:
    """The panel of a programme, at a distance; named the first time."""
    panel = Panel.objects.filter(step=step, programme=programme).first()
    rule = next(iter(company.rules.tests), None)
    if panel is not None or rule is None:
        return panel
    return company.attempt(
        add_panel,
        step.pk,
        programme.school_id,
        test=rule.code,
        name=f"{programme.title.fr} 1",
        remote_url="https://visio.example/entretien",
        programme_id=programme.pk,
        by=planner,
    )


def _clashes(choice: Choice, slot: TestSlot) -> bool:
    """Whether the candidate is somewhere else at that time."""
    own = choice.dossier.test_slots.filter(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    return own.exists()


def _note_absences(company: Company) -> None:
    """Some did not come to the interviews that are over."""
    over = TestSlot.objects.filter(
        panel__step__procedure=company.procedure, choice__isnull=False, ends_at__lte=company.procedure.now()
    )
    for slot in over.filter(missed_at=None).select_related(
        "choice__programme__school", "choice__dossier__candidate__user"
    ):
        if slot.choice and company.person(slot.choice.dossier).has(Habit.ABSENT):
            company.attempt(note_absence, slot.pk, absent=True, by=company.staff.verifier(slot.choice.programme.school))


def _mark(person: Person, criterion: Criterion, evaluator: str) -> Decimal:
    """A mark to a quarter of a point, around what the person is worth."""
    most = float(criterion.out_of)
    drawn = person.draw(f"mark {criterion.code} {evaluator}").gauss(person.ability, 2.0) * most / 20
    return Decimal(round(min(max(drawn, 0.0), most) * 4)) / 4


def _answer_supplements(company: Company) -> None:
    """What was asked for is handed in by most, and judged; who hands in nothing is judged after the deadline."""
    asked = Supplement.objects.filter(choice__dossier__procedure=company.procedure, judged_at=None)
    for supplement in asked.select_related("choice__dossier__candidate__user", "choice__programme").order_by("pk"):
        person, user = company.person(supplement.choice.dossier), supplement.choice.dossier.candidate.user
        ignores = person.has(Habit.IGNORES_REQUESTS)
        if supplement.kind == Supplement.Kind.WRITTEN and supplement.document is None and not ignores:
            document = company.attempt(deposit_written, supplement.pk, files.paper(paper_rule(supplement)), by=user)
            if document is not None:
                check_paper(document.pk)
        presentable = not ignores and person.draw("supplement").random() < SHARE_CONVINCING
        company.attempt(judge_supplement, supplement.pk, presentable=presentable, by=company.staff.office)
