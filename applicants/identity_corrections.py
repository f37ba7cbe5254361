"""Identity corrections: staff put right an identity that its candidate can no longer change. Rule: APP-04."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.corrections import lock_as_examiner
from applicants.dossiers import home_of
from applicants.editing import PAYMENT, may_edit
from applicants.fees import keep_fee_in_step
from applicants.given import identity_of
from applicants.identity import checked_identity, save_identity
from applicants.models import Candidate
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.rules import Identity


@transaction.atomic
def correct_identity(dossier_id: UUID, values: Mapping[str, str], *, by: User) -> Candidate:
    """Correct the identity at the candidate's request, who is told; the journal keeps which parts, not what they say.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not examine it.
        WrongAnswer: something is missing, or is not of the kind asked for.
        Refused: the candidate can do it.
    Rule: APP-04.
    """
    dossier = lock_as_examiner(dossier_id, by=by)
    if dossier.rules.identity != Identity.FIXED:
        raise Refused(gettext("Dans cette procédure, le candidat corrige lui-même son identité : demandez-le-lui."))
    candidate = dossier.candidate
    before, given = identity_of(candidate), checked_identity(dossier.rules, values)
    changed = {code: value for code, value in given.items() if before[code] != value}
    if not changed:
        return candidate
    save_identity(candidate, changed)
    if may_edit(dossier, PAYMENT):
        keep_fee_in_step(dossier, by=by)
    entry = record("candidate.identity_corrected", dossier, by=by, fields=sorted(changed))
    queue_mail(
        "identity_corrected",
        to=candidate.user,
        key=f"identity-corrected:{dossier.pk}:{entry.pk}",
        procedure=dossier.procedure,
        name=candidate.full_name,
        reference=dossier.reference,
        path=home_of(dossier),
    )
    return candidate
