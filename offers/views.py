"""The candidate's pages of the integration: where one stands, the offer, the reply, asked once more before it counts.

They read the outlook, call an act and show its refusal. No rule is written here.
Rules: AST-17 to AST-20.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from applicants.editing import LATE_PAPERS
from applicants.models import Dossier, Status
from applicants.views.own_dossier import dossier_page, person, try_act
from offers.headlines import headline_of
from offers.outlook import Outlook, read_outlook
from offers.replies import KEEPING, ReplyOption, reply_to_offer


@dossier_page
def page(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Where one stands, what is offered, and the answers that may be given now."""
    if dossier.status != Status.VALIDATED:
        return redirect("campaign:dossier", dossier.procedure.slug)
    outlook = read_outlook(dossier)
    late_papers = dossier.procedure.calendar.get(LATE_PAPERS)
    headline = headline_of(outlook, late_papers.ends_at if late_papers else None)
    return render(request, "offers/page.html", _frame(dossier, outlook) | {"headline": headline})


@dossier_page
def reply(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """What the chosen answer does, said again; posting gives it."""
    outlook = read_outlook(dossier)
    chosen = request.POST.get("reponse") or request.GET.get("reponse", "")
    option = outlook.option(chosen)
    if option is None:
        _say_what_to_do(request, outlook)
    elif request.method == "POST":
        done = gettext("Votre réponse est enregistrée : %(reply)s.") % {"reply": option.label}
        try_act(request, lambda: reply_to_offer(dossier.pk, option.reply, by=person(request)), done=done)
    else:
        return _confirm(request, dossier, outlook, option)
    return redirect("offers:page", dossier.procedure.slug)


def _confirm(request: HttpRequest, dossier: Dossier, outlook: Outlook, option: ReplyOption) -> HttpResponse:
    asked = {"option": option, "asks_for_file": option.reply in KEEPING}
    return render(request, "offers/confirm.html", _frame(dossier, outlook) | asked)


def _say_what_to_do(request: HttpRequest, outlook: Outlook) -> None:
    if outlook.options:
        messages.error(request, gettext("Choisissez une réponse parmi celles qui sont proposées."))
    else:
        messages.error(request, gettext("Il n’est pas possible de répondre maintenant."))


def _frame(dossier: Dossier, outlook: Outlook) -> dict[str, object]:
    return {"procedure": dossier.procedure, "dossier": dossier, "now": dossier.procedure.now(), "outlook": outlook}
