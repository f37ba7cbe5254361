"""The programmes asked for where nobody ranks: ticked side by side, or one alone. Rules: APP-02, BS-01.

A ranking has a page of its own, `applicants.views.choices`, which leads here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.choices import rank_choices
from applicants.contents import read_contents
from applicants.editing import CHOICES, may_edit
from applicants.models import Dossier
from applicants.places import choices_name
from applicants.views.own_dossier import go_on, person, render_page
from journal.errors import Refused
from programmes.eligibility import verdicts
from programmes.models import Programme
from programmes.rules import Option, Order

ONE = "programme"  # the control of the only choice there may be; else each programme has its own


@dataclass(frozen=True)
class Line:
    """A programme to tick: its control, whether it may be ticked, and the statuses among which one says which."""

    programme: Programme
    detail: str
    name: str
    value: str
    is_chosen: bool
    is_open: bool
    reason: str
    statuses: tuple[Option, ...]
    status: str

    @property
    def condition(self) -> str:
        """When the statuses are asked for, as js/conditions.js reads it."""
        return json.dumps({self.name: [self.value]})


def ticked_choices(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The catalogue, with what the candidate asks for."""
    order = dossier.rules.choices.order
    if request.method == "POST":
        if _save(request, dossier):
            return go_on(dossier, CHOICES)
        return redirect("applicants:choices", dossier.procedure.slug)
    contents = read_contents(dossier)
    return render_page(
        request,
        contents,
        "applicants/choices_ticked.html",
        CHOICES,
        heading=choices_name(order),
        is_single=order == Order.SINGLE,
        is_open=may_edit(dossier, CHOICES),
        needs_title=bool(dossier.rules.titles) and not dossier.title,
        lines=list(_lines(dossier)),
    )


def statuses_typed(posted: QueryDict) -> dict[str, str]:
    """The status that a request asks for, by programme."""
    before = "status-"
    return {name.removeprefix(before): str(posted[name]) for name in posted if name.startswith(before)}


def _save(request: HttpRequest, dossier: Dossier) -> bool:
    ticked = [name.removeprefix(f"{ONE}-") for name in request.POST if name.startswith(f"{ONE}-")]
    codes = [*ticked, *filter(None, request.POST.getlist(ONE))]
    try:
        rank_choices(dossier.pk, codes, by=person(request), statuses=statuses_typed(request.POST))
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, gettext("Votre choix est enregistré."))
    return True


def _lines(dossier: Dossier) -> Iterator[Line]:
    rules = dossier.rules
    chosen = {choice.programme_id: choice for choice in dossier.ranked_choices}
    found = verdicts(rules, dossier.title, dossier.speciality)
    is_single = rules.choices.order == Order.SINGLE
    programmes = list(dossier.procedure.programmes.select_related("school"))
    is_of_one_school = len({programme.school_id for programme in programmes}) == 1
    for programme in programmes:
        if programme.code not in found:
            continue
        choice = chosen.get(programme.pk)
        yield Line(
            programme=programme,
            detail=str(programme.description) if is_of_one_school else _school_and_description(programme),
            name=ONE if is_single else f"{ONE}-{programme.code}",
            value=programme.code if is_single else "yes",
            is_chosen=choice is not None,
            is_open=found[programme.code].open,
            reason=found[programme.code].reason,
            statuses=rules.statuses_of(programme.code),
            status=choice.status if choice else "",
        )


def _school_and_description(programme: Programme) -> str:
    return " · ".join(filter(None, (programme.school.name, str(programme.description))))
