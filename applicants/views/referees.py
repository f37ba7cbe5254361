"""The people asked for a confidential opinion: named, reminded, replaced. What they write is never shown.

Rule: AST-09.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.contents import Contents, read_contents
from applicants.editing import appraisals_until, is_applying, may_edit
from applicants.forms.referees import RefereeForm
from applicants.models import Dossier, Referee, Status
from applicants.places import REFEREES, name_of
from applicants.referees import may_remind, name_referee, remind_referee, replace_referee
from applicants.task_list import DONE, PROBLEM, WAITING
from applicants.views.own_dossier import dossier_page, person, render_page, signed_in, try_act, typed
from journal.errors import Refused
from programmes.rules import Alternative, Opinion, PaperRule, RefereeRule, Replacing


@dataclass(frozen=True)
class Asked:
    """A referee as the page shows them."""

    referee: Referee
    kind: str
    label: str


@dataclass(frozen=True)
class Wanted:
    """A kind of referee: who was asked, whether one more may be, and which papers can take their place."""

    rule: RefereeRule
    asked: list[Asked]
    has_room: bool
    is_open: bool
    instead: list[PaperRule]  # papers that could take the place, and were not joined
    joined: list[PaperRule]  # papers that do
    may_remind: bool

    @property
    def may_replace(self) -> bool:
        """Whether another person can be named in the place of one."""
        return self.is_open and self.rule.replace == Replacing.FREELY


@dossier_page
def referees(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Who was asked for an opinion, and how far things are."""
    if not dossier.rules.referees:
        raise Http404
    contents = read_contents(dossier)
    wanted = [_wanted(contents, rule) for rule in dossier.rules.referees]
    needed = [item for item in contents.missing if item.place.startswith("referee:")]
    is_needed = bool(needed)
    to_explain = [*needed, *(item for item, _ in contents.explained if item.place.startswith("referee:"))]
    waits = any(rule.referees and rule.needs == Opinion.DEPOSITED for rule in dossier.rules.alternatives)
    return render_page(
        request,
        contents,
        "applicants/referees.html",
        REFEREES,
        wanted=wanted,
        is_open=any(want.is_open for want in wanted),
        goes_on=dossier.status == Status.DRAFT and is_applying(dossier),  # be it open again for other pages only
        heading=name_of(dossier.rules, REFEREES),
        is_needed=is_needed,
        waits=waits,
        is_awaited=dossier.status == Status.DRAFT
        or any(asked.state == Referee.State.ASKED for asked in contents.referees),
        takes_until=None if waits else appraisals_until(dossier, dossier.rules.referees[0].code),
        to_explain=[item for item in to_explain if item.is_explainable],
        explanations=[said for item, said in contents.explained if item.place.startswith("referee:")],
        is_asked=not is_needed or any(asked.state != Referee.State.DECLINED for asked in contents.referees),
    )


@dossier_page
def name(request: HttpRequest, dossier: Dossier, kind: str) -> HttpResponse:
    """Name a referee of that kind."""
    rule = dossier.rules.referee(kind)
    if rule is None:
        raise Http404
    form = RefereeForm(typed(request, dossier))
    if request.method == "POST" and form.is_valid():
        try:
            named = name_referee(dossier.pk, kind=kind, by=person(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _written_to(request, dossier, named)
    return _ask(request, dossier, rule, form)


@dossier_page
def replace(request: HttpRequest, dossier: Dossier, referee_id: UUID) -> HttpResponse:
    """Name another person in the place of one who has not answered, or declined."""
    asked = get_object_or_404(dossier.referees.exclude(state=Referee.State.REPLACED), pk=referee_id)
    rule = dossier.rules.referee(asked.kind)
    if rule is None:
        raise Http404
    form = RefereeForm(typed(request, dossier))
    if request.method == "POST" and form.is_valid():
        try:
            named = replace_referee(asked.pk, by=person(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _written_to(request, dossier, named)
    return _ask(request, dossier, rule, form, replaced=asked)


@require_POST
@signed_in
def remind(request: HttpRequest, referee_id: UUID) -> HttpResponse:
    """Write to a referee of one's own again."""
    own = Referee.objects.filter(dossier__candidate__user=person(request))
    asked = get_object_or_404(own.select_related("dossier__procedure"), pk=referee_id)
    done = gettext("Un nouveau message est parti à %(name)s.") % {"name": asked.name}
    try_act(request, lambda: remind_referee(asked.pk, by=person(request)), done=done)
    return redirect("applicants:referees", asked.dossier.procedure.slug)


def _ask(
    request: HttpRequest,
    dossier: Dossier,
    rule: RefereeRule,
    form: RefereeForm,
    replaced: Referee | None = None,
) -> HttpResponse:
    return render_page(
        request,
        read_contents(dossier),
        "applicants/name_referee.html",
        REFEREES,
        place_name=name_of(dossier.rules, REFEREES),
        rule=rule,
        form=form,
        replaced=replaced,
        is_open=may_edit(dossier, f"referee:{rule.code}") or form.is_bound,
    )


def _written_to(request: HttpRequest, dossier: Dossier, named: Referee) -> HttpResponse:
    words = {"name": named.name, "email": named.email}
    messages.success(request, gettext("Nous écrivons à %(name)s, à l’adresse %(email)s.") % words)
    return redirect("applicants:referees", dossier.procedure.slug)


def _wanted(contents: Contents, rule: RefereeRule) -> Wanted:
    asked = [referee for referee in contents.referees if referee.kind == rule.code]
    is_open = may_edit(contents.dossier, f"referee:{rule.code}")
    instead = _papers_instead(contents, rule)
    joined = [paper for paper in instead if paper.code in contents.filled.papers]
    return Wanted(
        rule=rule,
        asked=[Asked(referee, *_state(referee)) for referee in asked],
        has_room=len(asked) < rule.max_count,
        is_open=is_open,
        instead=[paper for paper in instead if paper not in joined],
        joined=joined,
        may_remind=is_open or may_remind(contents.dossier, rule.code),
    )


def _papers_instead(contents: Contents, rule: RefereeRule) -> list[PaperRule]:
    """The papers of which one is enough in place of this referee's opinion."""
    named: list[Alternative] = [a for a in contents.dossier.rules.alternatives if rule.code in a.referees]
    codes = {code for alternative in named for code in alternative.papers}
    return [paper for paper in contents.papers if paper.code in codes]


def _state(referee: Referee) -> tuple[str, str]:
    if referee.state == Referee.State.DEPOSITED:
        return DONE, gettext("Fiche déposée")
    if referee.state == Referee.State.DECLINED:
        return PROBLEM, gettext("A décliné")
    return WAITING, gettext("Réponse attendue")
