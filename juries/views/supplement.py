"""What else is asked of a candidate before the decision: the subject, the deadline, and where to hand it in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from applicants.forms.papers import PaperForm
from applicants.models import Dossier, Status
from applicants.views.own_dossier import dossier_page, person, posted
from applicants.views.papers import file_row
from journal.errors import Refused
from juries.booking import booking_of
from juries.models import Supplement
from juries.supplements import deposit_written, own_supplement, paper_rule


@dossier_page
def page(request: HttpRequest, dossier: Dossier, supplement_id: int) -> HttpResponse:
    """One supplement; by POST, the written piece."""
    supplement = _own(request, dossier, supplement_id)
    form = PaperForm(paper_rule(supplement), posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            deposit_written(supplement.pk, form.cleaned_data["file"], by=person(request))
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            said = gettext("Votre écrit est remis. Vous pouvez le remplacer jusqu’à l’échéance.")
            messages.success(request, said)
            return redirect("juries:supplement", dossier.procedure.slug, supplement.pk)
    now = dossier.procedure.now()
    is_written = supplement.kind == Supplement.Kind.WRITTEN
    context = {
        "procedure": dossier.procedure,
        "dossier": dossier,
        "supplement": supplement,
        "programme": supplement.choice.programme,
        "is_written": is_written,
        "is_open": supplement.is_open(now) or form.is_bound,
        "file": file_row(supplement.document, removable=False) if supplement.document else None,
        "form": form if is_written else None,
        "booking_url": _booking_url(supplement, dossier),
        "now": now,
    }
    return render(request, "juries/supplement.html", context)


def _booking_url(supplement: Supplement, dossier: Dossier) -> str:
    """Where the slot of an interview stands or is chosen; empty where there is none, as by telephone."""
    choice = supplement.choice
    choice.dossier = dossier
    booking = booking_of(choice) if supplement.kind == Supplement.Kind.INTERVIEW else None
    if booking is None or booking.supplement != supplement:
        return ""
    return reverse("juries:booking", args=[dossier.procedure.slug, choice.pk])


def _own(request: HttpRequest, dossier: Dossier, supplement_id: int) -> Supplement:
    try:
        supplement = own_supplement(supplement_id, by=person(request))
    except Supplement.DoesNotExist as missing:
        raise Http404 from missing
    if supplement.choice.dossier_id != dossier.pk or dossier.status != Status.VALIDATED:
        raise Http404
    return supplement
