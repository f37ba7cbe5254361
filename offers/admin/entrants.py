"""The entrants of a school: who takes a place there, the titles to review, the integration file to note.

Rules: AST-07, AST-12, AST-22.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from applicants.proof import Proof, proofs_of
from documents.models import SupportingDocument
from documents.serving import paper_response
from juries.admin.wording import title_in_words
from offers.admin.desks import PeriodsDesk
from offers.admin.papers import EntrantPaper, is_to_review, paper_shown, papers_of
from offers.enrolled import export_enrolled
from offers.enrolment import note_integration_file, review_title
from offers.entrants import entrants_for, open_paper
from offers.models import Enrolment, ListEntry
from programmes.desk import attempt, person
from programmes.models import Procedure
from programmes.roles import OFFICE, VERIFIER

State = Enrolment.State

SEAT_KINDS = {
    State.AWAITING_TITLE: "doing",
    State.DEFINITIVE: "done",
    State.LAPSED: "closed",
    State.GIVEN_UP: "closed",
}


@admin.register(Enrolment)
class EnrolmentAdmin(PeriodsDesk):
    """The entrants of the schools for which the person works."""

    roles = (OFFICE, VERIFIER)

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(dossier__in=entrants_for(person(request)).values("dossier"))

    def get_urls(self) -> list[Any]:
        return [
            self.below("exporter/<int:procedure_id>/", self.export, "offers_enrolled"),
            self.below("entrant/<int:entry_id>/", self.entrant, "offers_entrant"),
            self.below("entrant/<int:entry_id>/piece/<uuid:document_id>/", self.paper, "offers_paper"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """All entrants, by school and track."""
        entries = list(entrants_for(person(request)))
        proofs = proofs_of(entry.dossier for entry in entries)
        rows = [_row(entry, proofs[entry.dossier_id]) for entry in entries]
        procedures = list({entry.dossier.procedure_id: entry.dossier.procedure for entry in entries}.values())
        title = gettext("Entrants")
        return self.framed(request, "admin/offers/entrants.html", title, rows=rows, procedures=procedures)

    def export(self, request: HttpRequest, procedure_id: int) -> HttpResponse:
        """The enrolled of a procedure as a file, by POST from the list. Rule: ALL-07."""
        if request.method != "POST":
            raise Http404
        made = attempt(request, lambda: export_enrolled(procedure_id, by=person(request)))
        if made is None:
            return redirect("admin:offers_enrolment_changelist")
        response = HttpResponse(made, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="inscrits-{procedure_id}.csv"'
        response["Cache-Control"] = "private, no-store"
        return response

    def entrant(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """One entrant with the papers; by POST, a title is reviewed or the integration file noted."""
        entry = entrants_for(person(request)).filter(pk=entry_id).first()
        if entry is None:
            raise Http404
        if request.method == "POST":
            _act(request, entry)
            return redirect("admin:offers_entrant", entry_id=entry.pk)
        proofs = proofs_of([entry.dossier])[entry.dossier_id]
        papers = _papers(entry, proofs)
        return self.framed(
            request,
            "admin/offers/entrant.html",
            str(entry.dossier.candidate),
            title_held=title_in_words(entry.dossier),
            proofs=[(proof.rule, [p for p in papers if p.document.kind == proof.rule.code]) for proof in proofs],
            others=[paper for paper in papers if not paper.is_first],
            shown=paper_shown(papers, request.GET.get("piece")),
            **_row(entry, proofs),
        )

    def paper(self, request: HttpRequest, entry_id: int, document_id: UUID) -> FileResponse:
        """One file of an entrant."""
        document = attempt(request, lambda: open_paper(entry_id, document_id, by=person(request)))
        if document is None:
            raise Http404
        return paper_response(document, download="telecharger" in request.GET)


def to_review_of(user: User, procedure: Procedure) -> int:
    """How many titles of entrants wait for a review by `user`."""
    entries = [entry for entry in entrants_for(user).filter(pool__programme__procedure=procedure) if _seat(entry)]
    proofs = proofs_of(entry.dossier for entry in entries)
    return sum(_row(entry, proofs[entry.dossier_id])["to_review"] for entry in entries)


def _act(request: HttpRequest, entry: ListEntry) -> None:
    user, posted = person(request), request.POST
    if posted.get("act") == "integration_file":
        done = gettext("Le dossier d’intégration est noté comme reçu.")
        attempt(request, lambda: note_integration_file(entry.dossier_id, by=user), done)
        return
    accepted = posted.get("verdict") == "accepted"
    done = gettext("La pièce est acceptée.") if accepted else gettext("La pièce est refusée ; le candidat est prévenu.")
    try:
        document_id = entry.dossier.folder.documents.get(pk=posted.get("document", "")).pk
    except (ValueError, SupportingDocument.DoesNotExist) as unknown:
        raise Http404 from unknown
    reason = posted.get("reason", "")
    attempt(request, lambda: review_title(document_id, accepted=accepted, reason=reason, by=user), done)


def _row(entry: ListEntry, proofs: list[Proof]) -> dict[str, Any]:
    """What the list says of an entrant."""
    seat = _seat(entry)
    if seat is not None:
        state = {"kind": SEAT_KINDS[State(seat.state)], "label": seat.get_state_display()}
    else:
        state = {"kind": "waiting", "label": gettext("proposition, sans accord définitif")}
    to_review = [file for proof in proofs for file in proof.files if is_to_review(file)]
    return {
        "entry": entry,
        "seat": seat,
        "state": state,
        "proof_count": len(proofs),
        "accepted_count": sum(proof.is_accepted for proof in proofs),
        "to_review": len(to_review) if seat and seat.state == State.AWAITING_TITLE else 0,
    }


def _seat(entry: ListEntry) -> Enrolment | None:
    """The seat taken in this very pool."""
    enrolment: Enrolment | None = getattr(entry.dossier, "enrolment", None)
    return enrolment if enrolment is not None and enrolment.pool_id == entry.pool_id else None


def _papers(entry: ListEntry, proofs: list[Proof]) -> list[EntrantPaper]:
    """The files of an entrant, the proofs of title first."""
    seat = _seat(entry)
    proving = {proof.rule.code for proof in proofs}
    is_awaited = seat is not None and seat.state == State.AWAITING_TITLE
    return papers_of(
        entry.dossier,
        first=proving,
        to_review=proving if is_awaited else set(),
        address=lambda document: reverse("admin:offers_paper", args=[entry.pk, document.pk]),
    )
