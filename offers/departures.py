"""Departures: what becomes of the ranks and the seat of someone who leaves otherwise than by a reply.

A dossier is withdrawn or voided, or the jury's decision is corrected to a refusal. The ranks are struck out and the
seat is free for the next period.
"""

from __future__ import annotations

from uuid import UUID

from applicants.dossiers import lock
from applicants.endings import ENDED_FACT
from applicants.models import Dossier
from documents.models import Notice
from journal.followups import acts_on
from juries.announcements import key_of
from juries.models import Decision
from juries.publication import CORRECTED_FACT
from offers.enrolment import give_up_seats
from offers.models import ListEntry, Place
from offers.place_endings import end_places
from offers.place_letters import replace_letters_of
from programmes.models import Step


@acts_on(ENDED_FACT)
def leave_with_dossier(dossier_id: str) -> None:
    """Free what a dossier that ended held. Rules: AST-24, IIM-05."""
    dossier = lock(UUID(dossier_id))
    end_places(dossier, Place.State.REVOKED if dossier.ended_because else Place.State.DECLINED)
    _leave(dossier, ListEntry.Struck.WITHDRAWN)


@acts_on(CORRECTED_FACT)
def leave_if_refused(decision_id: str) -> None:
    """Free what someone held whose admission was corrected to a refusal. Rule: AST-24."""
    decision = Decision.objects.select_related("step").get(pk=int(decision_id))
    if decision.step.kind != Step.Kind.ADMISSION or decision.outcome != Decision.Outcome.REFUSED:
        return
    dossier = lock(decision.dossier_id)
    if decision.choice_id is None:
        _leave(dossier, ListEntry.Struck.REFUSED)
    else:
        end_places(dossier, Place.State.REVOKED, of_choice=decision.choice_id)
        _replace_letters(decision)


def _leave(dossier: Dossier, because: str) -> None:
    now = dossier.procedure.now()
    ListEntry.objects.filter(dossier=dossier, struck_at=None).update(struck_at=now, struck_because=because)
    give_up_seats(dossier.procedure, [dossier.pk])


def _replace_letters(decision: Decision) -> None:
    """The letter of the correction holds in the place of those of the place that it took back."""
    place = Place.objects.filter(choice=decision.choice_id).select_related("dossier", "pool").first()
    corrected = Notice.objects.filter(key__startswith=f"{key_of(decision)}:correction:").order_by("issued_at").last()
    if place is not None and corrected is not None:
        replace_letters_of(place, by=corrected)
