"""Additions: a programme joins those of a submitted dossier, at the candidate's request and until a date.

The dossier goes back to its candidate, for what the programme asks (a letter, a fee, whatever names it), and is not
submitted until it is submitted again: the mail and every page say so.
Rule: APP-14.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.choices import NotEligible, WrongOrder, check_count, status_of
from applicants.corrections import lock_as_examiner
from applicants.dossiers import home_of
from applicants.editing import APPLICATIONS, OrderIsFinal, applications_of, require_applying
from applicants.fees import keep_fee_in_step
from applicants.models import Choice, Dossier, Status
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.eligibility import open_programmes, verdicts
from programmes.models import Programme
from programmes.rules import Order

ADDITIONS = "additions"  # the calendar's entry: its end is the last moment


class NothingToAdd(Refused):
    """The dossier has ended, or has the programme already."""


@transaction.atomic
def add_programme(dossier_id: UUID, programme_code: str, *, by: User, status: str = "") -> Dossier:
    """Add a programme to a submitted dossier, under a status where there are several, and open it again.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not examine it.
        OrderIsFinal: the choices are ranked, or there is only one.
        Closed: programmes can no longer be added, or the dossier could no longer be submitted again.
        NothingToAdd, NotEligible, WrongOrder: this programme, or this status, cannot be added.
    Rule: APP-14.
    """
    dossier = lock_as_examiner(dossier_id, by=by)
    if dossier.rules.choices.order != Order.UNRANKED:
        raise OrderIsFinal(gettext("Ce dossier est transmis : ses vœux sont définitifs, rien ne peut s’y ajouter."))
    dossier.procedure.require_open(ADDITIONS)
    require_applying(dossier)
    if dossier.status not in (Status.SUBMITTED, Status.VALIDATED):
        raise NothingToAdd(gettext("Ce dossier n’est pas transmis : rien ne peut y être ajouté."))
    programme = _addable(dossier, programme_code)
    status = status_of(dossier.rules, programme_code, {programme_code: status})
    if not status and dossier.rules.statuses_of(programme_code):
        raise WrongOrder(gettext("Dites sous quel statut la formation est demandée."))
    _add(dossier, programme, status)
    dossier.status, dossier.reopened_at, dossier.validated_at = Status.DRAFT, dossier.procedure.now(), None
    dossier.save(update_fields=["status", "reopened_at", "validated_at"])
    keep_fee_in_step(dossier, by=by)
    record("dossier.programme_added", dossier, by=by, programme=programme_code, status=status)
    _write(dossier, programme)
    return dossier


def addable_programmes(dossier: Dossier) -> list[Programme]:
    """The programmes that could join those of the dossier now; none where the calendar does not open additions."""
    is_submitted = dossier.status in (Status.SUBMITTED, Status.VALIDATED)
    if not is_submitted or dossier.rules.choices.order != Order.UNRANKED:
        return []
    chosen = {choice.programme.code for choice in dossier.ranked_choices}
    left = open_programmes(dossier.rules, dossier.title, dossier.speciality) - chosen
    if not left or not dossier.procedure.is_open(ADDITIONS):
        return []
    return list(dossier.procedure.programmes.filter(code__in=left))


def _addable(dossier: Dossier, code: str) -> Programme:
    chosen = [choice.programme.code for choice in dossier.ranked_choices]
    if code in chosen:
        raise NothingToAdd(gettext("Cette formation est déjà demandée."))
    verdict = verdicts(dossier.rules, dossier.title, dossier.speciality).get(code)
    if verdict is None:
        raise WrongOrder(gettext("La procédure ne propose pas « %(code)s ».") % {"code": code})
    if not verdict.open:
        raise NotEligible(verdict.reason)
    check_count(dossier.rules, len(chosen) + 1)
    return dossier.procedure.programmes.get(code=code)


def _add(dossier: Dossier, programme: Programme, status: str) -> None:
    """After the others, whose rows stay: what was decided of them hangs on these."""
    last = max((choice.rank for choice in dossier.ranked_choices), default=0)
    Choice.objects.create(dossier=dossier, programme=programme, rank=last + 1, status=status)
    for stale in ("ranked_choices", "first_choice"):
        dossier.__dict__.pop(stale, None)


def _write(dossier: Dossier, programme: Programme) -> None:
    window = applications_of(dossier) or dossier.procedure.calendar[APPLICATIONS]
    queue_mail(
        "programme_added",
        to=dossier.candidate.user,
        key=f"programme-added:{dossier.pk}:{programme.code}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        reference=dossier.reference,
        programme=programme.title,
        closes_at=window.ends_at,
        path=home_of(dossier),
    )
