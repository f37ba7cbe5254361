"""The marks sheet of a school: one line per candidate, one cell per test; only what was changed is recorded.

Rule: AST-15.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from applicants.models import Dossier
from journal.errors import Refused
from juries.admin.board import BoardAdmin, find_step, steps_of
from juries.admin.dossier_acts import read_uuid
from juries.admin.forms import ABSENT, NotAMark, read_mark
from juries.admin.wording import title_in_words
from juries.marks import MARKERS, eliminates, excuse_absence, is_eliminated, record_mark
from juries.models import Mark
from juries.planning import admissible_at
from programmes.desk import attempt, person
from programmes.models import School, Step


@admin.register(Mark)
class MarkAdmin(BoardAdmin):
    """The marks of the tests."""

    roles = MARKERS
    step_kinds = (Step.Kind.TESTS,)

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/<slug:code>/", self.sheet, "juries_marks"),
            self.below("<int:step_id>/<slug:code>/excuser/", self.excuse, "juries_excuse"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """Which school's sheet."""
        links = [
            (reverse("admin:juries_marks", args=[step.pk, school.code]), step.procedure, school)
            for step in steps_of(person(request), Step.Kind.TESTS, *MARKERS)
            for school in _schools(step)
        ]
        if len(links) == 1:
            return redirect(links[0][0])
        return self.framed(request, "admin/juries/steps.html", gettext("Notes"), links=links)

    def sheet(self, request: HttpRequest, step_id: int, code: str) -> HttpResponse:
        """The sheet; by POST, each changed cell becomes an act, and each refusal is told."""
        step = find_step(person(request), step_id, Step.Kind.TESTS, *MARKERS)
        school = next((school for school in _schools(step) if school.code == code), None)
        if school is None:
            raise Http404
        dossiers = list(
            admissible_at(step, school)
            .select_related("candidate__user", "track")
            .prefetch_related("marks")
            .order_by("candidate__folded_name", "pk")
        )
        if request.method == "POST":
            _record_changes(request, dossiers)
            return redirect("admin:juries_marks", step_id=step.pk, code=school.code)
        rows = [_row(dossier) for dossier in dossiers]
        admission = Step.objects.filter(procedure=step.procedure, kind=Step.Kind.ADMISSION)
        rules = step.procedure.rules
        return self.framed(
            request,
            "admin/juries/marks.html",
            gettext("Notes, %(school)s") % {"school": school},
            step=step,
            school=school,
            schools=_schools(step),
            tests=rules.marked_tests if rules else (),
            rows=rows,
            absences=[(row["dossier"], cell) for row in rows for cell in row["cells"] if cell["is_absence"]],
            is_frozen=admission.filter(publications__isnull=False).exists(),
        )

    def excuse(self, request: HttpRequest, step_id: int, code: str) -> HttpResponse:
        """Excuse an absence, or excuse it no longer, by POST from the sheet. Rule: ALL-07."""
        step = find_step(person(request), step_id, Step.Kind.TESTS, *MARKERS)
        dossier, separator, test = request.POST.get("absence", "").partition(":")
        if request.method != "POST" or not separator:
            raise Http404
        reason = request.POST.get("reason", "")
        attempt(
            request,
            lambda: excuse_absence(read_uuid(dossier), test, reason=reason, by=person(request)),
            gettext("L’absence est excusée.") if reason.strip() else gettext("L’absence n’est plus excusée."),
        )
        return redirect("admin:juries_marks", step_id=step.pk, code=code)


def cell_name(dossier: Dossier, test: str) -> str:
    """The name of a cell in the sheet's form."""
    return f"{dossier.pk}:{test}"


def as_typed(mark: Mark | None) -> str:
    """A mark as one would type it: « 12,5 », « abs »."""
    if mark is None:
        return ""
    if mark.value is None:
        return ABSENT
    return _plain(mark.value)


def _plain(number: Decimal) -> str:
    """A number without idle zeros, with the comma or the point of the reader's language: « 12,5 », « 10 »."""
    whole = number == number.to_integral_value()
    return number_format(number.to_integral_value() if whole else number.normalize())


def _record_changes(request: HttpRequest, dossiers: list[Dossier]) -> None:
    """Record the cells that differ from what is kept; one that is refused does not stop the others."""
    recorded = 0
    for dossier in dossiers:
        marks = {mark.test: mark for mark in dossier.marks.all()}
        for rule in dossier.rules.marked_tests:
            typed = request.POST.get(cell_name(dossier, rule.code))
            if typed is None:
                continue
            try:
                value, absent = read_mark(typed)
                if (value, absent) == _kept(marks.get(rule.code)):
                    continue
                record_mark(dossier.pk, rule.code, value=value, absent=absent, by=person(request))
            except (NotAMark, Refused) as refusal:
                messages.error(request, f"{dossier.candidate}, {rule.label} : {refusal}")
            else:
                recorded += 1
    said = ngettext("%(n)d note est enregistrée.", "%(n)d notes sont enregistrées.", recorded)
    messages.success(request, said % {"n": recorded})


def _kept(mark: Mark | None) -> tuple[Decimal | None, bool]:
    """What is kept of a mark, as `read_mark` reads what is typed."""
    return (mark.value, mark.is_absent) if mark else (None, False)


def _row(dossier: Dossier) -> dict[str, Any]:
    marks = {mark.test: mark for mark in dossier.marks.all()}
    values = [mark.value for mark in marks.values() if mark.value is not None]
    return {
        "dossier": dossier,
        "title": title_in_words(dossier),
        "cells": [
            {
                "name": cell_name(dossier, rule.code),
                "rule": rule,
                "typed": as_typed(marks.get(rule.code)),
                "is_absence": rule.code in marks and marks[rule.code].is_absent,
                "excuse": marks[rule.code].excuse if rule.code in marks else "",
                "eliminates": rule.code in marks and eliminates(rule, marks[rule.code]),
            }
            for rule in dossier.rules.marked_tests
        ],
        "total": _plain(sum(values, Decimal(0))) if values else "",
        "is_eliminated": is_eliminated(dossier.rules, marks.values()),
    }


def _schools(step: Step) -> list[School]:
    return list(School.objects.filter(participations__procedure=step.procedure).order_by("participations__position"))
