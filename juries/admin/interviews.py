"""The board of interviews: the panels of each programme, their slots day by day, who comes, who waits for a slot.

Rules: BS-03, IIM-04, IIM-05.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from applicants.models import Choice, Dossier
from juries.admin.board import BoardAdmin, as_typed, attempt_typed
from juries.admin.choice_forms import InterviewPanelForm, SlotsForm
from juries.admin.choice_rows import find_step, programmes_of
from juries.admin.day_plan import day_plans
from juries.choices_before import choices_before
from juries.interviews import free_slots, note_absence, offer_slots, place_choice, withdraw_slots
from juries.models import Decision, Panel, Supplement, TestSlot
from juries.planning import PLANNERS, add_panel, remove_panel
from programmes.desk import attempt, person, roles_held
from programmes.models import Procedure, Programme, Step
from programmes.words import PARIS, date_in_full, hour

SHOWN = 50  # of those who wait for a slot, the first


@admin.register(Supplement)
class InterviewAdmin(BoardAdmin):
    """The interviews of the programmes; reached from the board of the steps."""

    judgement = Procedure.Judgement.BY_PROGRAMME
    roles = PLANNERS
    menu_name = gettext_lazy("Entretiens")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the menu: it is one of the steps of « Candidatures »."""
        return False

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/", self.board, "juries_interviews"),
            self.below("<int:step_id>/creneau/<int:slot_id>/", self.slot, "juries_interview"),
            self.below("<int:step_id>/placer/<int:choice_id>/", self.place, "juries_place_choice"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """The steps, of which interviews are some."""
        return redirect("admin:juries_opinion_changelist")

    def board(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """Panels, days, and who waits; by POST, the act that `act` names."""
        step, programmes = _find(request, step_id)
        returned: forms.Form | None = None
        if request.method == "POST":
            act = ACTS.get(request.POST.get("act", ""))
            if act is None:
                raise Http404
            returned = act(request, step, programmes)
            if returned is None or not returned.errors:
                return redirect("admin:juries_interviews", step_id=step.pk)
        panels = _panels(step, programmes)
        slots = TestSlot.objects.filter(panel__in=panels).select_related("dossier__candidate__user")
        now = step.procedure.now()
        to_place = without_slot(step, programmes)
        return self.framed(
            request,
            "admin/juries/interviews.html",
            str(step),
            step=step,
            panels=panels,
            days=day_plans(panels, slots.filter(ends_at__gt=now).order_by("starts_at", "panel"), _link(step)),
            past=slots.filter(ends_at__lte=now).exclude(choice=None).order_by("-starts_at")[:SHOWN],
            to_place=list(to_place[:SHOWN]),
            to_place_count=to_place.count(),
            free_count=sum(1 for slot in slots if slot.dossier_id is None and slot.starts_at > now),
            panel_form=as_typed(_panel_form(step, programmes), returned),
            slots_form=as_typed(SlotsForm(panels, auto_id="id_slots_%s"), returned),
            now=now,
        )

    def slot(self, request: HttpRequest, step_id: int, slot_id: int) -> HttpResponse:
        """Who has a slot; by POST, whether they came."""
        step, programmes = _find(request, step_id)
        found = TestSlot.objects.filter(pk=slot_id, panel__in=_panels(step, programmes), choice__isnull=False)
        slot = found.select_related("panel", "choice__programme", "dossier__candidate__user").first()
        if slot is None:
            raise Http404
        if request.method == "POST":
            absent = request.POST.get("absent") == "yes"
            said = gettext("L’absence est notée.") if absent else gettext("L’absence est levée.")
            attempt(request, lambda: note_absence(slot.pk, absent=absent, by=person(request)), said)
            return redirect("admin:juries_interview", step_id=step.pk, slot_id=slot.pk)
        return self.framed(
            request,
            "admin/juries/interview.html",
            str(slot.dossier.candidate if slot.dossier else slot),
            step=step,
            slot=slot,
            has_begun=step.procedure.now() >= slot.starts_at,
        )

    def place(self, request: HttpRequest, step_id: int, choice_id: int) -> HttpResponse:
        """A slot for one choice, given by staff."""
        step, programmes = _find(request, step_id)
        own = Choice.objects.filter(dossier__in=Dossier.objects.visible_to(person(request)), programme__in=programmes)
        related = ("programme", "dossier__candidate__user", "dossier__procedure")
        choice = own.select_related(*related).filter(pk=choice_id).first()
        if choice is None:
            raise Http404
        if request.method == "POST":
            wanted = request.POST.get("slot", "")
            said = gettext("%(name)s a son créneau, et en est prévenu.") % {"name": choice.dossier.candidate}
            slot_id = int(wanted) if wanted.isdecimal() else 0
            if attempt(request, lambda: place_choice(slot_id, choice.pk, by=person(request)), said):
                return redirect("admin:juries_interviews", step_id=step.pk)
        return self.framed(
            request,
            "admin/juries/place_choice.html",
            str(choice.dossier.candidate),
            step=step,
            choice=choice,
            days=_free_days(choice),
        )


def _find(request: HttpRequest, step_id: int) -> tuple[Step, list[Programme]]:
    """A step of interviews, and the programmes for which the person plans."""
    step = find_step(request, step_id)
    programmes = programmes_of(roles_held(request), step, *PLANNERS)
    if step.kind != Step.Kind.TESTS or not programmes:
        raise Http404
    return step, programmes


def _panels(step: Step, programmes: list[Programme]) -> list[Panel]:
    """Those of the programmes, and those of their schools for all programmes."""
    of_schools = Q(programme=None, school__in={programme.school_id for programme in programmes})
    panels = Panel.objects.filter(Q(programme__in=programmes) | of_schools, step=step)
    return list(panels.select_related("programme", "school").order_by("school__name", "name"))


def without_slot(step: Step, programmes: list[Programme]) -> QuerySet[Choice]:
    """Who has come as far as the interviews, undecided, and has no slot; or has none for a further one asked for."""
    given = TestSlot.objects.filter(choice=OuterRef("pk"), supplement=None)
    decided = Decision.objects.filter(choice=OuterRef("pk"), step__position__gt=step.position)
    asked = Supplement.objects.filter(
        choice=OuterRef("pk"), kind=Supplement.Kind.INTERVIEW, judged_at=None, slots__isnull=True
    )
    choices = choices_before(step).filter(programme__in=programmes).annotate(is_further=Exists(asked))
    waiting = choices.filter(~Exists(given) & ~Exists(decided) | Q(is_further=True))
    related = ("programme", "dossier__candidate__user")
    return waiting.select_related(*related).order_by("dossier__submitted_at", "dossier_id", "rank")


def _free_days(choice: Choice) -> list[dict[str, Any]]:
    """The free slots, by day, in words."""
    days: dict[str, list[dict[str, Any]]] = {}
    for slot in free_slots(choice):
        day = formats.date_format(timezone.localtime(slot.starts_at, PARIS), "j F")
        words = f"{day}, {hour(slot.starts_at)}, {slot.panel.name}"
        days.setdefault(date_in_full(slot.starts_at), []).append({"pk": slot.pk, "words": words})
    return [{"day": day, "slots": slots} for day, slots in days.items()]


def _link(step: Step) -> Callable[[TestSlot], str]:
    def to_slot(slot: TestSlot) -> str:
        return reverse("admin:juries_interview", args=[step.pk, slot.pk])

    return to_slot


def _panel_form(step: Step, programmes: list[Programme], typed: Any = None) -> InterviewPanelForm:
    rules = step.procedure.rules
    tests = rules.tests if rules else ()
    return InterviewPanelForm(programmes, tests, typed, auto_id="id_panel_%s")


def _add_panel(request: HttpRequest, step: Step, programmes: list[Programme]) -> forms.Form:
    form = _panel_form(step, programmes, request.POST)
    wanted = request.POST.get("programme_id", "")
    schools = {str(programme.pk): programme.school_id for programme in programmes}
    school = schools.get(wanted, programmes[0].school_id)
    said = gettext("Le jury est ajouté. Ouvrez-lui des créneaux.")
    attempt_typed(request, form, partial(add_panel, step.pk, school), said)
    return form


def _offer(request: HttpRequest, step: Step, programmes: list[Programme]) -> forms.Form:
    form = SlotsForm(_panels(step, programmes), request.POST, auto_id="id_slots_%s")
    attempt_typed(request, form, offer_slots, gettext("Les créneaux sont ouverts."))
    return form


def _withdraw(request: HttpRequest, step: Step, programmes: list[Programme]) -> None:
    panel = _panel(request, step, programmes)
    day = forms.DateField().clean(request.POST.get("day"))
    count = attempt(request, lambda: withdraw_slots(panel.pk, day=day, by=person(request)))
    if count:
        said = ngettext("%(n)d créneau libre est supprimé.", "%(n)d créneaux libres sont supprimés.", count)
        messages.success(request, said % {"n": count})


def _remove_panel(request: HttpRequest, step: Step, programmes: list[Programme]) -> None:
    panel = _panel(request, step, programmes)
    said = gettext("Le jury « %(name)s » est supprimé.") % {"name": panel.name}
    attempt(request, lambda: remove_panel(panel.pk, by=person(request)) or True, said)


def _panel(request: HttpRequest, step: Step, programmes: list[Programme]) -> Panel:
    wanted = request.POST.get("panel", "")
    panel = next((one for one in _panels(step, programmes) if str(one.pk) == wanted), None)
    if panel is None:
        raise Http404
    return panel


Act = Callable[[HttpRequest, Step, list[Programme]], forms.Form | None]
# What each gives back is the form with which it was asked for, if there is one.
ACTS: dict[str, Act] = {"add_panel": _add_panel, "offer": _offer, "withdraw": _withdraw, "remove_panel": _remove_panel}
