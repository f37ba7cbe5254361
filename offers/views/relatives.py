"""The pages of a relative, who has no account: the dossier's reference and the code lead to the answers. Rule: AST-19.

Whoever typed them is remembered by the session for a while; each page and the act look anew whether the code stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applicants.models import Dossier
from applicants.views.own_dossier import posted
from journal.clock import instant
from journal.errors import Refused
from offers.periods import current_period
from offers.reply_codes import Relative, enter_reply_code, stands
from offers.views.replying import ask_once_more, show_answers
from programmes.models import Procedure

VISIT = dt.timedelta(minutes=30)  # then the code is asked for again
REMEMBERED = "relative"  # in the session

Page = Callable[[HttpRequest, str], HttpResponse]


class CodeForm(forms.Form):
    """What the candidate has passed on."""

    reference = forms.CharField(
        label=_("Référence du dossier"),
        help_text=_("Par exemple 2026-7K4M-Q2XD."),
        max_length=40,
        widget=forms.TextInput(attrs={"size": 16, "autocomplete": "off", "autocapitalize": "characters"}),
    )
    code = forms.CharField(
        label=_("Code de réponse"),
        help_text=_("Huit lettres et chiffres."),
        max_length=40,
        widget=forms.TextInput(attrs={"size": 12, "autocomplete": "off", "autocapitalize": "characters"}),
    )


@never_cache
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Reference and code; the right ones lead to the answers."""
    procedure = get_object_or_404(Procedure.objects.exclude(current_version=None), slug=slug)
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            relative = enter_reply_code(procedure, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _remember(request, relative)
            return redirect("offers:relative", slug)
    context = {"procedure": procedure, "form": form, "period": current_period(procedure)}
    return render(request, "offers/enter_code.html", context)


def relatives_page(view: Callable[[HttpRequest, Dossier, Relative], HttpResponse]) -> Page:
    """Make a page of `view`, which takes the dossier whose code was typed; without one, back to where it is typed."""

    @wraps(view)
    @never_cache
    def page(request: HttpRequest, slug: str) -> HttpResponse:
        relative = _remembered(request)
        own = Dossier.objects.select_related("procedure", "candidate__user").filter(procedure__slug=slug)
        dossier = own.filter(pk=relative.dossier_id).first() if relative and stands(relative) else None
        if relative is None or dossier is None:
            messages.error(request, gettext("Indiquez d’abord la référence du dossier et le code de réponse."))
            return redirect("offers:enter_code", slug)
        return view(request, dossier, relative)

    return page


@relatives_page
def answers(request: HttpRequest, dossier: Dossier, relative: Relative) -> HttpResponse:
    """What is offered to the candidate, and the answers that may be given now."""
    reply_url = reverse("offers:relative_reply", args=[dossier.procedure.slug])
    return show_answers(request, dossier, "offers/relative.html", reply_url=reply_url)


@relatives_page
def reply(request: HttpRequest, dossier: Dossier, relative: Relative) -> HttpResponse:
    """What the chosen answer does, said again; posting gives it."""
    answers_url = reverse("offers:relative", args=[dossier.procedure.slug])
    return ask_once_more(request, dossier, "offers/relative_confirm.html", by=relative, answers_url=answers_url)


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Forget the code: the browser may be another's."""
    request.session.pop(REMEMBERED, None)
    messages.success(request, gettext("C’est terminé : cet appareil a oublié le code."))
    return redirect("offers:enter_code", slug)


def _remember(request: HttpRequest, relative: Relative) -> None:
    request.session.cycle_key()
    until = (instant() + VISIT).isoformat()
    request.session[REMEMBERED] = {"dossier": str(relative.dossier_id), "digest": relative.digest, "until": until}


def _remembered(request: HttpRequest) -> Relative | None:
    """Who typed a code in this browser, not too long ago."""
    kept = request.session.get(REMEMBERED)
    if kept is None or instant() >= dt.datetime.fromisoformat(kept["until"]):
        return None
    return Relative(UUID(kept["dossier"]), kept["digest"])
