"""The places that staff keep: those of the programmes for which they work, and the papers that confirm them.

From an offer on, the service of the school that offers it sees the candidate's title and papers. Rules: AST-07, APP-15.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from documents.models import SupportingDocument
from documents.reviews import review_paper
from journal.errors import Refused
from journal.record import record
from offers.entrants import papers_in
from offers.models import Place
from offers.place_confirmation import confirm_if_complete
from offers.place_needs import papers_asked
from offers.place_rows import lock_place
from offers.places import KEEPERS
from programmes.models import Procedure, Programme, Role
from programmes.roles import require_role


class NotAwaited(Refused):
    """The paper confirms no place, or the place no longer waits for it."""


def programmes_kept_by(user: User, procedure: Procedure) -> QuerySet[Programme]:
    """The programmes of `procedure` whose places `user` keeps."""
    roles = _roles(user, "pk", "school").filter(procedure=procedure)
    return procedure.programmes.filter(Exists(roles)).select_related("school")


def places_kept_by(user: User) -> QuerySet[Place]:
    """The places, standing or ended, of all programmes whose places `user` keeps."""
    roles = _roles(user, "pool__programme", "pool__programme__school").filter(procedure=OuterRef("dossier__procedure"))
    related = ("dossier__candidate__user", "dossier__procedure", "dossier__enrolment", "decision")
    return Place.objects.filter(Exists(roles)).select_related(*related, "choice__programme__school", "pool__track")


@transaction.atomic
def review_paper_of_place(place_id: int, document_id: UUID, *, accepted: bool, reason: str = "", by: User) -> Place:
    """Accept or refuse a paper that confirms a place; the place is confirmed once nothing is missing.

    Raises:
        Place.DoesNotExist, SupportingDocument.DoesNotExist: there is none.
        NotAllowed: `by` does not work for the programme.
        NotAwaited: the paper is not of those, or the place is confirmed or ended.
        Refused: a refusal without a reason, a paper that is not checked yet.
    Rule: IIM-06.
    """
    place = lock_place(place_id)
    require_role(by, place.procedure, *KEEPERS, programme=place.choice.programme)
    document = SupportingDocument.objects.get(pk=document_id, folder=place.dossier.folder_id)
    if place.state != Place.State.OFFERED:
        raise NotAwaited(gettext("Cette place n’attend plus de pièce."))
    if document.kind not in {rule.code for rule in papers_asked(place.dossier)}:
        raise NotAwaited(gettext("Cette pièce ne confirme pas de place."))
    review_paper(document_id, accepted=accepted, reason=reason, by=by)  # refused: the candidate is asked for another
    confirm_if_complete(place)
    return place


@transaction.atomic
def open_paper_of_place(place_id: int, document_id: UUID, *, by: User) -> SupportingDocument:
    """A file of somebody who has a place, to be read: the journal keeps who read it.

    Raises:
        Place.DoesNotExist, SupportingDocument.DoesNotExist: no such file for `by`.
    Rules: AST-07, ALL-04.
    """
    place = places_kept_by(by).get(pk=place_id, state__in=Place.STANDING)
    document = papers_in(place.dossier).get(pk=document_id)
    record("paper.read", place.dossier, by=by, document=str(document.pk))
    return document


def _roles(user: User, programme: str, school: str) -> QuerySet[Role]:
    """The roles of `user` in an outer programme: for it, for its school, or everywhere."""
    return Role.objects.filter(
        Q(programme=OuterRef(programme)) | Q(programme=None),
        Q(school=OuterRef(school)) | Q(school=None),
        user=user,
        user__is_active=True,
        kind__in=KEEPERS,
    )
