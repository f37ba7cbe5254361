"""The papers: which are asked for, what was deposited, and each file once it has been checked.

Rules: AST-08, AST-12.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applicants.contents import Contents, read_contents
from applicants.editing import LATE_PAPERS, is_applying, may_edit
from applicants.explanations import explainable_item
from applicants.forms.papers import PaperForm, PapersForm, chosen
from applicants.models import Dossier, Status
from applicants.papers import deposit_paper, is_turned_down, remove_paper
from applicants.places import PAPERS
from applicants.readiness import is_required_now
from applicants.task_list import DONE, PROBLEM, TODO, WAITING
from applicants.typing_in import typed_in_at
from applicants.views.own_dossier import dossier_page, person, posted, render_page, signed_in, try_act
from documents.intake import clean_name
from documents.models import SupportingDocument
from documents.serving import paper_response
from journal.errors import Refused
from programmes.rules import FileKind, PaperRule

Check, Review = SupportingDocument.Check, SupportingDocument.Review


@dataclass(frozen=True)
class FileState:
    """How far a file is: its kind (see components/state_tag.html), in words that go with a file, and with a paper."""

    kind: str
    of_file: str
    of_paper: str


@dataclass(frozen=True)
class FileRow:
    """A deposited file as components/file_row.html shows it."""

    name: str
    kind: str
    label: str
    size: int
    added: dt.datetime
    reason: str
    url: str
    is_picture: bool
    remove_url: str


@dossier_page
def papers(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """All the papers that concern the candidate, each with its state."""
    contents = read_contents(dossier)
    late = [rule for rule in contents.papers if rule.late]
    return render_page(
        request,
        contents,
        "applicants/papers.html",
        PAPERS,
        is_open=dossier.status == Status.DRAFT and is_applying(dossier),
        is_late_open=any(may_edit(dossier, f"paper:{rule.code}") for rule in late),
        items=_lines(contents, late=False),
        late_items=_lines(contents, late=True),
        take_photos=all(rule.takes_photos for rule in contents.papers),
        late_is_title=all(rule.proves_title for rule in late),
        late_window=dossier.procedure.calendar.get(LATE_PAPERS),
        alternatives=[rule for rule in dossier.rules.alternatives if rule.papers],
    )


@dossier_page
def paper(request: HttpRequest, dossier: Dossier, kind: str) -> HttpResponse:
    """One paper: its files, those replaced since, and a place for another."""
    contents = read_contents(dossier)
    rule = next((rule for rule in [*contents.papers, *contents.place_papers] if rule.code == kind), None)
    if rule is None:
        raise Http404
    files = contents.files(kind)
    standing = [file for file in files if not is_turned_down(file)]
    made = PapersForm if rule.max_files > 1 else PaperForm
    form = made(rule, posted(request), request.FILES or None, room=max(1, rule.max_files - len(standing)))
    if request.method == "POST" and form.is_valid() and _deposit(request, dossier, form):
        return redirect("applicants:paper", dossier.procedure.slug, kind)
    is_open = may_edit(dossier, f"paper:{kind}") or form.is_bound
    return render_page(
        request,
        contents,
        "applicants/paper.html",
        PAPERS,
        rule=rule,
        form=form,
        is_open=is_open,
        has_standing=bool(standing),
        is_full=len(standing) >= rule.max_files > 1,
        replaces=len(standing) < len(files) or len(standing) == rule.max_files,
        files=[file_row(file, removable=is_open) for file in files],
        replaced=[_replaced_row(file) for file in _replaced(dossier, kind)],
        is_required=is_required_now(rule),
        typed_in=typed_in_at(dossier, f"paper:{kind}"),
        late_window=dossier.procedure.calendar.get(LATE_PAPERS) if rule.late else None,
        explainable=explainable_item(contents, f"paper:{kind}"),
        explanation=contents.explanations.get(f"paper:{kind}"),
    )


@never_cache
@login_required
def paper_file(request: HttpRequest, document_id: UUID) -> HttpResponseBase:
    """A file of one's own, once it has been checked."""
    own = SupportingDocument.objects.servable().filter(folder__dossier__candidate__user=person(request))
    return paper_response(get_object_or_404(own, pk=document_id), download="telecharger" in request.GET)


