"""Opinions: the head of a programme says whether a choice is one to keep, before the jury decides on it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from juries.choices_before import lock_choice, require_before, require_nothing_published_after, require_role_for
from juries.models import Opinion
from programmes.models import Step
from programmes.roles import HEAD
from programmes.typed import LONGEST_EXPLANATION, reason_typed


class NotAnOpinion(Refused):
    """The step asks for no opinion, or an unfavourable one lacks its reason."""


@transaction.atomic
def give_opinion(choice_id: int, step_id: int, *, favourable: bool, comment: str = "", by: User) -> Opinion:
    """Say what the programme thinks of a choice; replaces what was said before, until a decision after it is published.

    Raises:
        Choice.DoesNotExist: no choice of a dossier that `by` may see.
        NotAllowed: `by` is not the head of this programme.
        NotBefore: the choice is not before this step.
        NotAnOpinion: the step asks for none; unfavourable, and no reason.
        Frozen: a decision that followed is published, or about to be.
    Rules: NE-04, APP-15.
    """
    choice, step, held = lock_choice(choice_id, step_id, by=by)
    require_role_for(choice, held, HEAD)
    require_before(choice, step)
    if step.kind != Step.Kind.OPINION:
        raise NotAnOpinion(gettext("Cette étape ne demande pas d’avis."))
    require_nothing_published_after(step, choice)
    comment = reason_typed(comment, at_most=LONGEST_EXPLANATION)
    if not favourable and not comment:
        raise NotAnOpinion(gettext("Dites au jury pourquoi l’avis est défavorable."))
    now = step.procedure.now()
    opinion = Opinion(choice=choice, step=step, favourable=favourable, comment=comment, given_at=now, given_by=by)
    Opinion.objects.bulk_create(
        [opinion],
        update_conflicts=True,
        unique_fields=["choice", "step"],
        update_fields=["favourable", "comment", "given_at", "given_by"],
    )
    ids = {"step": step.code, "programme": choice.programme.code}
    record("opinion.given", choice.dossier, by=by, **ids, favourable=favourable)
    return opinion
