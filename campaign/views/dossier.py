"""The home of a candidate's dossier: the task list of a draft; then what comes, and what each publication brings.

What juries and offers hold is read through their gates only, on the procedure's clock: nothing shows one second early.
Rules: AST-11, AST-13, AST-16, AST-17, AST-25.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from applicants.closings import own_closing
from applicants.contents import read_contents
from applicants.corrections import waiting_corrections
from applicants.editing import LATE_PAPERS, PAYMENT, applications_of, is_applying
from applicants.given import answers_of
from applicants.models import Dossier, Status
from applicants.places import REVIEW
from applicants.readiness import asked_papers
from applicants.task_list import DOING, DONE, PROBLEM, TODO, TaskGroup, task_groups, tasks
from applicants.views.own_dossier import dossier_page, person
from applicants.views.papers import paper_line
from applicants.views.payments import sums_beside_fee
from campaign.choice_news import ChoiceLine, choice_lines, news_of_choices
from campaign.choice_prompts import is_still_judged, prompts_of
from campaign.news import Standing, news_of
from campaign.where import where_by_choice, where_common, where_in_draft
from documents.models import Notice, SupportingDocument
from juries.models import Decision
from juries.summons import Summons, calendar_file, summons_of
from offers.models import Enrolment, ListEntry, Offer
from programmes.models import JurySession, Period, School, Step


@dossier_page
def dossier_home(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """One's own dossier, as far as it has come."""
    if dossier.status == Status.DRAFT:
        return _draft(request, dossier)
    return _followed(request, dossier)


