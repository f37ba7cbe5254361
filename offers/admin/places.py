"""The places that staff keep: the board of a procedure, a place with its papers, the letters of the start.

Rules: APP-15, BS-07, NE-05, IIM-05, IIM-06, IIM-08.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from applicants.instalments import instalment_of
from applicants.proof import proofs_of
from documents.serving import paper_response
from juries.admin.wording import title_in_words
from offers.admin.desks import PlacesDesk, confirms_places
from offers.admin.papers import paper_shown, papers_of
from offers.admin.place_board import boards_of, rows_of
from offers.enrolment import review_title
from offers.models import Enrolment, Place
from offers.place_desk import open_paper_of_place, places_kept_by, programmes_kept_by, review_paper_of_place
from offers.place_endings import postpone_place, postpone_tuition, release_place
from offers.place_letters import sample_of_start
from offers.place_needs import papers_asked
from offers.places import KEEPERS
from offers.start_letters import send_start_letters, untold
from offers.waiting_list import call_next
from programmes.desk import attempt, person, roles_held
from programmes.models import Procedure
from programmes.rules import Who

State = Place.State


@admin.register(Place)
class PlaceAdmin(PlacesDesk):
    """The places of the programmes for which the person works."""

    menu_name = gettext_lazy("Places à confirmer")
    roles = KEEPERS

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=places_kept_by(person(request)).values("pk"))

    def get_urls(self) -> list[Any]:
        return [
            self.below("procedure/<slug:slug>/", self.board, "offers_places"),
            self.below("place/<int:place_id>/", self.place, "offers_place"),
            self.below("place/<int:place_id>/piece/<uuid:document_id>/", self.paper, "offers_place_paper"),
            self.below("rentree/<int:programme_id>/", self.start_letters, "offers_start_letters"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The board of the youngest procedure whose places are confirmed one by one."""
        procedure = next(iter(procedures_with_places(request)), None)
        if procedure is None:
            return self.framed(request, "admin/offers/places.html", gettext("Places à confirmer"), procedure=None)
        return redirect("admin:offers_places", slug=procedure.slug)

    def board(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The places of one procedure; by POST, the next of a waiting list is called."""
        procedures = procedures_with_places(request)
        procedure = next((one for one in procedures if one.slug == slug), None)
        if procedure is None:
            raise Http404
        if request.method == "POST":
            _call(request)
            return redirect("admin:offers_places", slug=slug)
        assert procedure.rules is not None
        return self.framed(
            request,
            "admin/offers/places.html",
            gettext("Places à confirmer"),
            procedure=procedure,
            procedures=procedures,
            rule=procedure.rules.confirmation,
            calls_by_itself=_calls_by_itself(procedure),
            boards=boards_of(person(request), procedure),
            now=procedure.now(),
        )

    def place(self, request: HttpRequest, place_id: int) -> HttpResponse:
        """One place with what confirms it; by POST, a paper is judged, the place released or postponed."""
        place = places_kept_by(person(request)).filter(pk=place_id).first()
        if place is None:
            raise Http404
        if request.method == "POST":
            _act(request, place)
            return redirect("admin:offers_place", place_id=place.pk)
        [row] = rows_of([place])
        context = _papers(place, request.GET.get("piece")) if place.is_standing else {}
        return self.framed(
            request,
            "admin/offers/place.html",
            str(place.dossier.candidate),
            place=place,
            row=row,
            instalment=instalment_of(place.dossier, place.choice.programme) if place.is_standing else None,
            title_held=title_in_words(place.dossier),
            now=place.procedure.now(),
            **context,
        )

    def paper(self, request: HttpRequest, place_id: int, document_id: UUID) -> FileResponse:
        """One file of somebody who has a place."""
        document = attempt(request, lambda: open_paper_of_place(place_id, document_id, by=person(request)))
        if document is None:
            raise Http404
        return paper_response(document, download="telecharger" in request.GET)

    def start_letters(self, request: HttpRequest, programme_id: int) -> HttpResponse:
        """Who is to be told when the programme starts, and the mail as it will be read; by POST it leaves."""
        kept = [programmes_kept_by(person(request), one) for one in procedures_with_places(request)]
        programme = next((found for one in kept if (found := one.filter(pk=programme_id).first())), None)
        if programme is None:
            raise Http404
        if request.method == "POST":
            count = attempt(request, lambda: send_start_letters(programme.pk, by=person(request)))
            if count is not None:
                said = ngettext("%(count)d lettre est partie.", "%(count)d lettres sont parties.", count)
                self.message_user(request, said % {"count": count})
            return redirect("admin:offers_places", slug=programme.procedure.slug)
        places = untold([programme])
        sample = sample_of_start(places[0], programme.starts_on) if places and programme.starts_on else None
        title = gettext("Lettres de rentrée")
        context = {"programme": programme, "places": places, "sample": sample}
        return self.framed(request, "admin/offers/start_letters.html", title, **context)


def procedures_with_places(request: HttpRequest) -> list[Procedure]:
    """The procedures whose places are confirmed one by one, of which the person keeps some; the youngest first."""
    held = roles_held(request)
    return [procedure for procedure in held.procedures if held.has(procedure, *KEEPERS) and confirms_places(procedure)]


def _calls_by_itself(procedure: Procedure) -> bool:
    rule = procedure.rules.confirmation if procedure.rules else None
    return rule is not None and rule.call_next == Who.AUTOMATIC


def _call(request: HttpRequest) -> None:
    """Call the one whom the page showed as the next."""
    try:
        pool_id, decision_id = int(request.POST.get("pool", "")), int(request.POST.get("decision", ""))
    except ValueError as unknown:
        raise Http404 from unknown
    done = gettext("La place est proposée ; le candidat est prévenu.")
    attempt(request, lambda: call_next(pool_id, decision_id, by=person(request)), done)


def _act(request: HttpRequest, place: Place) -> None:
    user, posted = person(request), request.POST
    match posted.get("act"):
        case "release":
            done = gettext("La place est libérée ; le candidat est prévenu.")
            attempt(request, lambda: release_place(place.pk, by=user), done)
        case "postpone":
            day = _day(posted.get("last_day", ""))
            done = gettext("Le délai est prolongé ; le candidat est prévenu.")
            attempt(request, lambda: postpone_place(place.pk, day, by=user), done)
        case "postpone_tuition":
            last = _day(posted.get("last_day", ""))
            done = gettext("Le délai de l’échéance est prolongé ; le candidat est prévenu.")
            attempt(request, lambda: postpone_tuition(place.pk, last, by=user), done)
        case _:
            _judge(request, place)


def _judge(request: HttpRequest, place: Place) -> None:
    """The verdict on a paper: one that confirms the place, or the title."""
    user, posted = person(request), request.POST
    try:
        document = place.dossier.folder.documents.get(pk=UUID(posted.get("document", "")))
    except (ValueError, place.dossier.folder.documents.model.DoesNotExist) as unknown:
        raise Http404 from unknown
    verdict: dict[str, Any] = {
        "accepted": posted.get("verdict") == "accepted",
        "reason": posted.get("reason", ""),
        "by": user,
    }
    accepted, refused = gettext("La pièce est acceptée."), gettext("La pièce est refusée ; le candidat est prévenu.")
    done = accepted if verdict["accepted"] else refused
    if place.state == State.CONFIRMED:
        attempt(request, lambda: review_title(document.pk, **verdict), done)
    else:
        attempt(request, lambda: review_paper_of_place(place.pk, document.pk, **verdict), done)


def _day(typed: str) -> dt.date:
    try:
        return dt.date.fromisoformat(typed)
    except ValueError as unknown:
        raise Http404 from unknown


def _papers(place: Place, asked_for: str | None) -> dict[str, Any]:
    """The files of who has the place: those that it waits for first."""
    proving = {proof.rule.code for proof in proofs_of([place.dossier])[place.dossier_id]}
    confirming = {rule.code for rule in papers_asked(place.dossier)}
    enrolment: Enrolment | None = getattr(place.dossier, "enrolment", None)
    awaits_title = place.state == State.CONFIRMED and enrolment and enrolment.state == Enrolment.State.AWAITING_TITLE
    to_review = confirming if place.state == State.OFFERED else proving if awaits_title else set()
    papers = papers_of(
        place.dossier,
        first=confirming | proving,
        to_review=to_review,
        address=lambda document: reverse("admin:offers_place_paper", args=[place.pk, document.pk]),
    )
    return {
        "confirming": [paper for paper in papers if paper.document.kind in confirming],
        "proofs": [paper for paper in papers if paper.document.kind in proving],
        "others": [paper for paper in papers if not paper.is_first],
        "shown": paper_shown(papers, asked_for),
    }
