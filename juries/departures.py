"""Departures: the slots of somebody who will not sit the tests, be it that the dossier ended or that the jury corrected
its decision. They are free for others; what was sat stays as it was.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from applicants.dossiers import lock
from applicants.endings import ENDED_FACT
from applicants.models import Dossier
from journal.followups import acts_on
from journal.record import record
from juries.adjustments import release
from juries.models import Decision
from juries.publication import CORRECTED_FACT


@acts_on(ENDED_FACT)
@transaction.atomic
def free_slots(dossier_id: str) -> None:
    """Free the slots to come of a dossier that ended. Rule: AST-14."""
    _free(lock(UUID(dossier_id)))


@acts_on(CORRECTED_FACT)
@transaction.atomic
def free_slots_if_not_admissible(decision_id: str) -> None:
    """Free the slots to come of somebody who is not admissible after all. Rules: AST-14, AST-24."""
    decision = Decision.objects.get(pk=int(decision_id))
    if decision.outcome == Decision.Outcome.NOT_ADMISSIBLE:
        _free(lock(decision.dossier_id), choice_id=decision.choice_id)


def _free(dossier: Dossier, *, choice_id: int | None = None) -> None:
    """Free the slots to come of a dossier, or of one of its choices."""
    hosts = [choice.programme.school_id for choice in dossier.ranked_choices]
    # The planners' lock: none of them is giving this candidate a slot meanwhile.
    participations = dossier.procedure.participations.select_for_update(of=("self",), no_key=True)
    list(participations.filter(school__in=hosts).order_by("pk"))
    to_come = dossier.test_slots.filter(starts_at__gt=dossier.procedure.now())
    if choice_id is not None:
        to_come = to_come.filter(choice=choice_id)
    if freed := sorted(to_come.values_list("pk", flat=True)):
        release(dossier, to_come)
        record("tests.freed", dossier, slots=freed)
