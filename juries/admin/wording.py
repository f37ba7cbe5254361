"""Titles, fees and reviews as the staff's pages name them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from applicants.models import Dossier, Status
from documents.models import SupportingDocument
from juries.models import Decision
from payments.models import Reduction
from payments.standing import Standing


def minutes_response(pdf: bytes) -> HttpResponse:
    """The minutes of a jury, to be saved and printed."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="proces-verbal.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def title_in_words(dossier: Dossier) -> str:
    """The title and its speciality: « Licence (L3), Chimie »."""
    title = dossier.rules.title(dossier.title)
    row = title.speciality(dossier.speciality) if title else None
    return ", ".join(str(part.label) for part in (title, row) if part)


def equivalence_in_words(dossier: Dossier) -> str:
    """By what equivalence the title stands for a listed one; empty when it is listed itself. Rule: AST-04."""
    rule = dossier.rules.equivalence(dossier.equivalence)
    return str(rule.label) if rule else ""


def reduction_state(decision: Reduction | None) -> dict[str, str]:
    """What was decided of a claim to the reduced fee, as a state tag."""
    if decision is None:
        return {"kind": "todo", "label": gettext("à décider")}
    if decision.state == Reduction.State.ACCEPTED:
        return {"kind": "done", "label": gettext("accepté")}
    return {"kind": "problem", "label": gettext("refusé")}


def fee_state(standing: Standing) -> dict[str, str]:
    """How far the fee is settled, as a state tag."""
    return {
        Standing.DUE: {"kind": "todo", "label": gettext("à régler")},
        Standing.ANNOUNCED: {"kind": "doing", "label": gettext("virement annoncé")},
        Standing.EXEMPTION_ASKED: {"kind": "doing", "label": gettext("exonération demandée")},
        Standing.SETTLED: {"kind": "done", "label": gettext("réglés")},
        Standing.WAIVED: {"kind": "done", "label": gettext("exonérés")},
    }[standing]


def dossier_state(status: str, *, is_asked: bool) -> dict[str, str]:
    """Where a dossier is, as a state tag; `is_asked` when the candidate has something to answer."""
    if is_asked and status != Status.WITHDRAWN:
        return {"kind": "waiting", "label": gettext("correction demandée")}
    if status == Status.DRAFT:
        return {"kind": "waiting", "label": gettext("rouvert au candidat")}
    kinds = {Status.SUBMITTED: "todo", Status.VALIDATED: "done"}
    return {"kind": kinds.get(Status(status), "closed"), "label": str(Status(status).label)}


def state_tag(state: dict[str, str]) -> str:
    """A state as it stands in a list of the admin."""
    return render_to_string("components/state_tag.html", state)


def paper_state(document: SupportingDocument) -> dict[str, str]:
    """Where a file stands between its check and its review, as a state tag."""
    if document.check_state == SupportingDocument.Check.PENDING:
        return {"kind": "waiting", "label": gettext("contrôle en cours")}
    if document.check_state == SupportingDocument.Check.REJECTED:
        return {"kind": "problem", "label": gettext("rejetée par le contrôle")}
    return {
        SupportingDocument.Review.UNREVIEWED: {"kind": "todo", "label": gettext("à examiner")},
        SupportingDocument.Review.ACCEPTED: {"kind": "done", "label": gettext("acceptée")},
        SupportingDocument.Review.REFUSED: {"kind": "problem", "label": gettext("refusée")},
    }[SupportingDocument.Review(document.review)]


def outcome_state(outcome: str) -> dict[str, Any]:
    """A decision, as a state tag."""
    kinds = {
        Decision.Outcome.ADMISSIBLE: "done",
        Decision.Outcome.ADMITTED: "done",
        Decision.Outcome.CONDITIONAL: "doing",
        Decision.Outcome.WAITING: "waiting",
        Decision.Outcome.NOT_ADMISSIBLE: "closed",
        Decision.Outcome.REFUSED: "closed",
    }
    decided = Decision.Outcome(outcome)
    return {"kind": kinds[decided], "label": decided.label}
