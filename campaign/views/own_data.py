"""One's own data: a copy to take away, and asking that they be erased. Rule: APP-19."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from applicants.models import Dossier, Status
from applicants.views.own_dossier import person, signed_in
from campaign.data_requests import ask_erasure, note_copy, procedures_shown_to, withdraw_erasure
from campaign.export import write_copy
from campaign.models import DataRequest
from campaign.retention import kept_until

IN_MEMORY = 5_000_000  # bytes of a copy; a larger one is written to disk on the way


@never_cache
@signed_in
def own_data(request: HttpRequest) -> HttpResponse:
    """What one can ask about one's data, and what was asked."""
    user = person(request)
    submitted = Dossier.objects.owned_by(user).exclude(status=Status.DRAFT).select_related("procedure")
    asked = DataRequest.objects.filter(user=user)
    context = {
        "kept": [(dossier.procedure, kept_until(dossier.procedure)) for dossier in submitted],
        "requests": asked,
        "waiting": asked.filter(kind=DataRequest.Kind.ERASURE, done_at=None).first(),
    }
    return render(request, "campaign/own_data.html", context)


@never_cache
@require_POST
@login_required
def own_copy(request: HttpRequest) -> FileResponse:
    """The copy, as a ZIP."""
    return copy_response(person(request), by=person(request))


@require_POST
@signed_in
def erasure(request: HttpRequest) -> HttpResponse:
    """Ask that one's data be erased, or take the request back."""
    if "withdraw" in request.POST:
        withdraw_erasure(by=person(request))
        messages.success(request, gettext("Votre demande d’effacement est retirée."))
    else:
        ask_erasure(by=person(request))
        messages.success(request, gettext("Votre demande d’effacement est enregistrée."))
    return redirect("campaign:own_data")


def copy_response(user: User, *, by: User) -> FileResponse:
    """The copy of what is kept of `user`, handed to `by`; the request and its answer are noted first."""
    note_copy(user.pk, by=by)
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    write_copy(user, procedures_shown_to(by, user), target)
    target.seek(0)
    response = FileResponse(target, as_attachment=True, filename="donnees.zip", content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
