"""Decisions on choices: where each programme decides, its jury admits, keeps on a waiting list or refuses whoever chose
it; or, at a step before, calls them further or not.

A choice comes before a step once its dossier is validated, and once every step before it that decides has let it pass
and said so. A decision is the programme's alone until it is published with others (`juries.choice_publication`); until
then it may be taken anew.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice
from applicants.proof import with_title_accepted
from journal.errors import Refused
from journal.record import record
from juries.choices_before import choices_before, lock_choice, require_before
from juries.hearing import heard_of
from juries.models import Decision
from juries.presentability import objection
from juries.steps import raise_frozen
from programmes.models import Step
from programmes.roles import JURY, OFFICE, PRESIDENT, VERIFIER, require_role
from programmes.typed import LONGEST_EXPLANATION, reason_typed

Outcome = Decision.Outcome
OUTCOMES_OF_A_CHOICE: dict[str, tuple[str, ...]] = {
    Step.Kind.ADMISSIBILITY: (Outcome.ADMISSIBLE, Outcome.NOT_ADMISSIBLE),
    Step.Kind.ADMISSION: (Outcome.ADMITTED, Outcome.WAITING, Outcome.REFUSED),
}
KEEPS = (Outcome.ADMISSIBLE, Outcome.ADMITTED, Outcome.WAITING)
DECIDERS = {
    Step.DecidedBy.JURY: (JURY, PRESIDENT),
    Step.DecidedBy.SERVICE: (VERIFIER, OFFICE),
}


class NotPresentable(Refused):
    """Something comes before this decision: an opinion, evaluations, or what else was asked of the candidate."""


class OutOfTurn(Refused):
    """Dossiers are decided as they arrived, and another came first; a reason lets one go ahead."""


class NotDecidable(Refused):
    """No such decision can be taken at this step, or it lacks its reason."""


@transaction.atomic
def decide_choice(
    choice_id: int,
    step_id: int,
    *,
    outcome: str,
    reason: str = "",
    out_of_turn_because: str = "",
    by: User,
) -> Decision:
    """Decide on a choice; replaces what was decided before.

    Who is admitted and has not proved the title yet is so under condition. Who is put on the waiting list is its last.

    Raises:
        Choice.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` does not decide for this programme.
        NotBefore: the dossier is not validated, or an earlier step has not let the choice pass.
        NotPresentable: what comes before the decision is not there, or does not let the programme keep the choice.
        NotDecidable: the step knows no such outcome; not admissible, and no reason.
        OutOfTurn: the step takes dossiers as they arrived, another is first, and no reason is given to pass it.
        Frozen: the decision is published, or about to be.
    Rules: APP-15, BS-03, BS-05, BS-06, NE-04, IIM-01, IIM-04, IIM-05.
    """
    choice, step = lock_choice(choice_id, step_id, by=by)
    require_role(by, step.procedure, *deciders_of(step), programme=choice.programme)
    require_before(choice, step)
    before = _require_unpublished(choice, step)
    reason, because = reason_typed(reason, at_most=LONGEST_EXPLANATION), reason_typed(out_of_turn_because)
    _require_outcome(step, outcome, reason)
    _require_presentable(step, choice, outcome)
    is_out_of_turn = before is None and _is_out_of_turn(step, choice, because)
    if outcome == Outcome.ADMITTED and not with_title_accepted([choice.dossier]):
        outcome = Outcome.CONDITIONAL
    decision = before or Decision(choice=choice, dossier=choice.dossier, step=step)
    decision.rank = (decision.rank or _last_rank(step, choice) + 1) if outcome == Outcome.WAITING else None
    decision.outcome, decision.reason = outcome, reason
    if is_out_of_turn:
        decision.out_of_turn_because = because
    decision.decided_at, decision.decided_by = step.procedure.now(), by
    decision.save()
    ids = {"step": step.code, "programme": choice.programme.code, "outcome": outcome}
    record("decision.taken", choice.dossier, by=by, **ids, out_of_turn=is_out_of_turn)
    return decision


def deciders_of(step: Step) -> tuple[str, ...]:
    """The roles that decide at `step`: the jury, or the service that verifies."""
    return DECIDERS[Step.DecidedBy(step.decided_by)]


def undecided_choices(step: Step) -> QuerySet[Choice]:
    """Those before `step` on which it has not decided yet, as they arrived."""
    decided = Decision.objects.filter(step=step, choice=OuterRef("pk"))
    return choices_before(step).exclude(Exists(decided)).order_by("dossier__submitted_at", "dossier_id", "rank")


def first_undecided(step: Step, programme_id: int) -> Choice | None:
    """Of the choices of a programme on which `step` has not decided, the one that arrived first. Rule: IIM-01."""
    return undecided_choices(step).filter(programme=programme_id).select_related("dossier__candidate__user").first()


def _require_unpublished(choice: Choice, step: Step) -> Decision | None:
    """What was decided before; `Frozen` if that is published, or about to be."""
    before = Decision.objects.filter(choice=choice, step=step).select_related("publication").first()
    if before is not None and before.publication is not None:
        raise_frozen(before.publication, step)
    return before


def _require_outcome(step: Step, outcome: str, reason: str) -> None:
    if outcome not in OUTCOMES_OF_A_CHOICE.get(step.kind, ()):
        raise NotDecidable(gettext("Cette étape ne prend pas une telle décision."))
    if outcome == Outcome.NOT_ADMISSIBLE and not reason:
        raise NotDecidable(gettext("Indiquez pourquoi la candidature n’est pas retenue : le motif est conservé."))


def _require_presentable(step: Step, choice: Choice, outcome: str) -> None:
    """Raise `NotPresentable` if what was said of the choice so far does not let it be decided so."""
    heard = heard_of(step, [choice])[choice.pk]
    if sentence := objection(heard, keeps=outcome in KEEPS):
        raise NotPresentable(sentence)


def _is_out_of_turn(step: Step, choice: Choice, because: str) -> bool:
    """Whether another choice of the programme arrived first and still waits; `OutOfTurn` if no reason is given.

    Rule: IIM-01.
    """
    if not step.in_order:
        return False
    first = first_undecided(step, choice.programme_id)
    if first is None or first.pk == choice.pk:
        return False
    if not because:
        raise OutOfTurn(
            gettext(
                "Les dossiers s’étudient dans l’ordre de leur arrivée, et %(reference)s est arrivé avant celui-ci. "
                "Pour passer outre, indiquez pourquoi : le motif est conservé."
            )
            % {"reference": first.dossier.reference}
        )
    return True


def _last_rank(step: Step, choice: Choice) -> int:
    """The rank of the last of the programme's waiting list by the candidate's track; 0 when nobody waits."""
    waiting = Decision.objects.filter(
        step=step, choice__programme=choice.programme_id, dossier__track=choice.dossier.track_id
    )
    last: int | None = waiting.aggregate(last=Max("rank"))["last"]
    return last or 0
