"""The choices before a step as their programmes' staff see them: whose, in which state, with what has been said.

Rules: APP-15, BS-03 to BS-06, NE-04, IIM-01, IIM-04, IIM-05.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, Exists, Min, OuterRef, Prefetch, Q, Subquery, When
from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from applicants.models import Choice
from juries.choice_decisions import deciders_of, with_crowd
from juries.choices_before import choices_before
from juries.hearing import Hearing, hear
from juries.models import Decision, Evaluation, Opinion
from juries.planning import PLANNERS
from juries.publication import PUBLISHERS
from programmes.desk import roles_held
from programmes.models import JurySession, Procedure, Programme, Step
from programmes.roles import EVALUATOR, HEAD, JURY, OFFICE, PRESIDENT, VERIFIER, HeldRoles
from programmes.working_days import due_after

# Those studied ahead of the others. Rule: APP-20
EARLY_FIRST = Case(When(dossier__early_because="", then=1), default=0).asc()
OPINION_READERS = (HEAD, JURY, PRESIDENT, OFFICE, VERIFIER)
DECIDING = (Step.Kind.ADMISSIBILITY, Step.Kind.ADMISSION)
TODO, DONE, PUBLISHED, ALL = "todo", "done", "published", "all"
LABELS: dict[str, dict[str, str | Promise]] = {
    Step.Kind.OPINION: {TODO: gettext_lazy("Avis attendus"), DONE: gettext_lazy("Avis donnés")},
    Step.Kind.EVALUATION: {TODO: gettext_lazy("À évaluer"), DONE: gettext_lazy("Évaluées")},
    Step.Kind.ADMISSIBILITY: {
        TODO: gettext_lazy("À décider"),
        DONE: gettext_lazy("À publier"),
        PUBLISHED: gettext_lazy("Publiées ou à paraître"),
    },
}
LABELS[Step.Kind.ADMISSION] = LABELS[Step.Kind.ADMISSIBILITY]


@dataclass(frozen=True, slots=True)
class Row:
    """A choice as a line of the board shows it."""

    choice: Choice
    hearing: Hearing
    decision: Decision | None
    told_by: dt.datetime | None  # until when the decision that waits must be told (UTC)
    is_late: bool

    @property
    def may_be_published(self) -> bool:
        """Whether its decision waits for its publication."""
        return self.decision is not None and self.decision.publication_id is None


def readers_of(step: Step) -> tuple[str, ...]:
    """The roles that read the board of a step: those who act there, and those whose decision follows."""
    of_kind = {
        Step.Kind.OPINION: (HEAD, JURY, PRESIDENT, OFFICE),
        Step.Kind.TESTS: PLANNERS,
        Step.Kind.EVALUATION: (EVALUATOR, JURY, PRESIDENT, OFFICE),
    }
    return of_kind.get(Step.Kind(step.kind), (*deciders_of(step), JURY, PRESIDENT, OFFICE))


def publishers_of(step: Step) -> tuple[str, ...]:
    """The roles that publish what is decided at a step."""
    return (*PUBLISHERS, VERIFIER) if step.decided_by == Step.DecidedBy.SERVICE else PUBLISHERS


def programmes_of(held: HeldRoles, step: Step, *roles: str) -> list[Programme]:
    """The programmes of the procedure for which one of `roles` is held."""
    programmes = step.procedure.programmes.all()
    return [programme for programme in programmes if held.has(step.procedure, *roles, programme=programme)]


def find_step(request: HttpRequest, step_id: int) -> Step:
    """A step of a procedure whose programmes decide, at which the person works, with all steps of its procedure.

    Raises:
        Http404: there is none.
    """
    steps = Step.objects.select_related("procedure")
    own = steps.filter(procedure__judgement=Procedure.Judgement.BY_PROGRAMME)
    programmes = Prefetch("procedure__programmes", with_crowd(Programme.objects.all(), step_id))
    step = own.prefetch_related("procedure__steps", programmes).filter(pk=step_id).first()
    if step is None or not roles_held(request).has(step.procedure, *readers_of(step)):
        raise Http404
    return step


def choices_with_state(step: Step, programmes: Sequence[Programme]) -> Any:
    """The choices of `programmes` that have come as far as `step`, as they arrived, each with `state`-telling marks:
    `is_done` and `is_published`.
    """
    own = {"choice": OuterRef("pk"), "step": step}
    done: Exists
    if step.kind == Step.Kind.OPINION:
        done = Exists(Opinion.objects.filter(**own))
    elif step.kind == Step.Kind.EVALUATION:
        done = Exists(Evaluation.objects.opened().filter(**own))
    else:
        done = Exists(Decision.objects.filter(**own))
    published = Exists(Decision.objects.filter(**own, publication__isnull=False))
    waiting = Decision.objects.filter(**own, publication=None).values("decided_at")
    choices = choices_before(step).filter(programme__in=programmes)
    return choices.annotate(is_done=done, is_published=published, waits_since=Subquery(waiting)).order_by(
        EARLY_FIRST, "dossier__submitted_at", "dossier_id", "rank"
    )


STATES = {
    TODO: Q(is_done=False),
    DONE: Q(is_done=True, is_published=False),
    PUBLISHED: Q(is_published=True),
    ALL: Q(),
}


def counted(step: Step, choices: Any) -> tuple[dict[str, int], dt.datetime | None]:
    """How many of `choices` are in each state that the step knows, and in all; and until when (UTC) the oldest of those
    decided must be told, if they must be by then.
    """
    names = LABELS[step.kind]
    states = {name: Count("pk", filter=STATES[name]) for name in names}
    found = choices.order_by().aggregate(**states, oldest=Min("waits_since"))
    oldest = found.pop("oldest")
    is_due = oldest is not None and step.notify_within is not None
    return found | {ALL: sum(found.values())}, due_after(oldest, step.notify_within or 0) if is_due else None


def studied_at(session: JurySession) -> Q:
    """The choices that a session has before it, or had: of its programme, in time, and not published at another."""
    elsewhere = Decision.objects.filter(choice=OuterRef("pk"), step=session.step_id, publication__isnull=False)
    return _in_reach(session) & ~Q(Exists(elsewhere.exclude(publication__session=session.pk)))


def to_publish(step: Step, programmes: Sequence[Programme], sessions: Sequence[JurySession]) -> dict[int, int]:
    """How many decisions would be published with each of `sessions`, by its key."""
    decided = choices_with_state(step, programmes).filter(STATES[DONE]).order_by()
    counts = {f"session_{one.pk}": Count("pk", filter=_in_reach(one)) for one in sessions}
    found = decided.aggregate(**counts) if counts else {}
    return {one.pk: found[f"session_{one.pk}"] for one in sessions}


def _in_reach(session: JurySession) -> Q:
    """The choices of a session's programme that came in time for it."""
    in_time = Q(dossier__submitted_at__lt=session.closes_at) if session.closes_at else Q()
    return in_time & (Q(programme=session.programme_id) if session.programme_id else Q())


