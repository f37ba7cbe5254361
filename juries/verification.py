"""Verification: the school ranked first examines a submitted dossier, and validates it for the jury.

Money and corrections have their own acts (`payments`, `applicants.corrections`); here are the papers, and who
is ready.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.contents import Contents, read_contents
from applicants.corrections import lock_as_examiner, require_examiner, waiting_corrections
from applicants.dossiers import home_of, lock_for_staff
from applicants.models import JUDGES_OF_A_CHOICE, Appraisal, Correction, Dossier, Referee, Status
from applicants.studying import keep_for_study
from documents import reviews
from documents.models import SupportingDocument
from journal.errors import Refused
from journal.record import record
from juries.steps import hold_unfrozen
from juries.studied import studied_of
from juries.supplements import PAPER as SUPPLEMENTS
from juries.supplements import may_read_piece
from juries.validation import Examined, Obstacle, obstacles
from notifications.outbox import queue_mail
from payments.standing import Standing
from programmes.models import Step
from programmes.roles import roles_now


class NotExaminable(Refused):
    """The dossier is not, or no longer, with the school."""


class NotValid(Refused):
    """Something stands in the way of validation; `obstacles` says what."""

    def __init__(self, found: list[Obstacle]) -> None:
        sentences = " ".join(obstacle.sentence for obstacle in found)
        super().__init__(gettext("Le dossier ne peut pas encore être validé. %(obstacles)s") % {"obstacles": sentences})
        self.obstacles = found


@transaction.atomic
def review_paper(document_id: UUID, *, accepted: bool, reason: str = "", by: User) -> SupportingDocument:
    """Accept a paper of a dossier with the school, or refuse it with a reason, which asks the candidate for
    another.

    Raises:
        Dossier.DoesNotExist: the paper is of no dossier that `by` may see.
        NotAllowed: `by` does not verify for the school ranked first.
        NotExaminable: the dossier is withdrawn.
        Refused: the paper is not checked yet, is replaced, or is refused without a reason.
    Rule: AST-07.
    """
    dossier, held = lock_for_staff(Dossier.objects.filter(folder__documents=document_id), by=by)
    require_examiner(dossier, held)
    if dossier.status not in (Status.SUBMITTED, Status.VALIDATED):
        raise NotExaminable(gettext("Ce dossier est retiré : ses pièces ne s’examinent plus."))
    return reviews.review_paper(document_id, accepted=accepted, reason=reason, by=by)


@transaction.atomic
def open_paper(dossier_id: UUID, document_id: UUID, *, by: User) -> SupportingDocument:
    """A file of a dossier that `by` may see, to be read: the journal keeps who read it.

    Who only keeps the accounts is given the paper of an exemption, and no other; who judges for programmes that have
    studied the dossier, what these kept; a written piece is for those who decide on the choice for which it was asked.

    Raises:
        Dossier.DoesNotExist, SupportingDocument.DoesNotExist: no such file for `by`.
    Rules: AST-07, APP-13, ALL-04.
    """
    held = roles_now(by)
    dossier = Dossier.objects.visible_with(held).select_related("procedure").get(pk=dossier_id)
    papers = studied_of(dossier, held).papers_of(dossier)
    if not Dossier.objects.readable_with(held).filter(pk=dossier.pk).exists():
        papers = papers.filter(kind__in=dossier.rules.fee_papers)
    document = papers.get(pk=document_id)
    if document.kind.startswith(SUPPLEMENTS) and not may_read_piece(document, dossier.procedure, held):
        raise SupportingDocument.DoesNotExist
    record("paper.read", dossier, by=by, document=str(document.pk))
    return document


@transaction.atomic
def open_appraisal(dossier_id: UUID, referee_id: UUID, *, by: User) -> Appraisal:
    """The confidential opinion that a referee deposited, to be read: the journal keeps who read it.

    Raises:
        Dossier.DoesNotExist, Appraisal.DoesNotExist: no such opinion for `by`.
        NotAllowed: `by` neither verifies for the school ranked first nor sits on the jury.
    Rules: AST-09, APP-13, ALL-04.
    """
    held = roles_now(by)
    dossier = Dossier.objects.visible_with(held).select_related("procedure").get(pk=dossier_id)
    if not held.has(dossier.procedure, *JUDGES_OF_A_CHOICE):
        require_examiner(dossier, held)
    if not studied_of(dossier, held).may_open_appraisal(referee_id):
        raise Appraisal.DoesNotExist
    appraisal = Appraisal.objects.select_related("referee").get(
        referee=referee_id, referee__dossier=dossier, referee__state=Referee.State.DEPOSITED
    )
    record("appraisal.read", dossier, by=by, referee=str(referee_id))
    return appraisal


@transaction.atomic
def validate_dossier(dossier_id: UUID, *, by: User) -> Dossier:
    """Put a submitted dossier before the jury. Validating twice is no error.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not verify for the school ranked first.
        NotExaminable: the dossier is withdrawn.
        NotValid: a paper, the fee or a correction still waits.
        Frozen: the common jury's publication of the admissibility is prepared.
    Rule: AST-07.
    """
    dossier = lock_as_examiner(dossier_id, by=by)
    if dossier.status == Status.VALIDATED:
        return dossier
    if dossier.status != Status.SUBMITTED:
        raise NotExaminable(gettext("Ce dossier est retiré : il ne peut plus être validé."))
    if not dossier.procedure.judges_by_programme:  # a programme's publication freezes what it decided, and no dossier
        hold_unfrozen(dossier.procedure, Step.Kind.ADMISSIBILITY)
    if found := what_remains(read_contents(dossier), waiting_corrections(dossier)):
        raise NotValid(found)
    dossier.status = Status.VALIDATED
    dossier.validated_at = dossier.procedure.now()
    dossier.save(update_fields=["status", "validated_at"])
    record("dossier.validated", dossier, by=by)
    keep_for_study(dossier)  # by whoever's date has passed already
    queue_mail(
        "dossier_validated",
        to=dossier.candidate.user,
        key=f"dossier_validated:{dossier.pk}",
        procedure=dossier.procedure,
        addressee=dossier.candidate.full_name,
        reference=dossier.reference,
        judgement=dossier.procedure.judgement,
        examination=dossier.procedure.examination,
        choices=len(dossier.ranked_choices),
        path=home_of(dossier),
    )
    return dossier


def what_remains(contents: Contents, corrections: Collection[Correction]) -> list[Obstacle]:
    """What still stands between a dossier and the jury; empty when it can be validated.

    `corrections` are those that the candidate may still answer. Rule: AST-07.
    """
    examined = Examined(
        answers=contents.answers,
        reviews=tuple((document.kind, document.review) for document in contents.documents),
        appraisals=contents.filled.appraisals,
        named=contents.filled.named,
        explained=frozenset(item.code for item, _ in contents.explained),
        fee_is_settled=contents.fee in (Standing.SETTLED, Standing.WAIVED),
        fee_is_late=any(charge.is_overdue for charge in contents.charges),
        reduction_waits=contents.reduction_waits,
        correction_is_open=bool(corrections),
    )
    return obstacles(contents.dossier.rules, examined)
