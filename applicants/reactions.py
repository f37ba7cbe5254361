"""Reactions: what follows for a dossier from facts stated elsewhere. Each can be repeated without harm.

A paper or a payment that falls away after submission opens a correction by itself; before, it is simply
missing again.
Rules: AST-02, AST-08, AST-10.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from applicants.corrections import close, open_correction, still_missing, waiting_corrections
from applicants.delays import answer_until
from applicants.dossiers import home_of, lock_where
from applicants.editing import LATE_PAPERS, PAYMENT
from applicants.fees import fee_standing
from applicants.models import Dossier, Status
from applicants.papers import is_turned_down
from documents.models import SupportingDocument
from journal.followups import acts_on
from notifications.outbox import queue_mail
from payments.charges import DUE_AGAIN_FACT, SETTLED_FACT
from payments.standing import Standing
from programmes.rules import PaperRule

WITH_THE_SCHOOL = (Status.SUBMITTED, Status.VALIDATED)


@acts_on("paper_rejected")
@acts_on("paper_refused")
def ask_for_paper_again(document_id: str) -> None:
    """A paper was turned down, by the check or by staff: ask for another."""
    dossier = lock_where(Dossier.objects.filter(folder__documents=UUID(document_id)))
    if dossier is None:
        return  # a file joined to a message: whoever reads it there sees that it cannot be opened
    document = SupportingDocument.objects.get(pk=UUID(document_id))
    rule = dossier.rules.paper(document.kind)
    if rule is None or document.superseded_at is not None or not is_turned_down(document):
        return
    if dossier.status == Status.DRAFT:
        _say_that_it_is_missing(dossier, document, rule)
    elif dossier.status in WITH_THE_SCHOOL and not _is_asked(dossier, f"paper:{rule.code}"):
        with translation.override(dossier.candidate.user.language):
            asked = gettext(
                "Déposez à nouveau la pièce « %(paper)s » : celle que vous avez déposée n’a pas pu être retenue."
            )
            reason = f"{asked % {'paper': rule.label}}\n{document.turned_down_because}"
        until = _until(dossier, late=rule.late)
        open_correction(dossier, opens=[f"paper:{rule.code}"], reason=reason, until=until, by=None)


@acts_on(DUE_AGAIN_FACT)
def ask_for_payment_again(charge_id: str) -> None:
    """A transfer never came, or an exemption was refused: ask for the fee again, after submission."""
    dossier = _dossier_of(charge_id)
    if dossier is None or dossier.status not in WITH_THE_SCHOOL:
        return
    if fee_standing(dossier) != Standing.DUE or _is_asked(dossier, PAYMENT):
        return
    with translation.override(dossier.candidate.user.language):
        reason = gettext("Réglez les frais de dossier : ils sont de nouveau dus.")
    open_correction(dossier, opens=[PAYMENT], reason=reason, until=_until(dossier, late=False), by=None)


@acts_on(SETTLED_FACT)
def close_what_asked_for_payment(charge_id: str) -> None:
    """The fee is settled: a correction that asked for nothing else is answered."""
    dossier = _dossier_of(charge_id)
    if dossier is None or dossier.submitted_at is None:
        return  # nothing was asked for before
    for correction in waiting_corrections(dossier):
        if correction.opens == [PAYMENT] and not still_missing(dossier, correction):
            close(dossier, correction, by=None)


def _dossier_of(charge_id: str) -> Dossier | None:
    """The dossier, locked, whose fee it is."""
    return lock_where(Dossier.objects.filter(account__charges=UUID(charge_id)))


def _is_asked(dossier: Dossier, place: str) -> bool:
    return any(place in correction.opens for correction in waiting_corrections(dossier))


def _say_that_it_is_missing(dossier: Dossier, document: SupportingDocument, rule: PaperRule) -> None:
    with translation.override(dossier.candidate.user.language):
        why = document.turned_down_because
    queue_mail(
        "paper_turned_down",
        to=dossier.candidate.user,
        key=f"paper-turned-down:{document.pk}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        paper=rule.label,
        why=why,
        path=home_of(dossier),
    )


def _until(dossier: Dossier, *, late: bool) -> dt.datetime:
    """As long as the procedure leaves, or for a late paper the end of its window if that is later."""
    until = answer_until(dossier)
    window = dossier.procedure.calendar.get(LATE_PAPERS) if late else None
    return max(until, window.ends_at) if window is not None and window.ends_at is not None else until
