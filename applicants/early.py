"""Early candidates: those who go abroad, and whom some programmes select ahead of the others. Rule: APP-20.

The candidate asks for it by a yes or no of the form; staff say that it is so, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.corrections import lock_as_examiner
from applicants.models import Dossier, Status
from journal.errors import Refused
from journal.record import record
from programmes.typed import reason_typed


class NotTakenEarly(Refused):
    """None of the programmes chosen selects anybody early, or the dossier is not with the school."""


@transaction.atomic
def mark_early(dossier_id: UUID, *, because: str, by: User) -> Dossier:
    """Say why a dossier is studied ahead of the others; a blank reason takes that back.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not examine it.
        NotTakenEarly: no programme chosen selects early, or the dossier has ended.
        TooLong: the reason.
    Rule: APP-20.
    """
    dossier = lock_as_examiner(dossier_id, by=by)
    because = reason_typed(because)
    if dossier.status not in (Status.SUBMITTED, Status.VALIDATED):
        raise NotTakenEarly(gettext("Ce dossier est retiré : il ne sera plus étudié."))
    if because and not takes_early(dossier):
        raise NotTakenEarly(gettext("Aucune des formations demandées ne sélectionne par anticipation."))
    if because != dossier.early_because:
        dossier.early_because = because
        dossier.save(update_fields=["early_because"])
        record("dossier.marked_early", dossier, by=by, is_early=bool(because))
    return dossier


def takes_early(dossier: Dossier) -> bool:
    """Whether a programme chosen selects some candidates early."""
    early = {programme.code for programme in dossier.rules.programmes if programme.takes_early}
    return any(choice.programme.code in early for choice in dossier.ranked_choices) if early else False


def is_asked_for_early(dossier: Dossier, answers: Mapping[str, str]) -> bool:
    """Whether the candidate asks to be studied early, and nobody has said so yet."""
    field = dossier.rules.choices.early_field
    return bool(field) and answers.get(field) == "yes" and not dossier.early_because
