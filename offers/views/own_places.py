"""The candidate's page of places to confirm: what each asks, until when, and how to give it up.

It reads the places, calls an act and shows its refusal. No rule is written here. Rules: BS-07, NE-05, IIM-06.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.models import Dossier
from applicants.views.own_dossier import dossier_page, person, try_act
from offers.confirmation import DEPOSIT, WORD, Need, Progress
from offers.models import Place
from offers.own_places import OwnPlace, own_places
from offers.place_confirmation import confirm_by_word
from offers.place_endings import decline_place
from offers.place_needs import PROGRESS
from payments.models import Charge
from payments.standing import standing_of
from programmes.words import money

STATES = {Progress.TODO: "todo", Progress.AGAIN: "problem", Progress.SENT: "waiting", Progress.DONE: "done"}


@dossier_page
def place(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """One's places, each with what it asks."""
    found = own_places(dossier)
    if not found:
        return redirect("campaign:dossier", dossier.procedure.slug)
    standing = [one for one in found if one.place.is_standing]
    context = {
        "procedure": dossier.procedure,
        "dossier": dossier,
        "now": dossier.procedure.now(),
        "places": [(one, _items(dossier, one)) for one in found],
        "to_choose": len(standing) > 1,
    }
    return render(request, "offers/place.html", context)


@require_POST
@dossier_page
def confirm(request: HttpRequest, dossier: Dossier, place_id: int) -> HttpResponse:
    """Take the place by saying so."""
    own = _own(dossier, place_id).place
    done = gettext("Votre place est confirmée.")
    try_act(request, lambda: confirm_by_word(own.pk, by=person(request)), done=done)
    return redirect("offers:place", dossier.procedure.slug)


@dossier_page
def decline(request: HttpRequest, dossier: Dossier, place_id: int) -> HttpResponse:
    """What giving a place up means, said once more; posting does it."""
    own = _own(dossier, place_id)
    if request.method != "POST" and own.place.is_standing:
        context = {"procedure": dossier.procedure, "dossier": dossier, "own": own}
        return render(request, "offers/decline_place.html", context)
    if request.method == "POST":
        done = gettext("Votre place est rendue.")
        try_act(request, lambda: decline_place(own.place.pk, by=person(request)), done=done)
    return redirect("offers:place", dossier.procedure.slug)


def _own(dossier: Dossier, place_id: int) -> OwnPlace:
    """The candidate's own place of that key; 404 where there is none."""
    found = next((one for one in own_places(dossier) if one.place.pk == place_id), None)
    if found is None:
        raise Http404
    return found


def _items(dossier: Dossier, own: OwnPlace) -> list[dict[str, object]]:
    """What confirms the place, or is to be paid once it is confirmed, as components/task_list.html shows it.

    A word has a button of its own.
    """
    slug = dossier.procedure.slug
    if own.instalment is not None:
        return [_instalment(slug, own.instalment)]
    if own.place.state != Place.State.OFFERED:
        return []
    return [
        {
            "title": need.label,
            "kind": STATES[need.progress],
            "label": _words(need),
            "hint": money(own.deposit.amount) if need.what == DEPOSIT and own.deposit else "",
            "url": _address(slug, need, own),
        }
        for need in own.needs
        if need.what != WORD
    ]


def _instalment(slug: str, charge: Charge) -> dict[str, object]:
    progress = PROGRESS[standing_of(charge)]
    return {
        "title": gettext("La première échéance de scolarité"),
        "kind": "problem" if charge.is_overdue else STATES[progress],
        "label": gettext("Délai passé") if charge.is_overdue else _words(Need(DEPOSIT, "", progress)),
        "url": reverse("applicants:payment", args=[slug, charge.pk]),
    }


def _address(slug: str, need: Need, own: OwnPlace) -> str:
    """Where it is done."""
    if need.what != DEPOSIT:
        return reverse("applicants:paper", args=[slug, need.what])
    return reverse("applicants:payment", args=[slug, own.deposit.pk]) if own.deposit else ""


def _words(need: Need) -> str:
    if need.what == DEPOSIT:
        return {
            Progress.TODO: gettext("À régler"),
            Progress.SENT: gettext("Annoncé"),
            Progress.DONE: gettext("Reçu"),
        }[need.progress]
    return {
        Progress.TODO: gettext("À déposer"),
        Progress.AGAIN: gettext("À redéposer"),
        Progress.SENT: gettext("À l’examen"),
        Progress.DONE: gettext("Acceptée"),
    }[need.progress]
