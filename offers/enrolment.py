"""Enrolment: from a seat accepted for good to the definitive admission, which waits for the title.

A seat is taken when a period closes on a OUI DÉFINITIF, or when the last one closes on a OUI MAIS; where there are no
periods, when a place is confirmed. The admission is
definitive once every paper that proves the title has been sent in by the hour of the late papers and accepted, be it
later; a seat whose title was not sent in by then lapses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import home_of, lock_where
from applicants.editing import LATE_PAPERS
from applicants.given import answers_of
from applicants.models import Dossier
from applicants.proof import is_title_sent, papers_of_title, with_title_accepted
from documents.models import SupportingDocument
from documents.notices import issue_notice
from documents.reviews import holds_papers, review_paper
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from offers.models import Enrolment, ListEntry, Place
from programmes.models import Pool, Procedure
from programmes.roles import OFFICE, VERIFIER, require_role

State = Enrolment.State
STILL_ARRIVING = dt.timedelta(minutes=10)  # longer than any request lasts


class NotAwaited(Refused):
    """The enrolment is not waiting for this."""


def take_seat(dossier: Dossier, pool: Pool) -> Enrolment:
    """Keep the seat that a candidate took for good, inside the act that closes a period or confirms a place; say what
    comes next. A seat given up before, in another programme, leaves its row to this one.

    Rules: AST-19, AST-22, NE-02.
    """
    enrolment = Enrolment(dossier=dossier, pool=pool, state=State.AWAITING_TITLE, taken_at=dossier.procedure.now())
    Enrolment.objects.bulk_create(
        [enrolment],
        update_conflicts=True,
        unique_fields=["dossier"],
        update_fields=["pool", "state", "taken_at", "integration_file_at", "pronounced_at", "ended_at"],
    )
    record("seat.taken", dossier, pool=pool.pk)
    if not _pronounce_if_ready(enrolment):
        kind = "place_confirmed" if is_by_confirmation(dossier) else "seat_taken"
        _tell(kind, enrolment, deadline=_deadline(dossier.procedure))
    return enrolment


def give_up_seats(procedure: Procedure, dossier_ids: Collection[UUID]) -> None:
    """Free the seats of candidates who leave after having accepted for good, inside the act by which they do."""
    for enrolment in Enrolment.objects.standing().filter(dossier__in=dossier_ids).select_related("dossier"):
        enrolment.dossier.procedure = procedure
        _end(enrolment, State.GIVEN_UP)
        record("seat.given_up", enrolment.dossier, pool=enrolment.pool_id)


def is_by_confirmation(dossier: Dossier) -> bool:
    """Whether the places of the procedure are confirmed one by one: no integration file is asked for then."""
    return dossier.rules.confirmation is not None


def key_of(kind: str, dossier: Dossier, pool: Pool) -> str:
    """What makes a letter or mail about a seat unique: the dossier, and the pool where it may have several."""
    return f"{kind}:{dossier.pk}:{pool.pk}" if is_by_confirmation(dossier) else f"{kind}:{dossier.pk}"


@transaction.atomic
def review_title(document_id: UUID, *, accepted: bool, reason: str = "", by: User) -> Enrolment:
    """Accept or refuse a paper that proves the title of who holds a seat; pronounce the admission once all are.

    Raises:
        Enrolment.DoesNotExist: the paper is of nobody who took a seat.
        NotAllowed: `by` works neither for the school of the seat nor for the office.
        NotAwaited: the paper proves no title, or the seat is no longer waiting.
        Refused: a refusal without a reason, a paper that is not checked yet.
    Rules: AST-07, AST-12, AST-22.
    """
    enrolment = _locked(Dossier.objects.filter(folder__documents=document_id))
    _require_staff(enrolment, by)
    document = SupportingDocument.objects.get(pk=document_id)
    if not _proves_title(document, enrolment.dossier):
        raise NotAwaited(gettext("Cette pièce ne justifie pas le titre exigé."))
    if enrolment.state != State.AWAITING_TITLE:
        raise NotAwaited(gettext("Cette admission n’attend plus de titre."))
    review_paper(document_id, accepted=accepted, reason=reason, by=by)  # refused: the candidate is asked for another
    _pronounce_if_ready(enrolment)
    return enrolment


@transaction.atomic
def note_integration_file(dossier_id: UUID, *, by: User) -> Enrolment:
    """Note that the school's integration file has come; it is asked for once.

    Raises:
        Enrolment.DoesNotExist: the candidate took no seat.
        NotAllowed: `by` works neither for the school of the seat nor for the office.
        NotAwaited: it was noted already, or the seat is lost.
    Rule: AST-22.
    """
    enrolment = _locked(Dossier.objects.filter(pk=dossier_id))
    _require_staff(enrolment, by)
    if enrolment.integration_file_at is not None:
        raise NotAwaited(gettext("Le dossier d’intégration est déjà noté comme reçu."))
    if not enrolment.is_standing:
        raise NotAwaited(gettext("Ce candidat n’a plus de place."))
    enrolment.integration_file_at = enrolment.procedure.now()
    enrolment.save(update_fields=["integration_file_at"])
    record("integration_file.received", enrolment.dossier, by=by)
    return enrolment


@holds_papers
def _held_by_an_admission(document: SupportingDocument) -> str:
    """The title on which a definitive admission rests is not refused behind its back, by whoever verifies papers.

    Rule: AST-22. Read under the lock of the dossier, which the acts that review take.
    """
    enrolment = Enrolment.objects.filter(dossier__folder=document.folder_id).first()
    if enrolment is None or enrolment.state != State.DEFINITIVE or not _proves_title(document, enrolment.dossier):
        return ""
    return gettext(
        "L’admission de ce candidat est définitive et repose sur cette pièce : elle ne se refuse plus. Si la pièce est "
        "fausse, la candidature s’annule pour manquement au règlement."
    )


def pronounce_all_ready(procedure: Procedure) -> int:
    """Pronounce the admissions whose title was accepted elsewhere, as at verification; return how many. A due act."""
    waiting = Enrolment.objects.filter(dossier__procedure=procedure, state=State.AWAITING_TITLE)
    dossiers = Dossier.objects.filter(enrolment__in=waiting).select_related("candidate")
    ready = with_title_accepted(dossiers)
    return sum(_pronounce(pk) for pk in _in_order(waiting.filter(dossier__in=ready)))


def lapse_overdue(procedure: Procedure) -> int:
    """Let every seat lapse whose title was not sent in by the hour of the late papers; return how many did. A due act.

    A paper sent in time and not reviewed yet keeps the seat; so does one that was turned down, as long as the candidate
    has time to answer the request for another. The seats lapse a little after the hour, for whoever sent a paper in the
    last second and whose request is not at its end yet. Rule: AST-22.
    """
    deadline = _deadline(procedure)
    if deadline is None or procedure.now() < deadline + STILL_ARRIVING:
        return 0
    waiting = Enrolment.objects.filter(dossier__procedure=procedure, state=State.AWAITING_TITLE)
    return sum(_lapse_if_overdue(pk) for pk in _in_order(waiting))


def _in_order(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment, UUID]:
    """The keys of their dossiers, in the order in which the seats were taken."""
    return enrolments.order_by("pk").values_list("dossier", flat=True)


@transaction.atomic
def _pronounce(dossier_id: UUID) -> bool:
    return _pronounce_if_ready(_locked(Dossier.objects.filter(pk=dossier_id)))


def _pronounce_if_ready(enrolment: Enrolment) -> bool:
    """Pronounce the definitive admission if the title is in and accepted; inside an act. Rule: AST-22."""
    dossier, pool = enrolment.dossier, enrolment.pool
    if enrolment.state != State.AWAITING_TITLE or not with_title_accepted([dossier]):
        return False
    enrolment.state = State.DEFINITIVE
    enrolment.pronounced_at = dossier.procedure.now()
    enrolment.save(update_fields=["state", "pronounced_at"])
    record("admission.pronounced", dossier, pool=pool.pk)
    issue_notice(
        "enrolment",
        key=key_of("enrolment", dossier, pool),
        procedure=dossier.procedure,
        recipient=dossier.candidate.user,
        school=pool.programme.school,
        addressee=dossier.candidate.full_name,
        reference=dossier.reference,
        programme=pool.programme.title,
        track=pool.track.label,
        entry_year=pool.track.entry_year,
        confirmed=is_by_confirmation(dossier),
    )
    asks_for_file = enrolment.integration_file_at is None and not is_by_confirmation(dossier)
    _tell("admission_pronounced", enrolment, integration_file=asks_for_file)
    return True


@transaction.atomic
def _lapse_if_overdue(dossier_id: UUID) -> bool:
    enrolment = _locked(Dossier.objects.filter(pk=dossier_id))
    dossier = enrolment.dossier
    if enrolment.state != State.AWAITING_TITLE or is_title_sent(dossier):
        return False
    _end(enrolment, State.LAPSED)
    entries = ListEntry.objects.live().filter(dossier=dossier)
    entries.update(struck_at=dossier.procedure.now(), struck_because=ListEntry.Struck.LAPSED)
    record("seat.lapsed", dossier, pool=enrolment.pool_id)
    _tell("seat_lapsed", enrolment)
    return True


def _locked(dossiers: QuerySet[Dossier]) -> Enrolment:
    """The enrolment of the one dossier found, read when the dossier is locked."""
    dossier = lock_where(dossiers)
    if dossier is None:
        raise Enrolment.DoesNotExist
    related = ("pool__programme__school", "pool__track", "dossier__candidate__user")
    enrolment = Enrolment.objects.select_related(*related).get(dossier=dossier)
    dossier.candidate = enrolment.dossier.candidate  # whom letters name
    enrolment.dossier = dossier
    return enrolment


def _proves_title(document: SupportingDocument, dossier: Dossier) -> bool:
    return document.kind in {rule.code for rule in papers_of_title(dossier, answers_of(dossier))}


def _require_staff(enrolment: Enrolment, by: User) -> None:
    require_role(by, enrolment.procedure, VERIFIER, OFFICE, school=enrolment.pool.programme.school)


def _end(enrolment: Enrolment, state: str) -> None:
    """End the enrolment, and the place that was confirmed for it."""
    enrolment.state = state
    enrolment.ended_at = enrolment.procedure.now()
    enrolment.save(update_fields=["state", "ended_at"])
    confirmed = Place.objects.filter(dossier=enrolment.dossier_id, state=Place.State.CONFIRMED)
    ended = Place.State.LAPSED if state == State.LAPSED else Place.State.DECLINED
    confirmed.update(state=ended, ended_at=enrolment.ended_at)


def _deadline(procedure: Procedure) -> dt.datetime | None:
    """The instant (UTC) by which the title must have been sent in; None where the calendar sets none."""
    entry = procedure.calendar.get(LATE_PAPERS)
    return entry.ends_at if entry else None


def _tell(kind: str, enrolment: Enrolment, **context: Any) -> None:
    dossier = enrolment.dossier
    queue_mail(
        kind,
        to=dossier.candidate.user,
        key=key_of(kind, dossier, enrolment.pool),
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        school=enrolment.pool.programme.school.name,
        programme=enrolment.pool.programme.title,
        confirmed=is_by_confirmation(dossier),
        path=home_of(dossier),
        **context,
    )
