"""Beginning a dossier: the data-protection notice first, if it has not been accepted yet. Rules: AST-01, AST-02."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from accounts.consent import CURRENT_VERSION, give_consent, has_consented, notice_template
from applicants.dossiers import start_dossier
from applicants.editing import APPLICATIONS
from applicants.models import Dossier
from applicants.views.own_dossier import person, signed_in
from journal.errors import Refused
from programmes.models import Procedure


@never_cache
@signed_in
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a dossier is, ask for consent if need be, and begin it. Who has one already is taken there."""
    procedure = get_object_or_404(Procedure.objects.exclude(current_version=None), slug=slug)
    user = person(request)
    if Dossier.objects.owned_by(user).filter(procedure=procedure).exists():
        return redirect("campaign:dossier", slug)
    needs_consent = not has_consented(user)
    if request.method == "POST":
        if needs_consent and "consent" in request.POST:
            give_consent(user, get_language() or "")
        try:
            start_dossier(procedure.pk, by=user)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("applicants:start", slug)
        messages.success(request, gettext("Votre dossier est ouvert. Vous pouvez le remplir en plusieurs fois."))
        return redirect("campaign:dossier", slug)
    context = {
        "procedure": procedure,
        "window": procedure.calendar.get(APPLICATIONS),
        "now": procedure.now(),
        "is_open": procedure.is_open(),
        "needs_consent": needs_consent,
        "notice": notice_template(get_language() or ""),
        "version": CURRENT_VERSION,
    }
    return render(request, "applicants/start.html", context)
