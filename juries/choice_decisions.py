"""Decisions on choices: where each programme decides, its jury admits, keeps on a waiting list or refuses whoever chose
it; or, at a step before, calls them further or not.

A choice comes before a step once its dossier is validated, and once every step before it that decides has let it pass
and said so. A decision is the programme's alone until it is published with others (`juries.choice_publication`); until
then it may be taken anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice, Status
from applicants.proof import with_title_accepted
from journal.errors import Refused
from journal.record import record
from juries.choices_before import choices_before, lock_choice, require_before, require_role_for
from juries.hearing import heard_of
from juries.models import Decision
from juries.presentability import objection
from juries.steps import raise_frozen
from programmes.models import Pool, Programme, Step
from programmes.roles import JURY, OFFICE, PRESIDENT, VERIFIER
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

    Who is admitted and has not proved the title yet is so under condition. Who is put on the waiting list is its last;
    whoever leaves it leaves no gap.

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
    choice, step, held = lock_choice(choice_id, step_id, by=by)
    require_role_for(choice, held, *deciders_of(step))
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
    if before is not None and outcome != Outcome.WAITING:
        close_up(waiting_list_of(step, choice))
    ids = {"step": step.code, "programme": choice.programme.code, "outcome": outcome}
    record("decision.taken", choice.dossier, by=by, **ids, out_of_turn=is_out_of_turn)
    return decision


def deciders_of(step: Step) -> tuple[str, ...]:
    """The roles that decide at `step`: the jury, or the service that verifies."""
    return DECIDERS[Step.DecidedBy(step.decided_by)]


def waiting_list_of(step: Step, choice: Choice) -> list[Decision]:
    """The waiting list of the choice's programme and track, in its order."""
    waiting = Decision.objects.filter(step=step, rank__isnull=False, choice__programme=choice.programme_id)
    return list(waiting.filter(dossier__track=choice.dossier.track_id).order_by("rank", "decided_at", "pk"))


def _last_rank(step: Step, choice: Choice) -> int:
    """The last rank of the choice's waiting list; 0 where nobody waits."""
    return max((one.rank or 0 for one in waiting_list_of(step, choice)), default=0)


def told_rank(waiting: list[Decision]) -> int:
    """The last rank of a waiting list that is published: up to it, ranks were told and stay."""
    return max((one.rank or 0 for one in waiting if one.publication_id is not None), default=0)


@dataclass(frozen=True, slots=True)
class Crowd:
    """The seats of a programme, and how many its jury has admitted.

    It may admit more than there are seats: who comes last then waits for one. Rules: IIM-05, NE-05.
    """

    programme: Programme
    seats: int
    admitted: int

    @property
    def beyond(self) -> int:
        """How many are admitted for whom there is no seat."""
        return max(self.admitted - self.seats, 0)


def with_crowd(programmes: QuerySet[Programme], step_id: int) -> QuerySet[Programme]:
    """`programmes`, each with its seats by all tracks, and with who is admitted at the step and still a candidate."""
    pools = Pool.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
    seats = pools.annotate(all=Sum(Coalesce("calls", "seats"))).values("all")
    admitted = Decision.objects.filter(
        choice__programme=OuterRef("pk"),
        step=step_id,
        outcome__in=(Outcome.ADMITTED, Outcome.CONDITIONAL),
        dossier__status=Status.VALIDATED,
    )
    counted = admitted.order_by().values("choice__programme").annotate(all=Count("pk")).values("all")
    return programmes.annotate(seat_count=Coalesce(Subquery(seats), 0), admitted_count=Coalesce(Subquery(counted), 0))


def crowd_of(programme: Any) -> Crowd:
    """What a programme `with_crowd` says."""
    return Crowd(programme, programme.seat_count, programme.admitted_count)


def close_up(waiting: list[Decision]) -> None:
    """Give the ranks that are not published without a gap, after those that are, in the order of `waiting`.

    Rule: IIM-05.
    """
    open_ranks = [one for one in waiting if one.publication_id is None]
    for number, one in enumerate(open_ranks, start=told_rank(waiting) + 1):
        one.rank = number
    Decision.objects.bulk_update(open_ranks, ["rank"])


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
