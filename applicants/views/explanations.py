"""Saying why something is missing, where the procedure takes that instead. Rule: APP-09."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.contents import read_contents
from applicants.editing import may_edit
from applicants.explanations import explain_missing, explainable_item
from applicants.forms.explanations import ExplanationForm
from applicants.models import Dossier
from applicants.places import PAPERS, REFEREES, address_of
from applicants.views.own_dossier import dossier_page, person, posted, render_page
from journal.errors import Refused


@dossier_page
def explain(request: HttpRequest, dossier: Dossier, code: str) -> HttpResponse:
    """Write why something is missing, or change what was written."""
    contents = read_contents(dossier)
    item = explainable_item(contents, code)
    if item is None:
        raise Http404
    written = contents.explanations.get(code)
    form = ExplanationForm(posted(request), initial={"text": written.text if written else ""})
    if request.method == "POST" and form.is_valid():
        try:
            explain_missing(dossier.pk, code, form.cleaned_data["text"], by=person(request))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("Votre explication est enregistrée."))
            place = PAPERS if item.place.startswith("paper:") else REFEREES
            return redirect(address_of(dossier.procedure.slug, place))
    return render_page(
        request,
        contents,
        "applicants/explain.html",
        PAPERS if item.place.startswith("paper:") else REFEREES,
        item=item,
        form=form,
        is_open=may_edit(dossier, item.place) or form.is_bound,
        way_back=address_of(dossier.procedure.slug, item.place),
    )
