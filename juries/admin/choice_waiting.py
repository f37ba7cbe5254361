"""What waits for a person where each programme decides: opinions, evaluations, decisions, publications, supplements.

Rules: BS-03 to BS-06, NE-04, IIM-01, IIM-05.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import ngettext

from juries.admin.choice_rows import DECIDING, choices_with_state, programmes_of, publishers_of
from juries.admin.interviews import without_slot
from juries.choice_decisions import deciders_of, undecided_choices
from juries.choice_publication import told_by, unpublished
from juries.interviews import free_for_choices
from juries.models import DecisionCorrection, Evaluation, Supplement, TestSlot
from juries.planning import PLANNERS
from juries.publication import PUBLISHERS
from juries.supplements import ASKERS
from programmes.models import Procedure, Programme, Step
from programmes.roles import EVALUATOR, HEAD, HeldRoles
from programmes.waiting import Waiting, tells_what_waits


@tells_what_waits
def at_the_programmes(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """All of it, step by step."""
    if not procedure.judges_by_programme:
        return
    found = Procedure.objects.prefetch_related("steps", "programmes__school").get(pk=procedure.pk)
    for step in found.steps.all():
        step.procedure = found
        board = reverse("admin:juries_choices", args=[step.pk])
        if step.kind == Step.Kind.OPINION and (own := programmes_of(held, step, HEAD)):
            yield _opinions(step, own, board)
        if step.kind == Step.Kind.TESTS and (own := programmes_of(held, step, *PLANNERS)):
            yield _interviews(step, own)
        if step.kind == Step.Kind.EVALUATION and (own := programmes_of(held, step, EVALUATOR)):
            yield _evaluations(held, step, own, board)
        if step.kind in DECIDING:
            yield from _decisions(held, step, board)
        if step.kind == Step.Kind.ADMISSION and (own := programmes_of(held, step, *ASKERS)):
            yield _supplements(step, own, board)
            yield from _corrections(held, step)


def _opinions(step: Step, programmes: list[Programme], board: str) -> Waiting:
    counted = choices_with_state(step, programmes).filter(is_done=False).order_by()
    waiting = counted.aggregate(count=Count("pk"), since=Min("dossier__validated_at"))
    count = waiting["count"]
    words = ngettext("candidature attend votre avis", "candidatures attendent votre avis", count)
    return Waiting(words, count, board, waiting["since"])


def _interviews(step: Step, programmes: list[Programme]) -> Waiting:
    """Those to whom staff have to give a slot; where the candidates choose theirs, those for whom none is free."""
    choices, board = without_slot(step, programmes).order_by(), reverse("admin:juries_interviews", args=[step.pk])
    chosen = step.booking == Step.Booking.CANDIDATE
    if chosen:
        choices = choices.filter(~Exists(free_for_choices(step)))
    waiting = choices.aggregate(count=Count("pk"), since=Min("dossier__validated_at"))
    count = waiting["count"]
    if chosen:
        words = ngettext("candidature sans créneau libre à choisir", "candidatures sans créneau libre à choisir", count)
    else:
        words = ngettext("candidature sans créneau d’entretien", "candidatures sans créneau d’entretien", count)
    return Waiting(words, count, board, waiting["since"])


def _evaluations(held: HeldRoles, step: Step, programmes: list[Programme], board: str) -> Waiting:
    """Those interviewed, if there are interviews, that others have not all evaluated, nor oneself."""
    own = Evaluation.objects.filter(choice=OuterRef("pk"), step=step, evaluator=held.user)
    choices = choices_with_state(step, programmes).filter(~Exists(own), is_done=False).order_by()
    earlier = [one for one in step.procedure.steps.all() if one.position < step.position]
    if any(one.kind == Step.Kind.TESTS for one in earlier):
        came = TestSlot.objects.filter(choice=OuterRef("pk"), supplement=None, missed_at=None)
        choices = choices.filter(Exists(came.filter(starts_at__lte=step.procedure.now())))
    count = choices.count()
    words = ngettext("candidature attend votre évaluation", "candidatures attendent votre évaluation", count)
    return Waiting(words, count, board)


def _decisions(held: HeldRoles, step: Step, board: str) -> Iterator[Waiting]:
    """Choices to decide, and decisions to publish: until when, in working days, is for the oldest."""
    if own := programmes_of(held, step, *deciders_of(step)):
        choices = undecided_choices(step).filter(programme__in=own).order_by()
        waiting = choices.aggregate(count=Count("pk"), since=Min("dossier__submitted_at"))
        count = waiting["count"]
        words = ngettext("candidature à décider, %(step)s", "candidatures à décider, %(step)s", count)
        yield Waiting(words % {"step": step.label}, count, f"{board}?state=todo", waiting["since"])
    if own := programmes_of(held, step, *publishers_of(step)):
        decided = unpublished(step).filter(choice__programme__in=own)
        ready = decided.aggregate(count=Count("pk"), since=Min("decided_at"))
        count = ready["count"]
        words = ngettext("décision à publier, %(step)s", "décisions à publier, %(step)s", count)
        due = told_by(step, own) if count else None
        yield Waiting(words % {"step": step.label}, count, f"{board}?state=done", ready["since"], due)


def _supplements(step: Step, programmes: list[Programme], board: str) -> Waiting:
    """Supplements that the candidate has answered, or can answer no more: somebody has to say what they came to."""
    now = step.procedure.now()
    held = Q(kind=Supplement.Kind.INTERVIEW, slots__ends_at__lte=now)
    answered = Q(document__check_state="passed") | held | Q(due_at__lte=now)
    waiting = Supplement.objects.filter(answered, choice__programme__in=programmes, judged_at=None)
    count = waiting.count()
    words = ngettext("complément à juger", "compléments à juger", count)
    return Waiting(words, count, f"{board}?state=todo", waiting.aggregate(since=Min("asked_at"))["since"])


def _corrections(held: HeldRoles, step: Step) -> Iterator[Waiting]:
    """Corrections of published decisions that a second person has to confirm. Rule: AST-24."""
    if not (own := programmes_of(held, step, *PUBLISHERS)):
        return
    proposed = DecisionCorrection.objects.filter(confirmed_at=None, decision__choice__programme__in=own)
    counted = proposed.exclude(proposed_by=held.user).aggregate(count=Count("pk"), since=Min("proposed_at"))
    count = counted["count"]
    words = ngettext("rectification à confirmer", "rectifications à confirmer", count)
    yield Waiting(words, count, reverse("admin:juries_opinion_changelist"), counted["since"])
