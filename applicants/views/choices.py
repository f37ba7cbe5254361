"""The choices in order of preference: by dragging, by keyboard, or by buttons that need no script.

Rules: AST-03, AST-06.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.choices import as_kept, chosen_so_far
from applicants.contents import Contents, read_contents
from applicants.editing import CHOICES, ChangedElsewhere, may_edit
from applicants.models import Choice, Dossier
from applicants.views.choosing import answer_to_script, choose_choices, is_as_shown, save_choices
from applicants.views.own_dossier import dossier_page, is_by_script, render_page, typed
from applicants.views.ticking import ticked_choices
from journal.errors import Refused
from programmes.eligibility import Opening, openings, verdicts
from programmes.models import Programme
from programmes.rules import Option, Order


@dataclass(frozen=True)
class OtherProgramme:
    """A programme not ranked: it can be added, or the reason why it cannot."""

    programme: Programme
    is_open: bool
    reason: str
    openings: list[Opening]


@dossier_page
def choices(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The ranked choices, and the programmes that could join them; where nobody ranks, the catalogue to tick."""
    if is_by_script(request):
        return answer_to_script(request, dossier)
    unsent = typed(request, dossier)
    if unsent is not None and request.method != "POST" and not is_as_shown(dossier, unsent):
        return choose_choices(request, dossier, unsent)
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
        seen=as_kept(chosen_so_far(dossier)),
        items=[_line(choice) for choice in contents.choices],
        needs_title=bool(dossier.rules.titles) and not dossier.title,
        asking_status=_asking_status(contents),
        others=_others(dossier, contents),
    )


def _rank(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    try:
        save_choices(request, dossier)
    except ChangedElsewhere:
        return choose_choices(request, dossier, request.POST)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
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
    return [
        OtherProgramme(p, found[p.code].open, found[p.code].reason, openings(dossier.rules, p.code)) for p in others
    ]
