"""The candidate's pages of the integration: where one stands, the offer, the reply; the code for a relative.

They read the outlook, call an act and show its refusal. No rule is written here.
Rules: AST-17 to AST-20.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.models import Dossier, Status
from applicants.views.own_dossier import dossier_page, person, try_act
from journal.errors import Refused
from offers.reply_codes import cancel_reply_code, make_reply_code
from offers.views.replying import ask_once_more, show_answers


@dossier_page
def page(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Where one stands, what is offered, and the answers that may be given now."""
    slug = dossier.procedure.slug
    if dossier.status != Status.VALIDATED:
        return redirect("campaign:dossier", slug)
    return show_answers(request, dossier, "offers/page.html", reply_url=reverse("offers:reply", args=[slug]))


@dossier_page
def reply(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """What the chosen answer does, said again; posting gives it."""
    answers_url = reverse("offers:page", args=[dossier.procedure.slug])
    return ask_once_more(request, dossier, "offers/confirm.html", by=person(request), answers_url=answers_url)


@dossier_page
def make_code(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Make the code for a relative, and show it: in the answer itself, since it is kept nowhere.

    Who comes back to this address, as by changing the language, is led to the page where another can be made.
    """
    slug = dossier.procedure.slug
    if request.method != "POST":
        return redirect("offers:page", slug)
    try:
        code = make_reply_code(dossier.pk, by=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("offers:page", slug)
    address = request.build_absolute_uri(reverse("offers:enter_code", args=[slug]))
    context = {"procedure": dossier.procedure, "dossier": dossier, "code": code, "address": address}
    return render(request, "offers/reply_code.html", context)


@require_POST
@dossier_page
def cancel_code(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Cancel the code."""
    done = gettext("Le code de réponse est annulé.")
    try_act(request, lambda: cancel_reply_code(dossier.pk, by=person(request)), done=done)
    return redirect("offers:page", dossier.procedure.slug)
