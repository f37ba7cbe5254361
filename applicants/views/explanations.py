"""Saying why something is missing, where the procedure takes that instead. Rule: APP-09."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.contents import Contents, read_contents
from applicants.editing import ChangedElsewhere, may_edit
from applicants.explanations import explain_missing, explainable_item
from applicants.forms.explanations import SEEN_TEXT, ExplanationForm
from applicants.models import Dossier
from applicants.places import PAPERS, REFEREES, address_of
from applicants.readiness import MissingItem
from applicants.views.own_dossier import dossier_page, person, render_page, typed
from applicants.views.saving import TwoAnswers, choose_answers
from journal.errors import Refused
from programmes.typed import cleaned


@dossier_page
def explain(request: HttpRequest, dossier: Dossier, code: str) -> HttpResponse:
    """Write why something is missing, or change what was written."""
    contents = read_contents(dossier)
    item = explainable_item(contents, code)
    if item is None:
        raise Http404
    written = contents.explanations.get(code)
    text = written.text if written else ""
    form = ExplanationForm(typed(request, dossier), initial={"text": text, SEEN_TEXT: text})
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, dossier, code, form)
        except ChangedElsewhere:
            return _choose(request, contents, item, form, text)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("Votre explication est enregistrée."))
            place = _list_of(item)
            return redirect(address_of(dossier.procedure.slug, place))
    return render_page(
        request,
        contents,
        "applicants/explain.html",
        _list_of(item),
        item=item,
        is_paper=_list_of(item) == PAPERS,
        form=form,
        is_open=may_edit(dossier, item.place) or form.is_bound,
        way_back=address_of(dossier.procedure.slug, item.place),
    )


def _save(request: HttpRequest, dossier: Dossier, code: str, form: ExplanationForm) -> None:
    """Save the explanation, unless it is as the page showed it: it may have been changed elsewhere since."""
    text, seen = form.cleaned_data["text"], form.cleaned_data[SEEN_TEXT]
    if text != cleaned(seen) or not text:
        explain_missing(dossier.pk, code, text, by=person(request), seen=seen)


def _choose(
    request: HttpRequest, contents: Contents, item: MissingItem, form: ExplanationForm, stored: str
) -> HttpResponse:
    """The page on which the candidate chooses between the explanation just written and the one that is saved."""
    mine = form.cleaned_data["text"]
    question = TwoAnswers("text", item.label, mine, mine, stored, stored)
    place = _list_of(item)
    return choose_answers(request, contents, place, [question], [("text", mine)])


def _list_of(item: MissingItem) -> str:
    """The page that lists it among its like."""
    return PAPERS if item.place.startswith("paper:") else REFEREES
