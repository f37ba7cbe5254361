"""Check your answers, submit, receipt. Rule: AST-11."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.contents import Contents, read_contents
from applicants.editing import CHOICES, PAYMENT, TITLE, is_applying
from applicants.models import Choice, Dossier, Status
from applicants.places import EXPLAINED, PAPERS, REFEREES, REVIEW, address_of, address_of_missing, name_of
from applicants.readiness import asked_pages
from applicants.submission import NotReady, submit_dossier
from applicants.task_list import task_groups, tasks
from applicants.views.form_pages import said
from applicants.views.own_dossier import dossier_page, person, render_page
from applicants.views.titles import title_lines
from documents.models import Notice
from journal.errors import Refused
from programmes.rules import Order


@dataclass(frozen=True)
class Section:
    """A part of the dossier as it will be sent, and the page that changes it."""

    title: str
    url: str
    lines: list[dict[str, str]]


@dossier_page
def review(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """All that the dossier says, what it still lacks, and the button that sends it."""
    contents = read_contents(dossier)
    slug = dossier.procedure.slug
    missing = [{"url": address_of_missing(slug, item), "text": item.label, "item": item} for item in contents.missing]
    return render_page(
        request,
        contents,
        "applicants/review.html",
        REVIEW,
        sections=_sections(contents),
        missing=missing if dossier.status == Status.DRAFT else [],
        is_open=dossier.status == Status.DRAFT and is_applying(dossier),
    )


@require_POST
@dossier_page
def submit(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Send the dossier, once."""
    slug = dossier.procedure.slug
    try:
        submit_dossier(dossier.pk, by=person(request))
    except NotReady:
        messages.error(request, gettext("Votre dossier n’est pas encore complet. Ce qui manque est ci-dessous."))
        return redirect("applicants:review", slug)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("applicants:review", slug)
    return redirect("applicants:receipt", slug)


@dossier_page
def receipt(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The number of the receipt, and what comes next."""
    if not hasattr(dossier, "receipt"):
        raise Http404
    notices = Notice.objects.visible(dossier.procedure).filter(recipient=person(request), kind="receipt")
    return render_page(
        request,
        read_contents(dossier),
        "applicants/receipt.html",
        REVIEW,
        receipt=dossier.receipt,
        notice=notices.first(),
        steps=dossier.procedure.steps.exclude(results_at=None),
    )


def _sections(contents: Contents) -> list[Section]:
    dossier = contents.dossier
    rules, slug = dossier.rules, dossier.procedure.slug
    lines: dict[str, list[dict[str, str]]] = {}
    for page in asked_pages(rules, contents.answers):
        lines[f"page:{page.code}"] = said(page, contents.answers)
    if rules.titles:
        lines[TITLE] = title_lines(dossier)
    lines[CHOICES] = [{"label": _said_of(choice), "value": str(choice.label)} for choice in contents.choices]
    lines[PAPERS] = [
        {
            "label": str(rule.label),
            "value": "\n".join(file.original_name for file in contents.files(rule.code)),
            "empty": gettext("Aucun fichier"),
        }
        for rule in contents.papers
        if contents.files(rule.code) or not rule.late
    ]
    if contents.explained:
        lines[EXPLAINED] = [{"label": item.label, "value": said.text} for item, said in contents.explained]
    states = {task.place: task for task in tasks(task_groups(contents))}
    for place in (REFEREES, PAYMENT):
        if task := states.get(place):
            label = gettext("Somme") if place == PAYMENT else gettext("État")
            lines[place] = [{"label": label, "value": " – ".join(filter(None, [task.label, task.hint]))}]
    return [Section(name_of(rules, place), address_of(slug, place), said_there) for place, said_there in lines.items()]


def _said_of(choice: Choice) -> str:
    """What stands before a choice: its rank, or its school where nobody ranks."""
    if choice.dossier.rules.choices.order == Order.RANKED:
        return gettext("Vœu %(rank)s") % {"rank": choice.rank}
    return choice.programme.school.name
