"""The title that the candidate holds or prepares, and the schools that it opens. Rules: AST-03, AST-04."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from applicants.contents import read_contents
from applicants.editing import TITLE, may_edit
from applicants.forms.title import TitleForm
from applicants.models import Dossier
from applicants.titles import choose_title
from applicants.views.own_dossier import dossier_page, go_on, person, posted, render_page
from journal.errors import Refused
from programmes.eligibility import verdicts
from programmes.models import Programme
from programmes.rules import Rules


@dataclass(frozen=True)
class SchoolLine:
    """A line of the table of schools: whether the title is accepted there, and if not, why."""

    name: str
    is_open: bool
    reason: str


@dossier_page
def title(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Title, speciality and equivalence, with the schools that they open."""
    chosen = {"title": dossier.title, "speciality": dossier.speciality, "equivalence": dossier.equivalence}
    form = TitleForm(dossier.rules, chosen, posted(request))
    if request.method == "POST" and form.is_valid() and _save(request, dossier, form):
        return go_on(dossier, TITLE)
    return render_page(
        request,
        read_contents(dossier),
        "applicants/title.html",
        TITLE,
        form=form,
        is_open=may_edit(dossier, TITLE) or form.is_bound,
        answers=title_lines(dossier),
        lines=school_lines(dossier.rules, dossier.title, dossier.speciality),
    )


@dossier_page
def eligible_schools(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The table of schools for a title that is being chosen, before it is saved."""
    form = TitleForm(dossier.rules, {"title": "", "speciality": "", "equivalence": ""}, request.GET)
    form.is_valid()
    found = form.cleaned_data
    lines = school_lines(dossier.rules, found.get("title", ""), found.get("speciality", ""))
    return render(request, "applicants/eligible_schools.html", {"lines": lines})


def school_lines(rules: Rules, title: str, speciality: str) -> list[SchoolLine]:
    """The verdict of each programme on a title; no line before a speciality is chosen."""
    held = rules.title(title)
    if held is None or held.speciality(speciality) is None:
        return []
    found = verdicts(rules, title, speciality)
    names = {programme.code: str(programme.label) for programme in rules.programmes}
    return [SchoolLine(names[code], verdict.open, verdict.reason) for code, verdict in found.items()]


def title_lines(dossier: Dossier) -> list[dict[str, str]]:
    """What was chosen, as components/summary_list.html shows it."""
    title = dossier.rules.title(dossier.title)
    speciality = title.speciality(dossier.speciality) if title else None
    lines = [
        {"label": gettext("Titre"), "value": str(title.label) if title else ""},
        {"label": gettext("Spécialité"), "value": str(speciality.label) if speciality else ""},
    ]
    if equivalence := dossier.rules.equivalence(dossier.equivalence):
        lines.append({"label": gettext("Équivalence demandée"), "value": str(equivalence.label)})
    return lines


def _save(request: HttpRequest, dossier: Dossier, form: TitleForm) -> bool:
    try:
        gone = choose_title(dossier.pk, by=person(request), **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    _say_what_went(request, gone)
    return True


def _say_what_went(request: HttpRequest, gone: Iterable[Programme]) -> None:
    messages.success(request, gettext("Votre titre est enregistré."))
    for programme in gone:
        sentence = gettext("Ce titre n’est pas recevable à %(school)s : ce vœu a été retiré de votre classement.")
        messages.warning(request, sentence % {"school": programme.title})
