"""Papers: the candidate deposits supporting documents, replaces and removes them. Rules: AST-08, AST-12."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.editing import is_asked_for, require_editable, require_within_dates
from applicants.given import answers_named
from applicants.models import Dossier
from applicants.readiness import asked_papers
from documents import intake
from documents.intake import Received
from documents.models import SupportingDocument
from journal.errors import Refused
from journal.record import record
from programmes.facts import PROGRAMME
from programmes.rules import PaperRule


class NotAsked(Refused):
    """The procedure does not ask this candidate for this paper."""


class Enough(Refused):
    """All the files that this paper may have are there."""


class AlreadyAccepted(Refused):
    """Staff have accepted the paper: it stays."""


def deposit_paper(dossier_id: UUID, kind: str, upload: UploadedFile, *, by: User) -> SupportingDocument:
    """Add a file to a paper of the dossier; it takes the place of one turned down, or of the only one there may be.

    The file is judged and stored before the dossier is locked, and thrown away if the act is refused. One that is
    among several already is not added again: whoever lost the connection sends it anew, not knowing that it came.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed, NotEditable: this paper is not open.
        NotAsked, Enough, AlreadyAccepted: it cannot be added.
        WrongFile: its kind or size.
    Rules: AST-02, AST-08, AST-12.
    """
    dossier = Dossier.objects.owned_by(by).select_related("procedure").get(pk=dossier_id)
    require_within_dates(dossier, f"paper:{kind}")  # so that little is stored in vain; all is asked under the lock
    received = intake.receive(upload, _rule_of(dossier, kind))
    try:
        document = _file(dossier_id, kind, received, by=by)
    except Exception:
        intake.discard(received)
        raise
    if document.pk != received.id:
        intake.discard(received)
    return document


@transaction.atomic
def remove_paper(document_id: UUID, *, by: User) -> None:
    """Take a file back, as long as its paper may change. Removing it twice is no error.

    Raises:
        SupportingDocument.DoesNotExist: not this person's paper.
        Closed, NotEditable: this paper is not open.
        AlreadyAccepted: staff have accepted it.
    """
    document = SupportingDocument.objects.get(pk=document_id, folder__dossier__candidate__user=by)
    dossier = lock_own(document.folder.dossier.pk, by=by)
    require_editable(dossier, f"paper:{document.kind}")
    document = SupportingDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.superseded_at is not None:
        return
    _require_not_accepted(dossier, [document])
    intake.supersede(document)
    record("paper.removed", dossier, by=by, paper=str(document.pk), kind=document.kind)


def lay_aside_unasked(dossier: Dossier, answers: Mapping[str, str], *, by: User) -> None:
    """Take out of a dossier the papers that its answers (`answers_of`) no longer ask for, in an act that locked it.

    No page shows them any more, so nobody could examine them, and the dossier would wait for that for ever.
    """
    asked = [rule.code for rule in asked_papers(dossier.rules, answers)]
    unasked = SupportingDocument.objects.current().filter(folder=dossier.folder_id).exclude(kind__in=asked)
    for document in unasked.select_for_update(of=("self",)):
        intake.supersede(document)
        record("paper.removed", dossier, by=by, paper=str(document.pk), kind=document.kind)


@transaction.atomic
def _file(dossier_id: UUID, kind: str, received: Received, *, by: User) -> SupportingDocument:
    dossier = lock_own(dossier_id, by=by)
    require_editable(dossier, f"paper:{kind}")
    rule = asked_paper(dossier, kind)
    if (same := _same_file(dossier, rule, received)) is not None:
        return same
    document = add_file(dossier, rule, received, by=by)
    record("paper.deposited", dossier, by=by, paper=str(document.pk), kind=kind, sha256=document.sha256)
    return document


def add_file(dossier: Dossier, rule: PaperRule, received: Received, *, by: User) -> SupportingDocument:
    """Add a received file to a paper, in an act that locked the dossier and asked who may.

    Raises:
        Enough, AlreadyAccepted: it cannot be added.
    """
    for replaced in _replaced_by_one_more(dossier, rule):
        intake.supersede(replaced)
    document = intake.file_paper(dossier.folder_id, rule.code, received, at=dossier.procedure.now(), by=by)
    if dossier.rules.submission.forced:
        dossier.explanations.filter(place=f"paper:{rule.code}").delete()  # it is there: nothing is left to explain
    return document


def asked_paper(dossier: Dossier, kind: str) -> PaperRule:
    """The rule of a paper that the procedure asks of this candidate.

    Raises:
        NotAsked: it does not.
    """
    rule = _rule_of(dossier, kind)
    named = {*rule.when.values, *([PROGRAMME] if rule.per_choice else [])}
    if named and rule not in asked_papers(dossier.rules, answers_named(dossier, named)):
        raise NotAsked(_not_asked())
    return rule


def _rule_of(dossier: Dossier, kind: str) -> PaperRule:
    """The rule of a paper that the procedure asks of some; `NotAsked` where there is none."""
    if (rule := dossier.rules.paper(kind)) is None:
        raise NotAsked(_not_asked())
    return rule


def _not_asked() -> str:
    return gettext("Cette pièce ne vous est pas demandée.")


def _replaced_by_one_more(dossier: Dossier, rule: PaperRule) -> list[SupportingDocument]:
    """The files whose place a new one takes, locked: those turned down; and the only one there may be."""
    current = SupportingDocument.objects.current().filter(folder=dossier.folder_id, kind=rule.code)
    files = list(current.select_for_update(of=("self",)))
    turned_down = [file for file in files if is_turned_down(file)]
    standing = [file for file in files if not is_turned_down(file)]
    if len(standing) < rule.max_files:
        return turned_down
    if rule.max_files == 1:
        _require_not_accepted(dossier, standing)
        return turned_down + standing
    raise Enough(
        gettext("Cette pièce compte déjà %(count)s fichiers, le plus possible. Retirez-en un pour en déposer un autre.")
        % {"count": len(standing)}
    )


def _same_file(dossier: Dossier, rule: PaperRule, received: Received) -> SupportingDocument | None:
    """The file of that name that says the same, if it stands among the several that a paper may have."""
    if rule.max_files == 1:
        return None
    current = SupportingDocument.objects.current().filter(folder=dossier.folder_id, kind=rule.code)
    found = current.filter(sha256=received.sha256, original_name=received.original_name).first()
    return found if found is not None and not is_turned_down(found) else None


def is_turned_down(document: SupportingDocument) -> bool:
    """Whether the check or staff turned the file down."""
    return (
        document.check_state == SupportingDocument.Check.REJECTED
        or document.review == SupportingDocument.Review.REFUSED
    )


def _require_not_accepted(dossier: Dossier, documents: list[SupportingDocument]) -> None:
    """An accepted paper stays, unless a correction asks for another."""
    for document in documents:
        accepted = document.review == SupportingDocument.Review.ACCEPTED
        if accepted and not is_asked_for(dossier, f"paper:{document.kind}"):
            raise AlreadyAccepted(gettext("Cette pièce a été acceptée : elle ne se remplace plus."))
