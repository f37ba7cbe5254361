"""Data requests: a person asks for a copy of their data, or that they be erased. What is done is recorded. APP-19.

The copy is made at once (`campaign.export`). The erasure waits until the procedures have kept what they must
(`campaign.erasure`); the office sees who asked, and it happens by itself when its day comes.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from applicants.models import Dossier
from campaign.addresses import require_office_of
from campaign.models import DataRequest
from campaign.staffing import staffed_by_office
from journal.clock import instant
from journal.record import record
from notifications.outbox import queue_mail
from programmes.models import Procedure


@transaction.atomic
def note_copy(user_id: UUID, *, by: User) -> DataRequest:
    """Note that a copy of a person's data is handed over: to the person, or to the office for them.

    Raises:
        NotAllowed: `by` is neither the person nor of the office of a procedure in which they have a dossier.
    Rule: APP-19.
    """
    person = User.objects.get(pk=user_id)
    if by != person:
        require_office_of(person, by)
    now = instant()
    request = DataRequest.objects.create(
        user=person, kind=DataRequest.Kind.ACCESS, asked_at=now, done_at=now, done_by=by
    )
    record("data.copied", person, by=by, request=request.pk)
    return request


@transaction.atomic
def ask_erasure(*, by: User) -> DataRequest:
    """Ask that one's data be erased. Asking twice changes nothing. Rule: APP-19."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    waiting = DataRequest.objects.filter(user=by, kind=DataRequest.Kind.ERASURE, done_at=None).first()
    if waiting is not None:
        return waiting
    request = DataRequest.objects.create(user=by, kind=DataRequest.Kind.ERASURE, asked_at=instant())
    record("data.erasure_asked", by, by=by, request=request.pk)
    for procedure in Procedure.objects.filter(dossiers__candidate__user=by).exclude(contact_email=""):
        queue_mail(
            "erasure_asked",
            to=procedure.contact_email,
            key=f"erasure-asked:{request.pk}:{procedure.pk}",
            procedure=procedure,
            references=list(
                Dossier.objects.filter(procedure=procedure, candidate__user=by).values_list("reference", flat=True)
            ),
        )
    return request


@transaction.atomic
def withdraw_erasure(*, by: User) -> None:
    """Take back one's request that waits; without one nothing happens."""
    waiting = DataRequest.objects.filter(user=by, kind=DataRequest.Kind.ERASURE, done_at=None)
    if waiting.exists():
        waiting.delete()
        record("data.erasure_withdrawn", by, by=by)


def procedures_shown_to(by: User, person: User) -> list[Procedure]:
    """The procedures of `person` of which a copy that `by` asks for tells: all, or those that one is the office of."""
    shown = Procedure.objects.filter(dossiers__candidate__user=person)
    if by != person:
        shown = shown.filter(pk__in=staffed_by_office(by).values("pk"))
    return list(shown.order_by("-year", "pk"))
