"""The choices in order of preference: by dragging, by keyboard, or by buttons that need no script.

Rules: AST-03, AST-06.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.choices import rank_choices
from applicants.contents import Contents, read_contents
from applicants.editing import CHOICES, may_edit
from applicants.models import Choice, Dossier
from applicants.views.own_dossier import dossier_page, person, render_page
from applicants.views.ticking import statuses_typed, ticked_choices
from journal.errors import Refused
from programmes.eligibility import verdicts
from programmes.models import Programme
from programmes.rules import Option, Order


@dataclass(frozen=True)
class OtherProgramme:
    """A programme not ranked: it can be added, or the reason why it cannot."""

    programme: Programme
    is_open: bool
    reason: str


@dossier_page
def choices(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The ranked choices, and the programmes that could join them; where nobody ranks, the catalogue to tick."""
    if dossier.rules.choices.order != Order.RANKED:
        return ticked_choices(request, dossier)
    if request.method == "POST":
        return _rank(request, dossier)
    contents = read_contents(dossier)
    return render_page(
        request,
        contents,
        "applicants/choices.html",
        CHOICES,
        is_open=may_edit(dossier, CHOICES),
        items=[_line(choice) for choice in contents.choices],
        needs_title=bool(dossier.rules.titles) and not dossier.title,
        asking_status=_asking_status(contents),
        others=_others(dossier, contents),
    )


def new_order(before: list[str], posted: QueryDict) -> list[str]:
    """The order of codes that a request asks for.

    `order` is the whole order as the page shows it; `move` ("up:albi"), `add` and `remove` change it by one.
    """
    order = posted.getlist("order") or list(before)
    direction, _, code = posted.get("move", "").partition(":")
    if code in order and direction in ("up", "down"):
        place = order.index(code)
        other = place + (1 if direction == "down" else -1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    if added := posted.get("add"):
        order.append(added)
    if removed := posted.get("remove"):
        order = [code for code in order if code != removed]
    return order


def _rank(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    before = [choice.programme.code for choice in dossier.ranked_choices]
    by_script = request.headers.get("X-Requested-With") == "fetch"
    try:
        rank_choices(
            dossier.pk, new_order(before, request.POST), by=person(request), statuses=statuses_typed(request.POST)
        )
    except Refused as refused:
        messages.error(request, str(refused))
        if by_script:  # which then loads the page again: the order as it stands, and this message
            return HttpResponse(status=409)
    else:
        if by_script:
            return HttpResponse(status=204)
        messages.success(request, gettext("Votre ordre de préférence est enregistré."))
    return redirect("applicants:choices", dossier.procedure.slug)


def _line(choice: Choice) -> dict[str, str]:
    """A ranked choice as components/ranking.html shows it."""
    programme = choice.programme
    return {
        "id": programme.code,
        "label": str(choice.label),
        "detail": str(programme.description),
        "accent": programme.school.accent,
    }


def _asking_status(contents: Contents) -> list[tuple[Choice, tuple[Option, ...]]]:
    """The choices that can be asked for under several statuses, with these."""
    offered = [(choice, contents.dossier.rules.statuses_of(choice.programme.code)) for choice in contents.choices]
    return [(choice, statuses) for choice, statuses in offered if len(statuses) > 1]


def _others(dossier: Dossier, contents: Contents) -> list[OtherProgramme]:
    ranked = {choice.programme_id for choice in contents.choices}
    found = verdicts(dossier.rules, dossier.title, dossier.speciality)
    programmes = dossier.procedure.programmes.select_related("school")
    others = [programme for programme in programmes if programme.pk not in ranked and programme.code in found]
    return [OtherProgramme(p, found[p.code].open, found[p.code].reason) for p in others]
