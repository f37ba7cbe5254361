"""A correction asked of the candidate: what, why, until when, where to do it, and the answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext

from applicants.contents import read_contents
from applicants.corrections import answer_correction
from applicants.models import Dossier
from applicants.places import address_of, name_of
from applicants.submission import NotReady
from applicants.views.own_dossier import dossier_page, person, render_page
from journal.errors import Refused


@dossier_page
def correction(request: HttpRequest, dossier: Dossier, correction_id: UUID) -> HttpResponse:
    """One correction asked of one's own dossier; posting says that it is done."""
    asked = get_object_or_404(dossier.corrections, pk=correction_id)
    contents = read_contents(dossier)
    slug, rules = dossier.procedure.slug, dossier.rules
    errors = []
    if request.method == "POST":
        try:
            answer_correction(asked.pk, by=person(request))
        except NotReady as refused:
            errors = [{"url": address_of(slug, item.place), "text": item.label} for item in refused.items]
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("campaign:dossier", slug)
        else:
            messages.success(request, gettext("Votre réponse est transmise à l’école."))
            return redirect("campaign:dossier", slug)
    missing = {item.place for item in contents.missing}
    opened = [
        {"title": name_of(rules, place), "url": address_of(slug, place), "is_missing": place in missing}
        for place in asked.opens
    ]
    return render_page(
        request,
        contents,
        "applicants/correction.html",
        "",
        correction=asked,
        opened=opened,
        first_missing=next((place for place in opened if place["is_missing"]), None),
        errors=errors,
    )
