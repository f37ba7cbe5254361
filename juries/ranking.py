"""Ranking: the order of a waiting list, which is that of the decisions until its jury changes it.

A list is of one programme and track. Ranks that are published were told, and stay; those that are not may still change,
after them.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from juries.choice_decisions import close_up, deciders_of, told_rank, waiting_list_of
from juries.choices_before import lock_choice, require_role_for
from juries.models import Decision
from juries.steps import raise_frozen


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
    choice, step, held = lock_choice(choice_id, step_id, by=by)
    require_role_for(choice, held, *deciders_of(step))
    decision = Decision.objects.filter(choice=choice, step=step).select_related("publication").first()
    if decision is None or decision.outcome != Decision.Outcome.WAITING:
        raise NotRankable(gettext("Cette candidature n’est pas en liste d’attente."))
    if decision.publication is not None:
        raise_frozen(decision.publication, step)
    waiting = waiting_list_of(step, choice)
    told, published = told_rank(waiting), [one for one in waiting if one.publication_id is not None]
    others = [one for one in waiting if one.publication_id is None and one.pk != decision.pk]
    if not told < rank <= told + len(others) + 1:
        raise NotRankable(
            gettext("Choisissez un rang de %(first)d à %(last)d : les autres sont déjà publiés, ou n’existent pas.")
            % {"first": told + 1, "last": told + len(others) + 1}
        )
    others.insert(rank - told - 1, decision)
    close_up([*published, *others])
    record("decision.ranked", choice.dossier, by=by, step=step.code, programme=choice.programme.code, rank=rank)
    return decision
