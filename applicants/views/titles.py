"""The title that the candidate holds or prepares, and the schools that it opens. Rules: AST-03, AST-04."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from applicants.contents import read_contents
from applicants.editing import TITLE, ChangedElsewhere, may_edit
from applicants.forms.questions import SEEN
from applicants.forms.title import TitleForm
from applicants.models import Dossier
from applicants.places import name_of
from applicants.titles import as_kept, choose_title
from applicants.views.own_dossier import dossier_page, go_on, person, render_page, typed
from applicants.views.saving import TwoAnswers, choose_answers, sent_for
from journal.errors import Refused
from programmes.eligibility import Opening, openings, verdicts
from programmes.models import Programme
from programmes.rules import Rules


@dataclass(frozen=True)
class SchoolLine:
    """A line of the table of schools: whether the title is accepted there, and if not, why."""

    name: str
    is_open: bool
    reason: str
    openings: list[Opening]


@dossier_page
def title(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Title, speciality and equivalence, with the schools that they open."""
    chosen = {"title": dossier.title, "speciality": dossier.speciality, "equivalence": dossier.equivalence}
    form = TitleForm(dossier.rules, chosen, typed(request, dossier))
    if request.method == "POST" and form.is_valid():
        try:
            if _save(request, dossier, form):
                return go_on(dossier, TITLE)
        except ChangedElsewhere:
            return _choose(request, dossier, form)
    return render_page(
        request,
        read_contents(dossier),
        "applicants/title.html",
        TITLE,
        form=form,
        seen=as_kept(**chosen),
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
    return [
        SchoolLine(names[code], verdict.open, verdict.reason, [] if verdict.open else openings(rules, code))
        for code, verdict in found.items()
    ]


def title_lines(dossier: Dossier) -> list[dict[str, str]]:
    """What was chosen, as components/summary_list.html shows it."""
    return _lines(dossier.rules, dossier.title, dossier.speciality, dossier.equivalence)


def _lines(rules: Rules, title: str, speciality: str, equivalence: str) -> list[dict[str, str]]:
    held = rules.title(title)
    known = held.speciality(speciality) if held else None
    lines = [
        {"label": gettext("Titre"), "value": str(held.label) if held else ""},
        {"label": gettext("Spécialité"), "value": str(known.label) if known else ""},
    ]
    if claimed := rules.equivalence(equivalence):
        lines.append({"label": gettext("Équivalence demandée"), "value": str(claimed.label)})
    return lines


def _save(request: HttpRequest, dossier: Dossier, form: TitleForm) -> bool:
    """Save the title, unless it is as the page showed it: it may have been changed elsewhere since.

    Raises:
        ChangedElsewhere: it was, and is another one now.
    """
    seen = request.POST.get(SEEN + TITLE)
    if seen == as_kept(**form.cleaned_data):
        return True
    try:
        gone = choose_title(dossier.pk, by=person(request), seen=seen, **form.cleaned_data)
    except ChangedElsewhere:
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    _say_what_went(request, gone)
    return True


def _choose(request: HttpRequest, dossier: Dossier, form: TitleForm) -> HttpResponse:
    """The page on which the candidate chooses between the title just given and the one that is saved."""
    mine, stored = form.cleaned_data, [dossier.title, dossier.speciality, dossier.equivalence]
    question = TwoAnswers(
        name=TITLE,
        label=name_of(dossier.rules, TITLE),
        mine=as_kept(**mine),
        mine_in_words=_in_words(_lines(dossier.rules, **mine)),
        stored=as_kept(*stored),
        stored_in_words=_in_words(_lines(dossier.rules, *stored)),
    )
    return choose_answers(request, read_contents(dossier), TITLE, [question], sent_for(request.POST, form.fields))


def _in_words(lines: Iterable[dict[str, str]]) -> str:
    return "\n".join(line["value"] for line in lines)


def _say_what_went(request: HttpRequest, gone: Iterable[Programme]) -> None:
    messages.success(request, gettext("Votre titre est enregistré."))
    for programme in gone:
        sentence = gettext("Ce titre n’est pas recevable à %(school)s : ce vœu a été retiré de votre classement.")
        messages.warning(request, sentence % {"school": programme.title})
