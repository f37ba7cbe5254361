"""The pages on which a school plans its tests: panels, days, who sits when, the summons. Rule: AST-14."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from applicants.models import Dossier
from juries.adjustments import has_room, is_too_short
from juries.admin.board import BoardAdmin, as_typed, attempt_typed, find_step, steps_of
from juries.admin.day_plan import day_plans
from juries.admin.forms import HoursForm, PanelForm, PlaceForm
from juries.models import Panel, TestSlot
from juries.planning import (
    PLANNERS,
    Placement,
    add_panel,
    admissible_at,
    assign_candidates,
    change_panel,
    place_candidate,
    plan_slots,
    remove_panel,
    send_summons,
    to_place,
    to_summon,
)
from juries.summons import preview
from notifications.rendering import Rendered
from programmes.desk import attempt, person, roles_held
from programmes.models import School, Step
from programmes.roles import HeldRoles
from programmes.rules import TestRule
from programmes.words import PARIS, date_in_full, hour

PANEL_IDS, HOURS_IDS = "id_panel_%s", "id_hours_%s"


@admin.register(Panel)
class PanelAdmin(BoardAdmin):
    """The tests of each school."""

    roles = PLANNERS
    step_kinds = (Step.Kind.TESTS,)
    menu_name = gettext_lazy("Épreuves")

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/<slug:code>/", self.board, "juries_planning"),
            self.below("<int:step_id>/<slug:code>/convoquer/", self.summons, "juries_summons"),
            self.below("<int:step_id>/<slug:code>/<uuid:dossier_id>/", self.move, "juries_move"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """One school to plan for: its board; several: which one."""
        links = [
            (reverse("admin:juries_planning", args=[step.pk, school.code]), step.procedure, school)
            for step in steps_of(person(request), Step.Kind.TESTS, *PLANNERS)
            for school in schools_of(roles_held(request), step)
        ]
        if len(links) == 1:
            return redirect(links[0][0])
        return self.framed(request, "admin/juries/steps.html", gettext("Épreuves"), links=links)

    def board(self, request: HttpRequest, step_id: int, code: str) -> HttpResponse:
        """Panels, days and candidates of one school; by POST, the act that `act` names."""
        step, school = _find(request, step_id, code)
        returned = None
        if request.method == "POST":
            act = ACTS.get(request.POST.get("act", ""))
            if act is None:
                raise Http404
            returned = act(request, step, school)
            if returned is None or not returned.errors:
                return redirect("admin:juries_planning", step_id=step.pk, code=school.code)
        panels = list(Panel.objects.filter(step=step, school=school).order_by("-test", "name"))
        slots = TestSlot.objects.filter(panel__in=panels).select_related("dossier__candidate__user")
        rules = {rule.code: rule for rule in _tests(step)}
        return self.framed(
            request,
            "admin/juries/planning.html",
            gettext("Épreuves, %(school)s") % {"school": school},
            step=step,
            school=school,
            schools=schools_of(roles_held(request), step),
            panels=[(panel, rules.get(panel.test), as_typed(_place_form(panel), returned)) for panel in panels],
            days=day_plans(panels, slots.order_by("starts_at", "panel"), _link(step, school)),
            test_days=step.test_days.filter(school=school),
            panel_form=as_typed(PanelForm(step, auto_id=PANEL_IDS), returned),
            hours_form=as_typed(HoursForm(auto_id=HOURS_IDS), returned),
            admissible=admissible_at(step, school).count(),
            adjusted=_adjusted(step, school),
            to_place=to_place(step, school).count(),
            to_summon=to_summon(step, school).count(),
        )

    def move(self, request: HttpRequest, step_id: int, code: str, dossier_id: UUID) -> HttpResponse:
        """Another slot, or another day, for one candidate."""
        step, school = _find(request, step_id, code)
        related = ("candidate__user", "adjustment")
        dossier = admissible_at(step, school).select_related(*related).filter(pk=dossier_id).first()
        if dossier is None:
            raise Http404
        if request.method == "POST":
            chosen = [int(slot) for slot in request.POST.getlist("slot") if slot.isdecimal()]
            name = {"name": str(dossier.candidate)}
            moved = attempt(
                request, lambda: _place(dossier, chosen, request), gettext("%(name)s a ses créneaux.") % name
            )
            if moved:
                return redirect("admin:juries_planning", step_id=step.pk, code=school.code)
        return self.framed(
            request,
            "admin/juries/move.html",
            str(dossier.candidate),
            step=step,
            school=school,
            dossier=dossier,
            tests=[(rule, _possible(step, school, rule, dossier)) for rule in _tests(step)],
            is_summoned=dossier.test_slots.exclude(summoned_at=None).exists(),
        )

    def summons(self, request: HttpRequest, step_id: int, code: str) -> HttpResponse:
        """Who is about to be summoned and what they will read, before the mails leave. Rule: ALL-05."""
        step, school = _find(request, step_id, code)
        if request.method == "POST":
            count = attempt(request, lambda: send_summons(step.pk, school.pk, by=person(request)))
            if count is not None:
                said = ngettext("%(n)d candidat est convoqué.", "%(n)d candidats sont convoqués.", count)
                messages.success(request, said % {"n": count})
            return redirect("admin:juries_planning", step_id=step.pk, code=school.code)
        slots = TestSlot.objects.select_related("panel").order_by("starts_at")
        dossiers = list(
            to_summon(step, school)
            .select_related("adjustment")
            .prefetch_related(Prefetch("test_slots", queryset=slots))
        )
        return self.framed(
            request,
            "admin/juries/summons.html",
            gettext("Convoquer les candidats, %(school)s") % {"school": school},
            step=step,
            school=school,
            dossiers=dossiers,
            sample=_sample(dossiers),
        )


def schools_of(held: HeldRoles, step: Step) -> list[School]:
    """The schools of the procedure for which the roles let one plan."""
    schools = School.objects.filter(participations__procedure=step.procedure).order_by("participations__position")
    return [school for school in schools if held.has(step.procedure, *PLANNERS, school=school)]


def _add_panel(request: HttpRequest, step: Step, school: School) -> forms.Form:
    form = PanelForm(step, request.POST, auto_id=PANEL_IDS)
    said = gettext("Le jury est ajouté. Découpez les journées pour lui donner des créneaux.")
    attempt_typed(request, form, partial(add_panel, step.pk, school.pk), said)
    return form


def _change_panel(request: HttpRequest, step: Step, school: School) -> forms.Form:
    panel = _panel(request, step, school)
    form = _place_form(panel, request.POST)
    said = gettext("Le lieu est changé ; les candidats déjà convoqués sont prévenus.")
    attempt_typed(request, form, partial(change_panel, panel.pk), said)
    return form


def _remove_panel(request: HttpRequest, step: Step, school: School) -> None:
    panel = _panel(request, step, school)
    said = gettext("Le jury « %(name)s » est supprimé.") % {"name": panel.name}
    attempt(request, lambda: remove_panel(panel.pk, by=person(request)), said)


def _plan(request: HttpRequest, step: Step, school: School) -> forms.Form:
    form = HoursForm(request.POST, auto_id=HOURS_IDS)
    count = attempt_typed(request, form, partial(plan_slots, step.pk, school.pk))
    if count is not None:
        messages.success(request, gettext("Les journées ont %(n)d créneaux.") % {"n": count})
    return form


def _assign(request: HttpRequest, step: Step, school: School) -> None:
    placement: Placement | None = attempt(request, lambda: assign_candidates(step.pk, school.pk, by=person(request)))
    if placement is None:
        return
    said = ngettext("%(n)d candidat est placé.", "%(n)d candidats sont placés.", placement.placed)
    messages.success(request, said % {"n": placement.placed})
    if placement.by_hand:
        by_hand = ngettext(
            "%(n)d candidat a plus de temps : placez-le ci-dessous, parmi les aménagements.",
            "%(n)d candidats ont plus de temps : placez-les ci-dessous, parmi les aménagements.",
            placement.by_hand,
        )
        messages.warning(request, by_hand % {"n": placement.by_hand})
    if placement.left_over:
        left = ngettext(
            "Il manque des créneaux pour %(n)d candidat : ajoutez un jury, ou allongez les journées.",
            "Il manque des créneaux pour %(n)d candidats : ajoutez un jury, ou allongez les journées.",
            placement.left_over,
        )
        messages.warning(request, left % {"n": placement.left_over})


# What each gives back is the form with which it was asked for, if there is one.
ACTS: dict[str, Callable[[HttpRequest, Step, School], forms.Form | None]] = {
    "add_panel": _add_panel,
    "change_panel": _change_panel,
    "remove_panel": _remove_panel,
    "plan": _plan,
    "assign": _assign,
}


def _find(request: HttpRequest, step_id: int, code: str) -> tuple[Step, School]:
    """The step and the school, if the person may plan there; otherwise there is no such page."""
    step = find_step(person(request), step_id, Step.Kind.TESTS, *PLANNERS)
    school = next((school for school in schools_of(roles_held(request), step) if school.code == code), None)
    if school is None:
        raise Http404
    return step, school


def _panel(request: HttpRequest, step: Step, school: School) -> Panel:
    wanted = request.POST.get("panel", "")
    panels = Panel.objects.filter(step=step, school=school)
    panel = panels.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    if panel is None:
        raise Http404
    return panel


def _adjusted(step: Step, school: School) -> list[dict[str, Any]]:
    """The candidates who are granted something at the tests, and whether their slots leave the time. Rule: ALL-07."""
    slots = Prefetch("test_slots", queryset=TestSlot.objects.order_by("starts_at"))
    granted = admissible_at(step, school).exclude(adjustment=None).select_related("candidate__user", "adjustment")
    return [
        {
            "dossier": dossier,
            "is_placed": bool(dossier.test_slots.all()),
            "is_too_short": any(is_too_short(dossier, slot) for slot in dossier.test_slots.all()),
        }
        for dossier in granted.prefetch_related(slots).order_by("candidate__folded_name", "pk")
    ]


def _sample(dossiers: list[Dossier]) -> Rendered | None:
    """What the first of them will read, in the planner's language."""
    if not dossiers:
        return None
    return preview(dossiers[0], list(dossiers[0].test_slots.all()), get_language() or "fr")


