"""Withdrawing from the procedure: asked once, in words that name what is lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.contents import read_contents
from applicants.endings import withdraw_dossier
from applicants.models import Dossier
from applicants.views.own_dossier import dossier_page, person, render_page, try_act


@dossier_page
def withdraw(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """What withdrawing means; posting does it."""
    if request.method == "POST":
        done = gettext("Votre candidature est retirée.")
        try_act(request, lambda: withdraw_dossier(dossier.pk, by=person(request)), done=done)
        return redirect("campaign:dossier", dossier.procedure.slug)
    return render_page(request, read_contents(dossier), "applicants/withdraw.html", "")
