"""The programmes asked for where nobody ranks: ticked side by side, or one alone. Rules: APP-02, BS-01.

A ranking has a page of its own, `applicants.views.choices`, which leads here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.choices import as_kept, chosen_so_far
from applicants.contents import read_contents
from applicants.editing import CHOICES, ChangedElsewhere, may_edit
from applicants.models import Dossier
from applicants.places import choices_name
from applicants.views.choosing import ONE, choose_choices, save_choices
from applicants.views.own_dossier import go_on, render_page
from journal.errors import Refused
from programmes.eligibility import Opening, openings, verdicts
from programmes.models import Programme
from programmes.rules import Option, Order


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
    openings: list[Opening]
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
        return _save(request, dossier)
    contents = read_contents(dossier)
    return render_page(
        request,
        contents,
        "applicants/choices_ticked.html",
        CHOICES,
        heading=choices_name(order),
        is_single=order == Order.SINGLE,
        is_open=may_edit(dossier, CHOICES),
        seen=as_kept(chosen_so_far(dossier)),
        needs_title=bool(dossier.rules.titles) and not dossier.title,
        lines=list(_lines(dossier)),
    )


def _save(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    try:
        save_choices(request, dossier)
    except ChangedElsewhere:
        return choose_choices(request, dossier, request.POST)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("applicants:choices", dossier.procedure.slug)
    messages.success(request, gettext("Votre choix est enregistré."))
    return go_on(dossier, CHOICES)


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
            openings=[] if found[programme.code].open else openings(rules, programme.code),
            statuses=rules.statuses_of(programme.code),
            status=choice.status if choice else "",
        )


def _school_and_description(programme: Programme) -> str:
    return " · ".join(filter(None, (programme.school.name, str(programme.description))))
