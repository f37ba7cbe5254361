"""Corrections: what staff ask of a candidate after submission. Each opens what it names, until its date, and
nothing else.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.contents import read_contents
from applicants.dossiers import home_of, lock_for_staff, lock_own, require_role_on
from applicants.editing import FINAL, PAYMENT, OrderIsFinal
from applicants.given import answers_of
from applicants.models import Correction, Dossier, Status
from applicants.papers import lay_aside_unasked
from applicants.readiness import MissingItem, is_of_dossier
from applicants.submission import NotReady
from journal.errors import Closed, Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Participation, Procedure
from programmes.roles import OFFICE, VERIFIER, HeldRoles
from programmes.rules.papers import OF
from programmes.typed import LONGEST_EXPLANATION, reason_typed


class WrongCorrection(Refused):
    """Nothing of the kind can be asked of this dossier."""


class NotWaiting(Refused):
    """The correction is answered or withdrawn already."""


@transaction.atomic
def ask_correction(dossier_id: UUID, *, opens: Sequence[str], reason: str, until: dt.datetime, by: User) -> Correction:
    """Ask the candidate for something: opens the places named (see `applicants.editing`) until `until`
    (procedure's time).

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not verify for the school ranked first.
        OrderIsFinal: the choices or the title were to be opened.
        WrongCorrection: the dossier is not with the school; no such place, no reason, or no time to answer.
    Rules: AST-02, AST-06.
    """
    dossier = lock_as_examiner(dossier_id, by=by)
    reason = reason_typed(reason, at_most=LONGEST_EXPLANATION)
    _check(dossier, opens, reason, until)
    return open_correction(dossier, opens=opens, reason=reason, until=until, by=by)


@transaction.atomic
def answer_correction(correction_id: UUID, *, by: User) -> Correction:
    """Say that what was asked is done: what it opened closes. Answering twice is no error.

    Raises:
        Correction.DoesNotExist: not this person's.
        NotWaiting: it was withdrawn, or the dossier was.
        Closed: its date has passed.
        NotReady: what it opened is not complete.
    """
    dossier = lock_own(
        Correction.objects.values_list("dossier", flat=True).get(pk=correction_id, dossier__candidate__user=by),
        by=by,
    )
    correction = dossier.corrections.select_for_update().get(pk=correction_id)
    if correction.answered_at is not None:
        return correction
    if dossier.status == Status.WITHDRAWN:
        raise NotWaiting(gettext("Votre dossier est retiré : il ne change plus."))
    if correction.withdrawn_at is not None:
        raise NotWaiting(gettext("Cette demande a été levée : vous n’avez plus rien à faire."))
    if dossier.procedure.now() >= correction.until:
        raise Closed(
            gettext("Le délai de cette demande est passé. Écrivez à votre école si vous ne pouviez pas y répondre.")
        )
    if items := still_missing(dossier, correction):
        raise NotReady(items)
    lay_aside_unasked(dossier, answers_of(dossier), by=by)
    close(dossier, correction, by=by)
    return correction


@transaction.atomic
def withdraw_correction(correction_id: UUID, *, by: User) -> Correction:
    """Withdraw what was asked; the candidate is told. Withdrawing twice is no error.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not verify for the school ranked first.
        NotWaiting: it was answered.
    """
    dossier = lock_as_examiner(Correction.objects.get(pk=correction_id).dossier_id, by=by)
    correction = dossier.corrections.select_for_update().get(pk=correction_id)
    if correction.answered_at is not None:
        raise NotWaiting(gettext("Le candidat a déjà répondu à cette demande."))
    if correction.withdrawn_at is None:
        correction.withdrawn_at = dossier.procedure.now()
        correction.save(update_fields=["withdrawn_at"])
        record("correction.withdrawn", dossier, by=by, correction=str(correction.pk))
        _mail_candidate(dossier, correction, "correction_withdrawn")
    return correction


def open_correction(
    dossier: Dossier, *, opens: Sequence[str], reason: str, until: dt.datetime, by: User | None
) -> Correction:
    """Open a correction in an act that locked the dossier, and write to the candidate."""
    correction = Correction.objects.create(
        dossier=dossier,
        opens=list(opens),
        reason=reason,
        until=until,
        asked_at=dossier.procedure.now(),
        asked_by=by,
    )
    record("correction.asked", dossier, by=by, correction=str(correction.pk), opens=list(opens))
    _mail_candidate(dossier, correction, "correction_asked")
    return correction


def close(dossier: Dossier, correction: Correction, *, by: User | None) -> None:
    """Close a correction that is answered, in an act that locked the dossier, and write to the school."""
    correction.answered_at = dossier.procedure.now()
    correction.save(update_fields=["answered_at"])
    record("correction.answered", dossier, by=by, correction=str(correction.pk))
    if address := school_address(dossier):
        queue_mail(
            "correction_answered",
            to=address,
            key=f"correction-answered:{correction.pk}",
            procedure=dossier.procedure,
            candidate=dossier.candidate.full_name,
            reference=dossier.reference,
            reason=correction.reason,
        )


def waiting_corrections(dossier: Dossier) -> list[Correction]:
    """Those that the candidate may still answer, oldest first; none once the dossier has ended."""
    if dossier.status == Status.WITHDRAWN:
        return []
    return [asked for asked in dossier.corrections.all() if asked.is_open]


def still_missing(dossier: Dossier, correction: Correction) -> list[MissingItem]:
    """What a complete dossier lacks among the places that the correction opened.

    An explanation counts if it was written since: the school has read the others, and asks all the same.
    """
    contents = read_contents(dossier)
    since = {code: said for code, said in contents.explanations.items() if said.written_at >= correction.asked_at}
    missing = dataclasses.replace(contents, explanations=since).missing
    return [item for item in missing if item.place in correction.opens]


def places_of(dossier: Dossier) -> list[str]:
    """What a correction can open in this dossier."""
    rules = dossier.rules
    places = [f"page:{page.code}" for page in rules.pages]
    for paper in filter(is_of_dossier, rules.papers):
        programmes = [choice.programme.code for choice in dossier.ranked_choices] if paper.per_choice else []
        places += [f"paper:{paper.code}{OF}{code}" for code in programmes] or [f"paper:{paper.code}"]
    places += [f"referee:{referee.code}" for referee in rules.referees]
    return places + ([PAYMENT] if rules.fee else [])


def lock_as_examiner(dossier_id: UUID, *, by: User) -> Dossier:
    """The dossier, locked until the act ends, for which `by` verifies in the name of the school ranked first.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not verify for that school.
    """
    dossier, held = lock_for_staff(Dossier.objects.filter(pk=dossier_id), by=by)
    require_examiner(dossier, held)
    return dossier


def require_examiner(dossier: Dossier, held: HeldRoles) -> None:
    """Ask for the role of who verifies for the school ranked first, or works for the office. Rule: AST-07.

    Raises:
        Dossier.DoesNotExist: the roles do not show the dossier.
        NotAllowed: they show it, and none is such a one.
    """
    procedure = dossier.procedure
    if not held.has_for_all_schools(procedure, VERIFIER, OFFICE):
        school = dossier.first_choice.school if dossier.first_choice else None
        shows = school is not None and procedure.examination == Procedure.Examination.FIRST_CHOICE
        require_role_on(dossier, held, VERIFIER, OFFICE, school=school, shows=shows)


def _check(dossier: Dossier, opens: Sequence[str], reason: str, until: dt.datetime) -> None:
    if any(place in FINAL for place in opens):
        raise OrderIsFinal(
            gettext(
                "L’ordre des vœux et le titre d’un dossier transmis sont définitifs : aucune correction ne les rouvre."
            )
        )
    if dossier.status not in (Status.SUBMITTED, Status.VALIDATED):
        raise WrongCorrection(
            gettext("Ce dossier n’est pas auprès de l’école : rien ne peut être demandé au candidat.")
        )
    if not opens or not set(opens) <= set(places_of(dossier)):
        raise WrongCorrection(gettext("Choisissez ce que la demande ouvre au candidat."))
    if not reason:
        raise WrongCorrection(gettext("Écrivez ce que vous demandez : le candidat le lira."))
    if until <= dossier.procedure.now():
        raise WrongCorrection(gettext("Choisissez une date à venir : le candidat a besoin de temps pour répondre."))


def _mail_candidate(dossier: Dossier, correction: Correction, kind: str) -> None:
    queue_mail(
        kind,
        to=dossier.candidate.user,
        key=f"{kind}:{correction.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        reference=dossier.reference,
        reason=correction.reason,
        until=correction.until,
        path=home_of(dossier),
    )


def school_address(dossier: Dossier) -> str:
    """Where those who examine the dossier are written to: the school ranked first, or the office."""
    if dossier.procedure.examination == Procedure.Examination.CENTRAL:
        return dossier.procedure.contact_email
    first = dossier.first_choice
    schools = Participation.objects.filter(procedure=dossier.procedure, school=first.school_id if first else None)
    email = schools.values_list("email", flat=True).first()
    return email or dossier.procedure.contact_email
