"""The pages on which staff fill in a part of a dossier for a candidate. Rule: ALL-07."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applicants.contents import Contents, read_contents
from applicants.conversation import conversations_of, may_write
from applicants.forms.papers import PaperForm
from applicants.forms.questions import ADD, QuestionsForm
from applicants.given import last_day
from applicants.models import Dossier, Status
from applicants.places import name_of
from applicants.typing_in import deposit_for_candidate, type_in_answers
from applicants.values import WrongAnswer
from journal.errors import Refused
from programmes.desk import DeskAdmin, person
from programmes.rules import PageRule, PaperRule
from programmes.typed import LONGEST_REASON
from programmes.typed_field import TypedField


class WhyForm(forms.Form):
    """Why staff fill this in."""

    typed_because = TypedField(
        label=_("Pourquoi saisissez-vous à la place du candidat ?"),
        help_text=_("Le candidat lira ces mots."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TypingDesk(DeskAdmin):
    """A desk of dossiers from which parts of them are filled in for their candidates."""

    def typing_urls(self) -> list[URLPattern]:
        """The list of the parts, and each of them."""
        return [
            self.below("<uuid:dossier_id>/saisir/", self.typing, "juries_typing"),
            self.below("<uuid:dossier_id>/saisir/page/<str:code>/", self.type_page, "juries_type_page"),
            self.below("<uuid:dossier_id>/saisir/piece/<str:code>/", self.type_paper, "juries_type_paper"),
        ]

    def typing(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        """Which part."""
        dossier = _find(request, dossier_id)
        pages = [("page", page.code, page.title) for page in dossier.rules.pages]
        papers = [("paper", rule.code, rule.label) for rule in read_contents(dossier).papers]
        typed_in = {row.place: row for row in dossier.typed_in.all()}
        parts = [
            {
                "url": reverse(f"admin:juries_type_{area}", args=[dossier.pk, code]),
                "title": title,
                "typed_in": typed_in.get(f"{area}:{code}"),
            }
            for area, code, title in [*pages, *papers]
        ]
        title = gettext("Saisir pour le candidat")
        return self.framed(request, "admin/juries/typing.html", title, dossier=dossier, parts=parts)

    def type_page(self, request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
        """The questions of a page."""
        dossier = _find(request, dossier_id)
        page: PageRule | None = next((page for page in dossier.rules.pages if page.code == code), None)
        if page is None:
            raise Http404
        posted = request.POST if request.method == "POST" else None
        form = QuestionsForm(page.fields, read_contents(dossier).answers, posted, last_day=last_day(dossier.procedure))
        adds_row = any(name.endswith(ADD) for name in request.POST)

        def act(reason: str) -> None:
            type_in_answers(dossier.pk, code, form.changes, reason=reason, by=person(request))

        return self._part(request, dossier, f"page:{code}", form, act, goes_on=not adds_row)

    def type_paper(self, request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
        """A file of a paper."""
        dossier = _find(request, dossier_id)
        rule = _paper(read_contents(dossier), code)
        form = PaperForm(rule, request.POST if request.method == "POST" else None, request.FILES or None)

        def act(reason: str) -> None:
            deposit_for_candidate(dossier.pk, code, form.cleaned_data["file"], reason=reason, by=person(request))

        # Of a dossier with its school the file is examined next, on the dossier's page.
        address = "juries_typing" if dossier.status == Status.DRAFT else "applicants_dossier_change"
        return self._part(request, dossier, f"paper:{code}", form, act, then=address)

    def _part(
        self,
        request: HttpRequest,
        dossier: Dossier,
        place: str,
        form: Any,
        act: Callable[[str], None],
        *,
        goes_on: bool = True,
        then: str = "juries_typing",
    ) -> HttpResponse:
        """Show a part with its form and the reason; posted, carry out the act and go to the page `then`."""
        why = WhyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and goes_on and all([form.is_valid(), why.is_valid()]):
            try:
                act(why.cleaned_data["typed_because"])
            except WrongAnswer as wrong:
                for field, error in wrong.errors.items():
                    form.add_error(field, error)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, gettext("C’est saisi, et le candidat en est prévenu."))
                return redirect(f"admin:{then}", dossier.pk)
        title = name_of(dossier.rules, place)
        return self.framed(request, "admin/juries/type_in.html", title, dossier=dossier, form=form, why=why)


def _find(request: HttpRequest, dossier_id: UUID) -> Dossier:
    """A dossier that the person may fill in for the candidate; there is no other (404)."""
    related = ("procedure", "candidate__user", "folder", "account")
    found = conversations_of(person(request)).select_related(*related).filter(pk=dossier_id).first()
    if found is None or not may_write(found, person(request)):
        raise Http404
    return found


def _paper(contents: Contents, code: str) -> PaperRule:
    rule = next((rule for rule in contents.papers if rule.code == code), None)
    if rule is None:
        raise Http404
    return rule
