"""Ranking: the order of a waiting list, which is that of the decisions until its jury changes it.

A list is of one programme and track. Ranks that are published were told, and stay; those that are not may still change,
after them.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice
from journal.errors import Refused
from journal.record import record
from juries.choice_decisions import deciders_of
from juries.choices_before import lock_choice
from juries.models import Decision
from juries.steps import raise_frozen
from programmes.models import Step
from programmes.roles import require_role


class NotRankable(Refused):
    """The choice is not on the waiting list, or the list has no such rank left."""


@transaction.atomic
def rank_waiting(choice_id: int, step_id: int, *, rank: int, by: User) -> Decision:
    """Give a choice another rank on the waiting list of its programme; the others that wait close up around it.

    Raises:
        Choice.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` does not decide for this programme.
        NotRankable: it is not on the waiting list, or this rank is not one of those that may still change.
        Frozen: its rank is published, or about to be.
    Rule: IIM-05.
    """
    choice, step = lock_choice(choice_id, step_id, by=by)
    require_role(by, step.procedure, *deciders_of(step), programme=choice.programme)
    decision = Decision.objects.filter(choice=choice, step=step).select_related("publication").first()
    if decision is None or decision.outcome != Decision.Outcome.WAITING:
        raise NotRankable(gettext("Cette candidature n’est pas en liste d’attente."))
    if decision.publication is not None:
        raise_frozen(decision.publication, step)
    told = max((one.rank or 0 for one in _list_of(step, choice) if one.publication_id is not None), default=0)
    others = [one for one in _list_of(step, choice) if one.publication_id is None and one.pk != decision.pk]
    if not told < rank <= told + len(others) + 1:
        raise NotRankable(
            gettext("Choisissez un rang de %(first)d à %(last)d : les autres sont déjà publiés, ou n’existent pas.")
            % {"first": told + 1, "last": told + len(others) + 1}
        )
    others.insert(rank - told - 1, decision)
    for number, one in enumerate(others, start=told + 1):
        one.rank = number
    Decision.objects.bulk_update(others, ["rank"])
    record("decision.ranked", choice.dossier, by=by, step=step.code, programme=choice.programme.code, rank=rank)
    return decision


def _list_of(step: Step, choice: Choice) -> list[Decision]:
    """The waiting list of the choice's programme and track, in its order."""
    waiting = Decision.objects.filter(step=step, rank__isnull=False, choice__programme=choice.programme_id)
    return list(waiting.filter(dossier__track=choice.dossier.track_id).order_by("rank", "decided_at", "pk"))
