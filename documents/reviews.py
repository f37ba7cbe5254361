"""Review: what staff say of a paper. A building block of acts, which know who may review it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from documents.models import SupportingDocument
from journal.clock import instant
from journal.errors import Refused
from journal.followups import state_fact
from journal.record import record
from programmes.typed import reason_typed

Review = SupportingDocument.Review


Holder = Callable[[SupportingDocument], str]
_holders: list[Holder] = []


class NotReviewable(Refused):
    """The paper is not checked yet, no longer the current one, or held; or a refusal says no reason."""


def holds_papers(holder: Holder) -> Holder:
    """Register who says why a paper cannot be refused any more; an empty sentence holds nothing.

    Only the app that built on an accepted paper knows what would fall with it.
    """
    _holders.append(holder)
    return holder


def review_paper(document_id: UUID, *, accepted: bool, reason: str = "", by: User) -> SupportingDocument:
    """Accept a paper, or refuse it with a reason that its owner will read, in an act. It can be reviewed again.

    A refusal is stated as the fact "paper_refused". Rules: BS-03, AST-07.

    Raises:
        NotReviewable: it cannot be reviewed so; the sentence says why.
    """
    documents = SupportingDocument.objects.select_for_update(of=("self",)).select_related("folder__procedure")
    document = documents.get(pk=document_id)
    reason = reason_typed(reason)
    if document.superseded_at is not None:
        raise NotReviewable(gettext("Cette pièce a été remplacée ou retirée depuis : rechargez la page."))
    if document.check_state != SupportingDocument.Check.PASSED:
        raise NotReviewable(gettext("Cette pièce n’a pas encore passé le contrôle automatique."))
    if not accepted and not reason:
        raise NotReviewable(gettext("Dites au candidat pourquoi la pièce est refusée."))
    if not accepted and (held := next(filter(None, (holder(document) for holder in _holders)), "")):
        raise NotReviewable(held)
    document.review = Review.ACCEPTED if accepted else Review.REFUSED
    document.review_reason = "" if accepted else reason
    document.reviewed_at = instant()
    document.save(update_fields=["review", "review_reason", "reviewed_at"])
    record("paper.reviewed", document, by=by, review=str(document.review))
    if not accepted:
        state_fact("paper_refused", document.pk)
    return document
