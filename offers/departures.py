"""Departures: what becomes of the ranks and the seat of someone who leaves otherwise than by a reply.

A dossier is withdrawn or voided, or the jury's decision is corrected to a refusal. The ranks are struck out and the
seat is free for the next period.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from applicants.dossiers import lock
from applicants.endings import ENDED_FACT
from applicants.models import Dossier
from journal.followups import acts_on
from juries.models import Decision
from juries.publication import CORRECTED_FACT
from offers.enrolment import give_up_seats
from offers.models import ListEntry
from programmes.models import Step


@acts_on(ENDED_FACT)
@transaction.atomic
def leave_with_dossier(dossier_id: str) -> None:
    """Free what a dossier that ended held. Rule: AST-24."""
    _leave(lock(UUID(dossier_id)), ListEntry.Struck.WITHDRAWN)


@acts_on(CORRECTED_FACT)
@transaction.atomic
def leave_if_refused(decision_id: str) -> None:
    """Free what someone held whose admission was corrected to a refusal. Rule: AST-24."""
    decision = Decision.objects.select_related("step").get(pk=int(decision_id))
    if decision.step.kind == Step.Kind.ADMISSION and decision.outcome == Decision.Outcome.REFUSED:
        _leave(lock(decision.dossier_id), ListEntry.Struck.REFUSED)


def _leave(dossier: Dossier, because: str) -> None:
    now = dossier.procedure.now()
    ListEntry.objects.filter(dossier=dossier, struck_at=None).update(struck_at=now, struck_because=because)
    give_up_seats(dossier.procedure, [dossier.pk])