@require_POST
@signed_in
def remove(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Take a file of one's own back."""
    own = SupportingDocument.objects.filter(folder__dossier__candidate__user=person(request))
    document = get_object_or_404(own.select_related("folder__dossier__procedure"), pk=document_id)
    done = gettext("Le fichier « %(name)s » est retiré.") % {"name": document.original_name}
    try_act(request, lambda: remove_paper(document.pk, by=person(request)), done=done)
    return redirect("applicants:paper", document.folder.dossier.procedure.slug, document.kind)


def paper_line(slug: str, rule: PaperRule, files: list[SupportingDocument], *, todo: str = "") -> dict[str, object]:
    """A paper as components/task_list.html shows it.

    `slug` is the procedure's, `files` are this paper's, `todo` is what is said where there is none.
    """
    state = _state(files)
    kind, label = (state.kind, state.of_paper) if state else (TODO, todo)
    return {
        "title": rule.label,
        "url": reverse("applicants:paper", args=[slug, rule.code]),
        "kind": kind,
        "label": label,
        "hint": ", ".join(file.original_name for file in files),
    }


def _deposit(request: HttpRequest, dossier: Dossier, form: PaperForm) -> bool:
    """Deposit the files of a form, each by an act of its own; whether one at least was taken.

    What became of each is told: on the next page, or where none was taken at the field.
    """
    files, refusals = chosen(form), []
    for file in files:
        try:
            deposit_paper(dossier.pk, form.rule.code, file, by=person(request))
        except Refused as refused:
            named = {"name": clean_name(file.name or ""), "why": str(refused)}
            refusals.append(gettext("« %(name)s » : %(why)s") % named if len(files) > 1 else str(refused))
    taken = len(files) - len(refusals)
    if taken:
        said = ngettext(
            "Le fichier est déposé. Nous l’examinons : vous pourrez le relire dans un instant.",
            "Les %(count)d fichiers sont déposés. Nous les examinons : vous pourrez les relire dans un instant.",
            taken,
        )
        messages.success(request, said % {"count": taken})
    for refusal in refusals:
        if taken:
            messages.error(request, refusal)
        else:
            form.add_error("file", refusal)
    return bool(taken)


def _replaced(dossier: Dossier, kind: str) -> list[SupportingDocument]:
    """The files of a paper that were replaced or removed, the last first."""
    gone = SupportingDocument.objects.filter(folder=dossier.folder_id, kind=kind, superseded_at__isnull=False)
    return list(gone.order_by("-superseded_at"))


def file_row(document: SupportingDocument, *, removable: bool) -> FileRow:
    """A file with the words of its check and of its review."""
    state = _file_state(document)
    is_checked = document.check_state == Check.PASSED
    may_go = removable and document.review != Review.ACCEPTED
    return FileRow(
        name=document.original_name,
        kind=state.kind,
        label=state.of_file,
        size=document.size,
        added=document.uploaded_at,
        reason=document.turned_down_because,
        url=reverse("applicants:paper_file", args=[document.pk]) if is_checked else "",
        is_picture=is_checked and document.content in (FileKind.JPEG, FileKind.PNG),
        remove_url=reverse("applicants:remove_paper", args=[document.pk]) if may_go else "",
    )


def _replaced_row(document: SupportingDocument) -> FileRow:
    """A file that others took the place of, or that was taken back; one turned down goes on saying why."""
    row = file_row(document, removable=False)
    return row if is_turned_down(document) else replace(row, label=gettext("Remplacé ou retiré"))


def _lines(contents: Contents, *, late: bool) -> list[dict[str, object]]:
    """The papers that are asked for now, or those that may come late."""
    return [
        paper_line(
            contents.dossier.procedure.slug, rule, contents.files(rule.code), todo=_until_it_comes(contents, rule)
        )
        for rule in contents.papers
        if rule.late == late
    ]


def _until_it_comes(contents: Contents, rule: PaperRule) -> str:
    if rule.late:
        return gettext("Plus tard")
    if f"paper:{rule.code}" in contents.explanations:
        return gettext("Expliquée")
    if is_required_now(rule):
        return ""
    return gettext("Facultative") if contents.dossier.status == Status.DRAFT else gettext("Non déposée")


def _state(files: list[SupportingDocument]) -> FileState | None:
    """The state of a paper from that of its files; None without any."""
    standing = [_file_state(file) for file in files if not is_turned_down(file)]
    if standing:
        return next((state for state in standing if state.kind == WAITING), standing[0])
    to_replace = gettext("À remplacer")
    return FileState(PROBLEM, to_replace, to_replace) if files else None


def _file_state(document: SupportingDocument) -> FileState:
    if document.review == Review.REFUSED:
        return FileState(PROBLEM, gettext("Refusé"), gettext("Refusée"))
    if document.check_state == Check.REJECTED:
        return FileState(PROBLEM, gettext("Illisible"), gettext("Illisible"))
    if document.review == Review.ACCEPTED:
        return FileState(DONE, gettext("Accepté"), gettext("Acceptée"))
    if document.check_state == Check.PENDING:
        return FileState(WAITING, gettext("Contrôle en cours"), gettext("Contrôle en cours"))
    return FileState(DONE, gettext("Déposé"), gettext("Déposée"))
