"""The candidate's side of the conversation inside the dossier. Rule: APP-16."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from applicants.contents import read_contents
from applicants.conversation import conversation_in, read_as_candidate, write_as_candidate
from applicants.forms.messages import MessageForm
from applicants.models import Dossier
from applicants.views.own_dossier import dossier_page, own_dossier, person, render_page, typed
from documents.models import SupportingDocument
from documents.serving import paper_response
from journal.errors import Refused


@dossier_page
def messages_page(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """All that was written, and a place to write; what is new counts as read from now on."""
    form = MessageForm(typed(request, dossier), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            write_as_candidate(dossier.pk, said["text"], said["joined"], by=person(request))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("Votre message est envoyé. La réponse paraîtra ici, et par courriel."))
            return redirect("applicants:messages", dossier.procedure.slug)
    written = conversation_in(dossier)
    read_as_candidate(dossier, by=person(request))
    contents = read_contents(dossier)
    return render_page(request, contents, "applicants/messages.html", "", form=form, written=written)


@never_cache
@login_required
def attachment(request: HttpRequest, slug: str, document_id: UUID) -> HttpResponseBase:
    """A file joined to a message of one's own conversation, once it has been checked."""
    dossier = own_dossier(person(request), slug)
    joined = SupportingDocument.objects.servable().filter(folder__message__dossier=dossier)
    return paper_response(get_object_or_404(joined, pk=document_id), download="telecharger" in request.GET)