def rows_of(step: Step, choices: Any, held: HeldRoles) -> list[Row]:
    """What the lines of the board show to who holds those roles, in a few queries however many they are."""
    taken = Prefetch("decisions", Decision.objects.filter(step=step).select_related("publication"), to_attr="taken")
    related = ("programme__school", "dossier__candidate__user", "dossier__track")
    found = list(choices.select_related(*related).prefetch_related(taken))
    for choice in found:
        choice.dossier.procedure = step.procedure
    hearings, now = hear(step, found), step.procedure.now()
    return [_row(step, choice, _told(hearings[choice.pk], choice, held), now) for choice in found]


def _told(hearing: Hearing, choice: Choice, held: HeldRoles) -> Hearing:
    """The hearing of a choice, without the opinions for who only evaluates it, until all evaluations are there.

    Opinions are for the jury; who marks a choice does so by what the candidate showed. Rules: BS-04, NE-04.
    """
    is_open = hearing.mean is not None
    if is_open or held.has(choice.dossier.procedure, *OPINION_READERS, programme=choice.programme):
        return hearing
    return replace(hearing, opinions=())


def _row(step: Step, choice: Any, hearing: Hearing, now: dt.datetime) -> Row:
    decision = choice.taken[0] if choice.taken else None
    told_by = None
    if decision is not None and decision.publication_id is None and step.notify_within is not None:
        told_by = due_after(decision.decided_at, step.notify_within)
    return Row(choice, hearing, decision, told_by, is_late=told_by is not None and now >= told_by)
