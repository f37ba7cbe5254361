"""Entrants: the candidates whom a school has offered a place that they have not lost, and what it may read of them.

A school sees the title and the papers from its offer on, and no longer once the place is given up. Rule: AST-07.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from applicants.models import Dossier
from documents.models import SupportingDocument
from journal.record import record
from juries.supplements import PAPER as SUPPLEMENTS
from offers.models import Enrolment, ListEntry, Offer
from programmes.models import Programme, Role
from programmes.roles import OFFICE, VERIFIER


def entrants_for(user: User) -> QuerySet[ListEntry]:
    """The entrants of the schools for which `user` works, in all procedures: each by the rank on the list.

    Of a seat that lapsed or was given up the entry stays to be seen, so that a school knows what became of it.
    """
    roles = Role.objects.filter(user=user, user__is_active=True, kind__in=(OFFICE, VERIFIER))
    working_there = Q(school=OuterRef("school")) | Q(school=None)
    programmes = Programme.objects.filter(Exists(roles.filter(working_there, procedure=OuterRef("procedure"))))
    same = {"dossier": OuterRef("dossier"), "pool": OuterRef("pool")}
    enrolments = Enrolment.objects.filter(**same)
    return (
        ListEntry.objects.filter(pool__programme__in=programmes)
        .filter(Exists(Offer.objects.filter(**same)))
        .filter(Q(struck_at=None) | Exists(enrolments))
        .select_related("dossier__candidate__user", "dossier__procedure", "dossier__enrolment")
        .select_related("pool__programme__school", "pool__track")
        .order_by("pool__programme__position", "pool__track__position", "rank")
    )


def papers_in(dossier: Dossier) -> QuerySet[SupportingDocument]:
    """The files of a dossier that its school reads: neither those of the fee alone, nor written pieces, which are for
    those who decided.
    """
    files = SupportingDocument.objects.current().filter(folder=dossier.folder_id)
    return files.exclude(Q(kind__in=dossier.rules.fee_papers) | Q(kind__startswith=SUPPLEMENTS))


@transaction.atomic
def open_paper(entry_id: int, document_id: UUID, *, by: User) -> SupportingDocument:
    """A file of an entrant, to be read: the journal keeps who read it.

    Raises:
        ListEntry.DoesNotExist, SupportingDocument.DoesNotExist: no such file for `by`.
    Rules: AST-07, ALL-04.
    """
    entry = entrants_for(by).get(pk=entry_id)
    document = papers_in(entry.dossier).get(pk=document_id)
    record("paper.read", entry.dossier, by=by, document=str(document.pk))
    return document
