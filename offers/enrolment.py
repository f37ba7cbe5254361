"""Enrolment: from a seat accepted for good to the definitive admission, which waits for the title.

A seat is taken when a period closes on a OUI DÉFINITIF, or when the last one closes on a OUI MAIS. The admission is
definitive once every paper that proves the title has been sent in by the hour of the late papers and accepted, be it
later; a seat whose title was not sent in by then lapses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Dossier
from documents.models import SupportingDocument
from documents.notices import issue_notice
from documents.reviews import review_paper
from journal.clock import instant
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from offers.models import Enrolment, ListEntry
from offers.proof import is_title_sent, papers_of_title, with_title_accepted
from programmes.models import Pool, Procedure
from programmes.roles import OFFICE, VERIFIER, require_role


class NotAwaited(Refused):
    """The enrolment is not waiting for this."""


def take_seat(dossier: Dossier, pool: Pool) -> Enrolment:
    """Keep the seat that a candidate took for good, inside the act that closes a period; say what comes next.

    Rules: AST-19, AST-22.
    """
    enrolment = Enrolment.objects.create(dossier=dossier, pool=pool, taken_at=instant())
    record("seat.taken", dossier, pool=pool.pk)
    _tell("seat_taken", enrolment, deadline=_deadline(dossier.procedure))
    pronounce_if_ready(enrolment)
    return enrolment


def give_up_seats(dossier_ids: Iterable[UUID]) -> None:
    """Free the seats of candidates who withdrew after having accepted for good, inside the act that closes a period."""
    for enrolment in Enrolment.objects.standing().filter(dossier__in=dossier_ids).select_related("dossier__procedure"):
        _end(enrolment, Enrolment.State.GIVEN_UP)
        record("seat.given_up", enrolment.dossier, pool=enrolment.pool_id)


@transaction.atomic
def review_title(document_id: UUID, *, accepted: bool, reason: str = "", by: User) -> Enrolment:
    """Accept or refuse a paper that proves the title of who holds a seat; pronounce the admission once all are.

    Raises:
        NotAllowed: `by` works neither for the school of the seat nor for the office.
        NotAwaited: the paper proves no title, or the seat is no longer waiting.
        Refused: a refusal without a reason, a paper that is not checked yet.
    Rules: AST-07, AST-12, AST-22.
    """
    document = SupportingDocument.objects.select_related("folder").get(pk=document_id)
    enrolment = _locked(Enrolment.objects.get(dossier__folder=document.folder).pk)
    _require_staff(enrolment, by)
    if document.kind not in {rule.code for rule in papers_of_title(enrolment.dossier)}:
        raise NotAwaited(gettext("Cette pièce ne justifie pas le titre exigé."))
    if enrolment.state != Enrolment.State.AWAITING_TITLE:
        raise NotAwaited(gettext("Cette admission n'attend plus de titre."))
    review_paper(document, accepted=accepted, reason=reason, by=by)
    if not accepted:
        _tell("title_refused", enrolment, reason=reason, deadline=_deadline(enrolment.dossier.procedure))
    pronounce_if_ready(enrolment)
    return enrolment


@transaction.atomic
def note_integration_file(dossier_id: UUID, *, by: User) -> Enrolment:
    """Note that the school's integration file has come; it is asked for once.

    Raises:
        NotAllowed: `by` works neither for the school of the seat nor for the office.
        NotAwaited: it was noted already, or the seat is lost.
    Rule: AST-22.
    """
    enrolment = _locked(Enrolment.objects.get(dossier=dossier_id).pk)
    _require_staff(enrolment, by)
    if enrolment.integration_file_at is not None:
        raise NotAwaited(gettext("Le dossier d'intégration est déjà noté comme reçu."))
    if enrolment.state in (Enrolment.State.LAPSED, Enrolment.State.GIVEN_UP):
        raise NotAwaited(gettext("Ce candidat n'a plus de place."))
    enrolment.integration_file_at = instant()
    enrolment.save(update_fields=["integration_file_at"])
    record("integration_file.received", enrolment.dossier, by=by)
    return enrolment


def pronounce_if_ready(enrolment: Enrolment) -> bool:
    """Pronounce the definitive admission if the title is in and accepted; inside an act. Rule: AST-22."""
    if enrolment.state != Enrolment.State.AWAITING_TITLE or not with_title_accepted([enrolment.dossier]):
        return False
    enrolment.state = Enrolment.State.DEFINITIVE
    enrolment.pronounced_at = instant()
    enrolment.save(update_fields=["state", "pronounced_at"])
    dossier = enrolment.dossier
    record("admission.pronounced", dossier, pool=enrolment.pool_id)
    issue_notice(
        "enrolment",
        key=f"enrolment:{dossier.pk}",
        procedure=dossier.procedure,
        recipient=dossier.candidate.user,
        school=enrolment.pool.programme.school,
        name=dossier.candidate.full_name,
        reference=dossier.reference,
        programme=enrolment.pool.programme.title,
        track=enrolment.pool.track.label,
        entry_year=enrolment.pool.track.entry_year,
    )
    _tell("admission_pronounced", enrolment)
    return True


def lapse_overdue(procedure: Procedure) -> int:
    """Let every seat lapse whose title was not sent in by the hour of the late papers; return how many did. A due act.

    A paper sent in time and not reviewed yet keeps the seat. Rule: AST-22.
    """
    deadline = _deadline(procedure)
    if deadline is None or procedure.now() < deadline:
        return 0
    waiting = Enrolment.objects.filter(dossier__procedure=procedure, state=Enrolment.State.AWAITING_TITLE)
    return sum(_lapse_if_overdue(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True))


def pronounce_all_ready(procedure: Procedure) -> int:
    """Pronounce the admissions whose title was accepted elsewhere, as at verification; return how many. A due act."""
    waiting = Enrolment.objects.filter(dossier__procedure=procedure, state=Enrolment.State.AWAITING_TITLE)
    dossiers = Dossier.objects.filter(enrolment__in=waiting).select_related("version", "candidate")
    ready = with_title_accepted(dossiers)
    return sum(_pronounce(pk) for pk in waiting.filter(dossier__in=ready).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _pronounce(enrolment_id: int) -> bool:
    return pronounce_if_ready(_locked(enrolment_id))


@transaction.atomic
def _lapse_if_overdue(enrolment_id: int) -> bool:
    enrolment = _locked(enrolment_id)
    if enrolment.state != Enrolment.State.AWAITING_TITLE or is_title_sent(enrolment.dossier):
        return False
    _end(enrolment, Enrolment.State.LAPSED)
    ListEntry.objects.live().filter(dossier=enrolment.dossier).update(
        struck_at=instant(), struck_because=ListEntry.Struck.LAPSED
    )
    record("seat.lapsed", enrolment.dossier, pool=enrolment.pool_id)
    _tell("seat_lapsed", enrolment)
    return True


def _locked(enrolment_id: int) -> Enrolment:
    """The enrolment, its dossier locked."""
    enrolment = Enrolment.objects.get(pk=enrolment_id)
    Dossier.objects.select_for_update(of=("self",)).get(pk=enrolment.dossier_id)
    return Enrolment.objects.select_related(
        "dossier__procedure",
        "dossier__version",
        "dossier__candidate__user",
        "pool__programme__school",
        "pool__track",
    ).get(pk=enrolment_id)


def _require_staff(enrolment: Enrolment, by: User) -> None:
    require_role(by, enrolment.dossier.procedure, VERIFIER, OFFICE, school=enrolment.pool.programme.school)


def _end(enrolment: Enrolment, state: str) -> None:
    enrolment.state = state
    enrolment.ended_at = instant()
    enrolment.save(update_fields=["state", "ended_at"])


def _deadline(procedure: Procedure) -> dt.datetime | None:
    """The instant (UTC) by which the title must have been sent in; None where the calendar sets none."""
    entry = procedure.calendar.get("late_papers")
    return entry.ends_at if entry else None


def _tell(kind: str, enrolment: Enrolment, **context: object) -> None:
    dossier = enrolment.dossier
    queue_mail(
        kind,
        to=dossier.candidate.user,
        key=f"{kind}:{dossier.pk}:{instant().isoformat()}" if kind == "title_refused" else f"{kind}:{dossier.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        school=enrolment.pool.programme.school.name,
        path=f"/mon-dossier/{dossier.procedure.slug}/",
        **context,
    )
