"""The candidate's interview for one choice: the free slots, the one that was chosen, and its calendar file."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from applicants.models import Dossier
from applicants.views.own_dossier import dossier_page, person
from journal.errors import Refused
from juries.booking import Booking, book_slot, booking_of
from juries.models import TestSlot
from juries.summons import calendar_file, read_summons
from programmes.models import Participation
from programmes.words import PARIS


@dossier_page
def page(request: HttpRequest, dossier: Dossier, choice_id: int) -> HttpResponse:
    """Where the interview stands; by POST, the slot chosen."""
    booking = _find(dossier, choice_id)
    if request.method == "POST":
        chosen = request.POST.get("slot", "")
        if _book(request, booking, int(chosen) if chosen.isdecimal() else 0):
            return redirect("juries:booking", dossier.procedure.slug, choice_id)
        booking = _find(dossier, choice_id)
    programme = booking.choice.programme
    days = _days(booking) if booking.may_change else []
    panels = {slot.panel for day in days for slot in day["slots"]}
    context = {
        "procedure": dossier.procedure,
        "dossier": dossier,
        "booking": booking,
        "programme": programme,
        "slots": [{"slot": slot, "fixed_at": booking.fixed_at(slot)} for slot in booking.slots],
        "days": days,
        "only_panel": panels.pop() if len(panels) == 1 else None,
        "host": Participation.objects.get(procedure=dossier.procedure, school=programme.school),
        "now": booking.now,
    }
    return render(request, "juries/booking.html", context)


@dossier_page
def calendar(request: HttpRequest, dossier: Dossier, choice_id: int) -> HttpResponse:
    """The interview as a calendar file."""
    booking = _find(dossier, choice_id)
    if not booking.slots:
        raise Http404
    text = calendar_file(dossier, read_summons(dossier, booking.slots), get_language() or "fr")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="entretien.ics"'
    return response


def _find(dossier: Dossier, choice_id: int) -> Booking:
    choice = next((choice for choice in dossier.ranked_choices if choice.pk == choice_id), None)
    if choice is None:
        raise Http404
    choice.dossier = dossier
    booking = booking_of(choice)
    if booking is None:
        raise Http404
    return booking


def _book(request: HttpRequest, booking: Booking, slot_id: int) -> bool:
    if not slot_id:
        messages.error(request, gettext("Choisissez d’abord un créneau."))
        return False
    try:
        book_slot(slot_id, booking.choice.pk, by=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(
        request, gettext("Votre créneau est réservé. Nous vous l’écrivons, avec un fichier pour votre agenda.")
    )
    return True


def _days(booking: Booking) -> list[dict[str, Any]]:
    """The free slots, day by day."""
    return [{"day": day, "slots": list(slots)} for day, slots in groupby(booking.free, key=_day_of)]


def _day_of(slot: TestSlot) -> Any:
    return timezone.localtime(slot.starts_at, PARIS).date()
