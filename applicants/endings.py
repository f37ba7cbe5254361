"""Endings: a candidate withdraws, or a dossier is voided for a breach of the rules. Neither can be undone.

A letter says so, and takes the place of the earlier ones: who verifies an admission learns that it no longer holds.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import home_of, lock_for_staff, lock_own, require_role_on
from applicants.models import Dossier, Status
from documents.notices import issue_notice, replace_letters
from journal.errors import Refused
from journal.followups import state_fact
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Procedure
from programmes.roles import OFFICE, PRESIDENT
from programmes.typed import reason_typed

ENDED_FACT = "dossier_ended"
LETTERS_THAT_FALL = (
    "summons",
    "decision",
    "admissibility",
    "admission",
    "refusal",
    "enrolment",
    "place",
    "start",
)  # a receipt stays true


class NothingToEnd(Refused):
    """A draft, or a dossier that ended in the other way."""


@transaction.atomic
def withdraw_dossier(dossier_id: UUID, *, by: User) -> Dossier:
    """Withdraw from the procedure, for good. Withdrawing twice is no error.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        NothingToEnd: it was never submitted.
    """
    dossier = lock_own(dossier_id, by=by)
    if dossier.status == Status.WITHDRAWN:
        return dossier
    if dossier.status == Status.DRAFT and not dossier.is_reopened:
        raise NothingToEnd(gettext("Votre dossier n’est pas transmis : il n’y a rien à retirer."))
    _end(dossier, because="")
    record("dossier.withdrawn", dossier, by=by)
    _mail(dossier, "dossier_withdrawn")
    return dossier


@transaction.atomic
def void_dossier(dossier_id: UUID, *, reason: str, by: User) -> Dossier:
    """Void a dossier for a breach of the rules; the candidate is told why. Voiding twice is no error.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` neither works for the office nor presides over the common jury.
        NothingToEnd: the candidate withdrew it before.
        Refused: no reason.
    Rule: AST-24.
    """
    dossier, held = lock_for_staff(Dossier.objects.filter(pk=dossier_id), by=by)
    require_role_on(dossier, held, *who_voids(dossier.procedure), shows=True)
    reason = reason_typed(reason)
    if not reason:
        raise Refused(gettext("Indiquez le motif : il est écrit au candidat et conservé."))
    if dossier.status == Status.WITHDRAWN:
        if not dossier.ended_because:
            raise NothingToEnd(gettext("Le candidat a déjà retiré ce dossier."))
        return dossier
    _end(dossier, because=reason)
    record("dossier.voided", dossier, by=by)
    _mail(dossier, "dossier_voided", reason=dossier.ended_because)
    return dossier


def who_voids(procedure: Procedure) -> tuple[str, ...]:
    """The roles that void a dossier: where each programme judges its own choice, none of them ends the others'."""
    return (OFFICE,) if procedure.judges_by_programme else (OFFICE, PRESIDENT)


def _end(dossier: Dossier, *, because: str) -> None:
    dossier.status = Status.WITHDRAWN
    dossier.ended_at = dossier.procedure.now()
    dossier.ended_because = because
    dossier.save(update_fields=["status", "ended_at", "ended_because"])
    _write(dossier)
    state_fact(ENDED_FACT, dossier.pk)


def _write(dossier: Dossier) -> None:
    letter = issue_notice(
        "ending",
        key=f"ending:{dossier.pk}",
        procedure=dossier.procedure,
        recipient=dossier.candidate.user,
        school=dossier.first_choice.school if dossier.first_choice else None,
        addressee=dossier.candidate.full_name,
        reference=dossier.reference,
        outcome="voided" if dossier.ended_because else "withdrawn",
        ended_at=dossier.ended_at,
        reason=dossier.ended_because,
    )
    replace_letters(LETTERS_THAT_FALL, by=letter)


def _mail(dossier: Dossier, kind: str, *, reason: str = "") -> None:
    queue_mail(
        kind,
        to=dossier.candidate.user,
        key=f"{kind}:{dossier.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        reference=dossier.reference,
        contact=dossier.procedure.contact_email,
        path=home_of(dossier),
        reason=reason,
    )
