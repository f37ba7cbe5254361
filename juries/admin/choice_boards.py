"""The boards of the programmes: for each step, the choices before it as they arrived, and what becomes of them.

A line leads to the page of its choice (`choice_page`), where one acts; decisions are published from the board, after
reading what will be written to whom. Rules: APP-15, BS-03 to BS-06, NE-04, IIM-01, IIM-04, IIM-05, ALL-05.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from juries.admin.board import BoardAdmin, as_typed, attempt_typed
from juries.admin.choice_page import ChoicePages
from juries.admin.choice_rows import (
    ALL,
    DECIDING,
    DONE,
    PUBLISHED,
    find_step,
    programmes_of,
    publishers_of,
    readers_of,
    rows_of,
    to_publish,
)
from juries.admin.choice_sieve import Sieve
from juries.admin.forms import InstantForm
from juries.admin.wording import minutes_response, outcome_state
from juries.announcements import preview
from juries.choice_decisions import crowd_of
from juries.choice_publication import publish_decisions, publish_session, studies, take_back, unpublished
from juries.minutes import KEEPERS, make_minutes
from juries.models import Decision, DecisionCorrection, Opinion, Publication
from juries.publication import PUBLISHERS
from programmes.desk import attempt, person, roles_held
from programmes.models import JurySession, Procedure, Programme, Role, Step
from programmes.roles import STEP_OF, HeldRoles

Kind = Role.Kind
PER_PAGE = 50


@admin.register(Opinion)
class ChoiceBoardAdmin(ChoicePages, BoardAdmin):
    """The candidatures of each programme, step by step."""

    judgement = Procedure.Judgement.BY_PROGRAMME
    roles = (Kind.OFFICE, Kind.VERIFIER, Kind.JURY, Kind.PRESIDENT, Kind.HEAD, Kind.EVALUATOR)
    menu_name = gettext_lazy("Candidatures")

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        """Where a step is the person's: heads and evaluators have one of their own only, services what they decide."""
        return super().serves(held, procedure) and (
            held.has(procedure, Kind.OFFICE, Kind.JURY, Kind.PRESIDENT)
            or any(held.has(procedure, kind) and held.has_step(procedure, step) for kind, step in STEP_OF.items())
            or (held.has(procedure, Kind.VERIFIER) and _service_acts(held, procedure))
        )

    def boards(self) -> list[URLPattern]:
        return [
            self.below("<int:step_id>/", self.board, "juries_choices"),
            self.below("<int:step_id>/publier/", self.publish, "juries_publish_choices"),
            self.below("<int:step_id>/proces-verbal/<int:programme_id>/", self.minutes, "juries_minutes_of_programme"),
            self.below("<int:step_id>/retirer/<int:publication_id>/", self.withdraw, "juries_withdraw_choices"),
            self.below("<int:step_id>/<int:choice_id>/", self.choice, "juries_choice"),
        ]

    def front(self, request: HttpRequest) -> HttpResponse:
        """The steps of the procedures whose programmes decide, as far as one works there."""
        held = roles_held(request)
        procedures = [procedure for procedure in held.procedures if procedure.judges_by_programme]
        steps = Step.objects.filter(procedure__in=procedures).select_related("procedure").order_by("position")
        links = [
            (_board_of(step), step.procedure, step)
            for procedure in procedures
            for step in steps
            if step.procedure_id == procedure.pk and held.has(procedure, *readers_of(step))
        ]
        return self.framed(
            request,
            "admin/juries/choice_steps.html",
            gettext("Candidatures"),
            links=links,
            corrections=_corrections(held, procedures),
        )

    def board(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """The table of one step: by programme, session and state, as the dossiers arrived."""
        step = find_step(request, step_id)
        if step.kind == Step.Kind.TESTS:
            return redirect(_board_of(step))
        held = roles_held(request)
        programmes = programmes_of(held, step, *readers_of(step))
        if not programmes:
            raise Http404
        sessions = _sessions(step, programmes)
        sieve = Sieve(request, step, programmes, sessions)
        pages = Paginator(range(sieve.count), PER_PAGE)  # counted already: the database is asked for the rows only
        page = pages.get_page(request.GET.get("page"))
        first = (page.number - 1) * PER_PAGE
        is_deciding = step.kind in DECIDING
        publishes = is_deciding and bool(programmes_of(held, step, *publishers_of(step)))
        publications = _publications(step, programmes) if publishes and sieve.counts[PUBLISHED] else []
        return self.framed(
            request,
            "admin/juries/choices.html",
            str(step),
            step=step,
            rows=rows_of(step, sieve.choices[first : first + PER_PAGE], held),
            crowds=[crowd_of(one) for one in programmes] if step.kind == Step.Kind.ADMISSION else [],
            page=page,
            sieve=sieve,
            has_programmes=len(programmes) > 1,
            is_deciding=is_deciding,
            selects=publishes and not sessions and sieve.state in (DONE, ALL) and sieve.counts[DONE] > 0,
            sessions=_session_lines(step, programmes, sessions, publications) if publishes else [],
            prepared=[one for one in publications if not one.is_public],
            keeps_minutes=programmes_of(held, step, *KEEPERS) if is_deciding else [],
            now=step.procedure.now(),
        )

    def publish(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """Who will be told what, before it is published: the decisions chosen on the board, or those of a session."""
        step = find_step(request, step_id)
        asked = request.POST if request.method == "POST" else request.GET
        session = _asked_session(step, asked)
        programmes = programmes_of(roles_held(request), step, *publishers_of(step))
        if not programmes:
            raise Http404
        decisions = _asked_decisions(step, asked, session, programmes)
        back = reverse("admin:juries_choices", args=[step.pk])
        form = InstantForm(request.POST or None, initial={"visible_at": _planned(step, session)})
        form.fields["visible_at"].required = False
        if request.method == "POST":
            act = (
                partial(publish_session, session.pk)
                if session
                else partial(publish_decisions, [decision.pk for decision in decisions])
            )
            said = gettext("La publication est prête : les candidats sont prévenus à son instant.")
            if attempt_typed(request, form, act, said) is not None:
                return redirect(back)
        samples = {decision.outcome: decision for decision in reversed(decisions)}
        return self.framed(
            request,
            "admin/juries/publish_choices.html",
            gettext("Publier des décisions"),
            step=step,
            session=session,
            decisions=[(decision, outcome_state(decision.outcome)) for decision in decisions],
            samples=[preview(decision, get_language() or "fr") for decision in samples.values()],
            form=as_typed(form, form),
            back=back,
        )

    def minutes(self, request: HttpRequest, step_id: int, programme_id: int) -> HttpResponse:
        """The minutes of a programme's jury as a PDF to sign: of one session, if one is named. Rule: ALL-06."""
        step = find_step(request, step_id)
        session = _asked_session(step, request.GET)
        make = partial(make_minutes, step.pk, programme_id=programme_id, session_id=session.pk if session else None)
        pdf = attempt(request, lambda: make(language=get_language() or "fr", by=person(request)))
        return minutes_response(pdf) if pdf else redirect("admin:juries_choices", step_id=step.pk)

    def withdraw(self, request: HttpRequest, step_id: int, publication_id: int) -> HttpResponse:
        """Take a publication back before its instant."""
        step = find_step(request, step_id)
        if request.method != "POST" or not Publication.objects.filter(pk=publication_id, step=step).exists():
            raise Http404
        said = gettext("La publication est annulée : les décisions peuvent de nouveau changer.")
        attempt(request, lambda: take_back(publication_id, by=person(request)) or True, said)
        return redirect("admin:juries_choices", step_id=step.pk)


def _service_acts(held: HeldRoles, procedure: Procedure) -> bool:
    """Whether those who verify decide at a step, or give the slots of one."""
    return held.service_decides(procedure) or held.has_step(procedure, Step.Kind.TESTS)


def _corrections(held: HeldRoles, procedures: list[Procedure]) -> QuerySet[DecisionCorrection]:
    """The corrections of published decisions that wait for a second person, of the programmes where one publishes."""
    programmes = Programme.objects.filter(procedure__in=procedures).select_related("procedure", "school")
    own = [one for one in programmes if held.has(one.procedure, *PUBLISHERS, programme=one)]
    waiting = DecisionCorrection.objects.filter(confirmed_at=None, decision__choice__programme__in=own)
    return waiting.select_related("decision__dossier__candidate__user", "decision__step", "proposed_by")


def _board_of(step: Step) -> str:
    name = "admin:juries_interviews" if step.kind == Step.Kind.TESTS else "admin:juries_choices"
    return reverse(name, args=[step.pk])


def _sessions(step: Step, programmes: list[Programme]) -> list[JurySession]:
    """The sessions of those programmes."""
    if step.kind not in DECIDING:
        return []
    seen = [programme.pk for programme in programmes]
    sessions = step.sessions.select_related("programme").order_by("number")
    return [one for one in sessions if one.programme_id is None or one.programme_id in seen]


def _publications(step: Step, programmes: list[Programme]) -> list[Publication]:
    """What is published at the step, or prepared, of those programmes."""
    found = list(step.publications.filter(programme__in=programmes).select_related("programme").order_by("visible_at"))
    for publication in found:
        publication.step = step
    return found


def _session_lines(
    step: Step, programmes: list[Programme], sessions: list[JurySession], publications: list[Publication]
) -> list[dict[str, Any]]:
    """Each session with one of its publications, if it has any, and how many decisions it could publish."""
    decided = to_publish(step, programmes, sessions)
    by_session = {publication.session_id: publication for publication in publications}
    return [
        {"session": session, "publication": by_session.get(session.pk), "decided": decided[session.pk]}
        for session in sessions
    ]


def _asked_session(step: Step, asked: QueryDict) -> JurySession | None:
    wanted = asked.get("session", "")
    if not wanted.isdecimal():
        return None
    session = step.sessions.filter(pk=int(wanted)).first()
    if session is None:
        raise Http404
    return session


def _asked_decisions(
    step: Step, asked: QueryDict, session: JurySession | None, programmes: list[Programme]
) -> list[Decision]:
    """The decisions of `programmes` that wait, of the session or of those chosen, with all that their mails say."""
    related = ("dossier__candidate__user", "dossier__procedure", "dossier__track", "step", "choice__programme__school")
    waiting = unpublished(step).filter(choice__programme__in=programmes)
    waiting = waiting.select_related(*related, "choice__dossier").order_by("dossier__submitted_at", "pk")
    if session is not None:
        return [decision for decision in waiting if decision.choice and studies(session, decision.choice)]
    keys = [int(key) for key in asked.getlist("decision") if key.isdecimal()]
    return list(waiting.filter(pk__in=keys))


def _planned(step: Step, session: JurySession | None) -> Any:
    """The instant that the calendar gives, if it is still to come; without one, at once."""
    planned = session.results_at if session else step.results_at
    return planned if planned is not None and planned > step.procedure.now() else None