def _place_form(panel: Panel, typed: QueryDict | None = None) -> PlaceForm:
    """Where the panel sits now, to be changed; several stand on one page."""
    initial = {"room": panel.room, "remote_url": panel.remote_url}
    return PlaceForm(typed, initial=initial, auto_id=f"id_{panel.pk}_%s")


def _place(dossier: Dossier, slots: list[int], request: HttpRequest) -> bool:
    place_candidate(dossier.pk, slots, by=person(request))
    return True


def _tests(step: Step) -> tuple[TestRule, ...]:
    rules = step.procedure.rules
    return rules.tests if rules else ()


def _link(step: Step, school: School) -> Callable[[TestSlot], str]:
    def to_move(slot: TestSlot) -> str:
        return reverse("admin:juries_move", args=[step.pk, school.code, slot.dossier_id])

    return to_move


def _possible(step: Step, school: School, rule: TestRule, dossier: Dossier) -> list[dict[str, Any]]:
    """The slots of a test that are free, or the candidate's own, day by day."""
    free = TestSlot.objects.filter(panel__step=step, panel__school=school, test=rule.code)
    own = free.filter(dossier=dossier)
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for slot in (free.filter(dossier=None) | own).select_related("panel").order_by("starts_at", "panel__name"):
        day = formats.date_format(timezone.localtime(slot.starts_at, PARIS), "j F")
        words = f"{day}, {hour(slot.starts_at)}, {slot.panel.name}"
        is_own = slot.dossier_id == dossier.pk
        if not is_own and not has_room(dossier, slot):
            continue
        by_day[date_in_full(slot.starts_at)].append({"pk": slot.pk, "words": words, "is_own": is_own})
    return [{"day": day, "slots": slots} for day, slots in by_day.items()]
