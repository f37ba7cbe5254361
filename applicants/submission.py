"""Submission: the moment when a dossier stops being the candidate's and becomes the school's.

Rule: AST-11.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.closings import require_in_time
from applicants.contents import read_contents
from applicants.dossiers import home_of, lock_own
from applicants.editing import NotEditable, require_applying
from applicants.fees import keep_fee_in_step
from applicants.models import Dossier, Receipt, Status
from applicants.papers import lay_aside_unasked
from applicants.readiness import MissingItem
from documents.notices import issue_notice, replace_notices
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail


class NotReady(Refused):
    """Something that the procedure requires is missing; `items` says what, and where to go."""

    def __init__(self, items: list[MissingItem]) -> None:
        super().__init__(
            gettext("Le dossier n’est pas complet. Il manque : %(items)s.")
            % {"items": ", ".join(item.label for item in items)}
        )
        self.items = items


@transaction.atomic
def submit_dossier(dossier_id: UUID, *, by: User) -> Receipt:
    """Submit a complete dossier. A second call returns the first receipt: a double click is no error.

    One reopened for a programme added gets another receipt, in the place of the first.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed: the procedure's clock is outside its window, or past the closing hour of candidates such as this one.
        NotEditable: the dossier was withdrawn.
        NotReady: something required is missing.
    Rules: AST-02, AST-06, AST-11, NE-01, APP-09, APP-14.
    """
    dossier = lock_own(dossier_id, by=by)
    if dossier.status == Status.WITHDRAWN:
        raise NotEditable(gettext("Votre dossier est retiré : il ne peut plus être transmis."))
    if dossier.status != Status.DRAFT:
        return dossier.receipt
    require_applying(dossier)
    keep_fee_in_step(dossier, by=by)
    contents = read_contents(dossier)
    require_in_time(dossier, contents.answers)
    if contents.missing:
        raise NotReady(contents.missing)
    lay_aside_unasked(dossier, contents.answers, by=by)
    again = f":{dossier.reopened_at.isoformat()}" if dossier.reopened_at else ""
    dossier.status = Status.SUBMITTED
    dossier.submitted_at = dossier.procedure.now()
    dossier.reopened_at = None
    dossier.save(update_fields=["status", "submitted_at", "reopened_at"])
    receipt = _issue_receipt(dossier, again, by=by)
    codes = [choice["programme"] for choice in receipt.choices]
    forced = {"explained": [item.code for item, _ in contents.explained]} if contents.explained else {}
    record("dossier.submitted", dossier, by=by, receipt=receipt.number, choices=codes, **forced)
    queue_mail(
        "dossier_submitted",
        to=by,
        key=f"dossier-submitted:{dossier.pk}{again}",
        procedure=dossier.procedure,
        name=dossier.candidate.full_name,
        reference=dossier.reference,
        receipt=receipt.number,
        submitted_at=dossier.submitted_at,
        choices=named_choices(dossier),
        order=str(dossier.rules.choices.order),
        path=home_of(dossier),
    )
    return receipt


def named_choices(dossier: Dossier) -> list[dict[str, object]]:
    """The choices as mails and letters name them."""
    return [{"rank": choice.rank, "label": choice.label} for choice in dossier.ranked_choices]


def _issue_receipt(dossier: Dossier, again: str, *, by: User) -> Receipt:
    """The numbered proof: its PDF, and the order of the choices as it now stands for good; `again` tells a later one
    from the first.
    """
    choices = [
        {
            "rank": choice.rank,
            "programme": choice.programme.code,
            "school": choice.programme.school.name,
            "status": choice.status,
            "label": choice.label.as_json(),
        }
        for choice in dossier.ranked_choices
    ]
    notice = issue_notice(
        "receipt",
        key=f"receipt:{dossier.pk}{again}",
        procedure=dossier.procedure,
        recipient=by,
        school=dossier.first_choice.school if dossier.first_choice else None,
        addressee=dossier.candidate.full_name,
        reference=dossier.reference,
        submitted_at=dossier.submitted_at,
        choices=named_choices(dossier),
        order=str(dossier.rules.choices.order),
    )
    if again:
        replace_notices(f"receipt:{dossier.pk}", by=notice)
    receipt = dossier.receipt if again else Receipt(dossier=dossier)
    receipt.number, receipt.issued_at, receipt.choices = notice.number, dossier.procedure.now(), choices
    receipt.save()
    return receipt