@dossier_page
def summons_calendar(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The tests of the summons as a calendar file. Rule: AST-14."""
    summons = _summons(dossier, _published(dossier))
    if summons is None:
        raise Http404
    text = calendar_file(dossier, summons, get_language() or "fr")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="convocation.ics"'
    return response


def _draft(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    contents = read_contents(dossier)
    window, closing = applications_of(dossier), own_closing(dossier, contents.answers)
    is_shut, is_too_late = closing is not None and closing.is_shut, _is_too_late(dossier)
    groups = [group for group in task_groups(contents) if not (is_shut or is_too_late) or not _is_review(group)]
    counted = [task for task in tasks(groups) if task.place != REVIEW and not task.is_optional]
    is_fee_enough = all(item.place != PAYMENT for item in contents.missing)  # be it announced only
    steps = dossier.procedure.steps.with_days(_own_school(dossier) if contents.choices else None)
    periods = dossier.procedure.periods.all()
    context = _frame(dossier) | {
        "groups": groups,
        "done": sum(task.kind == DONE or (task.place == PAYMENT and is_fee_enough) for task in counted),
        "total": len(counted),
        "is_ready": not contents.missing,
        "next_task": next((task for task in counted if task.kind in (TODO, DOING, PROBLEM)), None),
        "own_closing": closing,
        "is_draft": True,
        "is_open": is_applying(dossier) and not is_shut,
        "is_too_late": is_too_late,
        "where": where_in_draft(
            dossier, contents.answers, window, closing, list(steps), list(periods), _sessions(dossier)
        ),
    }
    return render(request, "campaign/draft.html", context)


def _is_too_late(dossier: Dossier) -> bool:
    """Whether the draft can never be submitted any more."""
    window = applications_of(dossier)
    return window is not None and window.is_over(dossier.procedure.now())


def _is_review(group: TaskGroup) -> bool:
    return [task.place for task in group.tasks] == [REVIEW]


def _followed(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    procedure = dossier.procedure
    if procedure.judges_by_programme:
        return _followed_by_choice(request, dossier)
    steps, periods = list(procedure.steps.with_days(_own_school(dossier))), list(procedure.periods.all())
    standing = _standing(dossier, steps, periods)
    corrections, answers = list(waiting_corrections(dossier)), answers_of(dossier)
    context = _frame(dossier) | {
        "news": news_of(standing),
        "is_over": standing.is_over,
        "is_listed": standing.admission is not None and standing.admission.outcome != Decision.Outcome.REFUSED,
        "asks_for_file": _asks_for_file(standing),
        "summons": standing.summons,
        "corrections": corrections,
        "late_papers": _late_papers(dossier, answers) if _shows_late_papers(standing) else [],
        "late_window": procedure.calendar.get(LATE_PAPERS),
        "receipt": dossier.receipt,
        "notices": Notice.objects.visible(procedure).filter(recipient=person(request)),
        "sums": _sums(dossier),
        "where": where_common(standing, answers, steps, periods, corrections),
    }
    return render(request, "campaign/followed.html", context)


def _followed_by_choice(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The same, where each programme decides: a line for each choice, and the way on for each."""
    procedure = dossier.procedure
    published = Decision.objects.published(procedure).filter(dossier=dossier, choice__isnull=False)
    decisions = list(published.select_related("step").order_by("step__position"))
    is_open = is_still_judged(dossier, decisions)
    steps = list(procedure.steps.with_days()) if is_open else []
    prompts = prompts_of(dossier, steps, decisions)
    lines = choice_lines(dossier, decisions, prompts)
    corrections, sessions = list(waiting_corrections(dossier)), _sessions(dossier) if is_open else []
    is_over = dossier.status == Status.WITHDRAWN or all(line.is_over for line in lines)
    context = _frame(dossier) | {
        "news": news_of_choices(dossier, lines),
        "is_over": is_over,
        "lines": lines,
        "corrections": corrections,
        "receipt": dossier.receipt,
        "notices": Notice.objects.visible(procedure).filter(recipient=person(request)),
        "sums": _sums(dossier) if any(line.kind == "done" for line in lines) else [],
        "where": where_by_choice(
            dossier, answers_of(dossier), lines, prompts, steps, sessions, corrections, _enrolment(dossier, lines)
        ),
    }
    return render(request, "campaign/followed.html", context)


def _enrolment(dossier: Dossier, lines: Sequence[ChoiceLine]) -> Enrolment | None:
    """The place taken, if a programme said yes."""
    if not any(line.kind == "done" for line in lines):
        return None
    return Enrolment.objects.filter(dossier=dossier).first()


def _sums(dossier: Dossier) -> list[dict[str, object]]:
    """What the dossier owes beside its fee, each with its page, as components/task_list.html shows it."""
    if not dossier.rules.tuition:  # a deposit is on the page of the place that it confirms
        return []
    return sums_beside_fee(dossier)


def _standing(dossier: Dossier, steps: list[Step], periods: list[Period]) -> Standing:
    """Where a submitted dossier stands, read through the gates."""
    procedure = dossier.procedure
    now, late_window = procedure.now(), procedure.calendar.get(LATE_PAPERS)
    published = _published(dossier)
    offer = _latest_offer(dossier, published)
    enrolment = getattr(offer.dossier, "enrolment", None) if offer else None
    period = next((p for p in periods if p.is_under_way(now)), None)
    return Standing(
        dossier=dossier,
        admissibility=published.get(Step.Kind.ADMISSIBILITY),
        admission=published.get(Step.Kind.ADMISSION),
        summons=_summons(dossier, published),
        entries=_entries(dossier) if Step.Kind.ADMISSION in published and enrolment is None else [],
        offer=offer,
        period=period,
        reply=dossier.replies.filter(period=period).last() if period and enrolment is None else None,
        next_period=next((p for p in periods if p.starts_at > now), None),
        enrolment=enrolment,
        next_results=next((step for step in steps if step.results_at and step.results_at > now), None),
        title_due=late_window.ends_at if late_window else None,
    )


def _frame(dossier: Dossier) -> dict[str, object]:
    procedure = dossier.procedure
    return {
        "procedure": procedure,
        "dossier": dossier,
        "now": procedure.now(),
        "window": applications_of(dossier),
    }


def _own_school(dossier: Dossier) -> QuerySet[School]:
    """The school ranked first, where the tests are sat; read within the query that asks for it."""
    return School.objects.filter(programmes__choices__dossier=dossier, programmes__choices__rank=1)


def _sessions(dossier: Dossier) -> list[JurySession]:
    """The sessions at which the dossier may be studied: of the programmes chosen, and not closed before it came."""
    if not dossier.procedure.judges_by_programme:
        return []
    chosen = [choice.programme_id for choice in dossier.ranked_choices]
    sessions = JurySession.objects.filter(step__procedure=dossier.procedure).select_related("step", "programme")
    if dossier.submitted_at is not None:
        sessions = sessions.exclude(closes_at__lte=dossier.submitted_at)
    return [one for one in sessions if one.programme_id is None or one.programme_id in chosen]


def _published(dossier: Dossier) -> dict[str, Decision]:
    """The decisions that the candidate may see, by kind of step. None are taken before validation."""
    if dossier.status == Status.SUBMITTED:
        return {}
    decisions = Decision.objects.published(dossier.procedure).filter(dossier=dossier).select_related("step")
    return {decision.step.kind: decision for decision in decisions}


def _summons(dossier: Dossier, published: dict[str, Decision]) -> Summons | None:
    """The summons of an admissible candidate, until the admission results are out."""
    admissibility = published.get(Step.Kind.ADMISSIBILITY)
    is_admissible = admissibility is not None and admissibility.outcome == Decision.Outcome.ADMISSIBLE
    if not is_admissible or Step.Kind.ADMISSION in published or dossier.status == Status.WITHDRAWN:
        return None
    return summons_of(dossier)


def _latest_offer(dossier: Dossier, published: dict[str, Decision]) -> Offer | None:
    """The offer of the latest period that has begun, with the enrolment that came of it."""
    if Step.Kind.ADMISSION not in published:
        return None
    offers = Offer.objects.visible(dossier.procedure).filter(dossier=dossier)
    related = ("period", "pool__programme__school", "dossier__procedure", "dossier__enrolment__pool__programme__school")
    return offers.select_related(*related).order_by("-period__number").first()


def _entries(dossier: Dossier) -> list[ListEntry]:
    return list(ListEntry.objects.visible(dossier.procedure).filter(dossier=dossier))


def _asks_for_file(standing: Standing) -> bool:
    """Whether the school that keeps a place still waits for its integration file. Rule: AST-22."""
    enrolment = standing.enrolment
    return enrolment is not None and enrolment.is_standing and enrolment.integration_file_at is None


def _shows_late_papers(standing: Standing) -> bool:
    """Not while the summons or an answer is what matters: the papers are a link away then."""
    is_answering = standing.admission is not None and standing.enrolment is None
    return standing.awaits_title and standing.summons is None and not is_answering


def _late_papers(dossier: Dossier, answers: Mapping[str, str]) -> list[dict[str, object]]:
    """The papers that may still come, with their states. Rule: AST-12."""
    if not dossier.procedure.is_open(LATE_PAPERS):
        return []
    owed = [rule for rule in asked_papers(dossier.rules, answers) if rule.late]
    codes = [rule.code for rule in owed]
    documents = SupportingDocument.objects.current().filter(folder=dossier.folder_id, kind__in=codes)
    files = {code: [document for document in documents if document.kind == code] for code in codes}
    slug = dossier.procedure.slug
    return [paper_line(slug, rule, files[rule.code]) for rule in owed]
