"""Answering, whoever does it: the answer is chosen on a page, said again with what it does, and given."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.models import User
from applicants.editing import LATE_PAPERS
from applicants.models import Dossier
from applicants.views.own_dossier import try_act
from offers.headlines import headline_of
from offers.outlook import Outlook, read_outlook
from offers.replies import KEEPING, reply_to_offer
from offers.reply_codes import Relative


def show_answers(request: HttpRequest, dossier: Dossier, template: str, *, reply_url: str) -> HttpResponse:
    """Where the candidate stands, what is offered, and the answers that may be given now."""
    outlook = read_outlook(dossier)
    late_papers = dossier.procedure.calendar.get(LATE_PAPERS)
    headline = headline_of(outlook, late_papers.ends_at if late_papers else None)
    return render(request, template, _frame(dossier, outlook) | {"headline": headline, "reply_url": reply_url})


def ask_once_more(
    request: HttpRequest, dossier: Dossier, template: str, *, by: User | Relative, answers_url: str
) -> HttpResponse:
    """What the chosen answer does, said again; posting gives it, and leads back to the answers."""
    outlook = read_outlook(dossier)
    option = outlook.option(request.POST.get("reponse") or request.GET.get("reponse", ""))
    if option is None:
        _say_what_to_do(request, outlook)
    elif request.method == "POST":
        done = gettext("Votre réponse est enregistrée : %(reply)s.") % {"reply": option.label}
        try_act(request, lambda: reply_to_offer(dossier.pk, option.reply, by=by), done=done)
    else:
        asked = {"option": option, "asks_for_file": option.reply in KEEPING, "answers_url": answers_url}
        return render(request, template, _frame(dossier, outlook) | asked)
    return redirect(answers_url)


def _say_what_to_do(request: HttpRequest, outlook: Outlook) -> None:
    if outlook.options:
        messages.error(request, gettext("Choisissez une réponse parmi celles qui sont proposées."))
    else:
        messages.error(request, gettext("Il n’est pas possible de répondre maintenant."))


def _frame(dossier: Dossier, outlook: Outlook) -> dict[str, object]:
    return {"procedure": dossier.procedure, "dossier": dossier, "now": dossier.procedure.now(), "outlook": outlook}
