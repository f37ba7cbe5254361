"""Publication of decisions on choices: session by session, or as they are taken; public at once, or at an instant.

What is published is frozen with its publication, one per programme, and appears and is announced as the results of a
common jury are (`juries.publication`). A choice that its session has not decided goes on to the next one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils.translation import gettext, ngettext

from accounts.models import User
from applicants.models import Choice, Status
from journal.followups import acts_on, state_fact
from journal.record import record
from juries.choice_decisions import undecided_choices
from juries.models import Decision, Publication
from juries.publication import PUBLISHERS, NotPublishable, announce, withdraw
from juries.steps import lock_step
from programmes.models import JurySession, Programme, Step
from programmes.roles import VERIFIER, require_role
from programmes.sessions import session_takes
from programmes.working_days import due_after

PUBLISHED_FACT = "choices_published"


@transaction.atomic
def publish_decisions(
    decision_ids: Collection[int], *, visible_at: dt.datetime | None = None, by: User
) -> list[Publication]:
    """Publish decisions of one step that has no sessions: at once, or at `visible_at` (UTC, the procedure's time).

    Where the calendar gives the step an instant that is still to come, that is the default.

    Raises:
        NotAllowed: `by` does not publish for one of their programmes.
        NotPublishable: nothing to publish, decisions of two steps or published already, of a step with sessions; or
            the instant is past.
    Rules: BS-03, BS-06, IIM-04, IIM-05, APP-15.
    """
    step = _lock_step_of(decision_ids)
    if step.sessions.exists():
        raise NotPublishable(gettext("Cette étape se publie par session de jury."))
    decisions = list(unpublished(step).filter(pk__in=decision_ids).select_related("choice"))
    if len(decisions) != len(set(decision_ids)):
        raise NotPublishable(gettext("Une de ces décisions est déjà publiée, ou n’existe plus. Relisez la liste."))
    now = step.procedure.now()
    planned = step.results_at if step.results_at is not None and step.results_at > now else None
    return _publish(step, decisions, visible_at or planned or now, session=None, by=by)


@transaction.atomic
def publish_session(session_id: int, *, visible_at: dt.datetime | None = None, by: User) -> list[Publication]:
    """Publish what a session decided: by default at its planned instant, or at once if that is past.

    Who is undecided goes on to the next session.

    Raises:
        NotAllowed: `by` does not publish for one of the programmes.
        NotPublishable: the session was published, has decided nothing, is the last and leaves somebody undecided, or
            its instant is past.
    Rules: NE-01, NE-04, APP-15.
    """
    session = JurySession.objects.select_related("step").get(pk=session_id)
    step = lock_step(session.step_id)
    if session.publications.exists():
        raise NotPublishable(gettext("Les décisions de cette session sont déjà publiées, ou prêtes à l’être."))
    undecided = [choice for choice in undecided_choices(step).select_related("dossier") if studies(session, choice)]
    if undecided and next_session(session) is None:
        raise NotPublishable(
            ngettext(
                "C’est la dernière session, et %(count)d candidature n’y est pas décidée.",
                "C’est la dernière session, et %(count)d candidatures n’y sont pas décidées.",
                len(undecided),
            )
            % {"count": len(undecided)}
        )
    waiting = unpublished(step).select_related("choice__dossier")
    decisions = [decision for decision in waiting if decision.choice and studies(session, decision.choice)]
    now = step.procedure.now()
    planned = session.results_at if session.results_at is not None and session.results_at > now else None
    return _publish(step, decisions, visible_at or planned or now, session=session, by=by)


@transaction.atomic
def take_back(publication_id: int, *, by: User) -> None:
    """Take a publication back before its instant: its decisions may be changed again.

    Raises:
        NotAllowed: `by` does not publish for its programme.
        NotPublishable: it is public.
    """
    publication = Publication.objects.select_related("step__procedure", "programme__school").get(pk=publication_id)
    step = lock_step(publication.step_id)
    _require_publisher(step, publication, by=by)
    withdraw(publication, step, by=by)


@acts_on(PUBLISHED_FACT)
def announce_published(publication_id: str) -> None:
    """Tell the candidates of decisions that are public at once; later ones are due acts."""
    announce(int(publication_id))


def unpublished(*steps: Step) -> QuerySet[Decision]:
    """The decisions on choices of `steps` that wait for their publication, of people still candidates."""
    return Decision.objects.filter(
        step__in=steps, choice__isnull=False, publication=None, dossier__status=Status.VALIDATED
    )


def told_by(step: Step, programmes: Collection[Programme] | None = None) -> dt.datetime | None:
    """Until when (UTC) the oldest decision that waits must be told: the step's delay in working days after it.

    Of `programmes`, or of all. None where nothing waits or the step has no delay. Rules: BS-03, BS-06.
    """
    if step.notify_within is None:
        return None
    waiting = unpublished(step) if programmes is None else unpublished(step).filter(choice__programme__in=programmes)
    oldest = waiting.aggregate(oldest=Min("decided_at"))["oldest"]
    return due_after(oldest, step.notify_within) if oldest else None


def next_session(session: JurySession) -> JurySession | None:
    """The session that comes after: of the same programme, or for all."""
    later = JurySession.objects.filter(step=session.step_id, meets_at__gt=session.meets_at).order_by("meets_at")
    return next((one for one in later if one.programme_id in (None, session.programme_id)), None)


def studies(session: JurySession, choice: Choice) -> bool:
    """Whether `choice`, of a submitted dossier, is before this session: of its programme, and submitted in time."""
    submitted_at = choice.dossier.submitted_at
    assert submitted_at is not None
    return session_takes(session, choice.programme_id, submitted_at)


def _publish(
    step: Step, decisions: Sequence[Decision], instant: dt.datetime, *, session: JurySession | None, by: User
) -> list[Publication]:
    """Freeze `decisions` in one publication for each programme."""
    now = step.procedure.now()
    if not decisions:
        raise NotPublishable(gettext("Il n’y a aucune décision à publier."))
    if instant < now:
        raise NotPublishable(gettext("L’instant de publication est passé : choisissez-en un à venir."))
    by_programme: dict[int, list[int]] = defaultdict(list)
    for decision in decisions:
        assert decision.choice is not None
        by_programme[decision.choice.programme_id].append(decision.pk)
    made = []
    for programme in step.procedure.programmes.filter(pk__in=by_programme).select_related("school"):
        publication = Publication(
            step=step, session=session, programme=programme, visible_at=instant, prepared_at=now, prepared_by=by
        )
        _require_publisher(step, publication, by=by)
        publication.save()
        keys = by_programme[programme.pk]
        Decision.objects.filter(pk__in=keys).update(publication=publication)
        ids = {"step": step.code, "programme": programme.code, "visible_at": instant.isoformat()}
        record("publication.prepared", publication, by=by, **ids, decisions=len(keys))
        if instant <= now:
            state_fact(PUBLISHED_FACT, publication.pk)
        made.append(publication)
    return made


def _require_publisher(step: Step, publication: Publication, *, by: User) -> None:
    """The office, or who presides for the programme; the service too, of what the service decides."""
    kinds = (*PUBLISHERS, VERIFIER) if step.decided_by == Step.DecidedBy.SERVICE else PUBLISHERS
    require_role(by, step.procedure, *kinds, programme=publication.programme)


def _lock_step_of(decision_ids: Collection[int]) -> Step:
    """The one step that these decisions are of, locked."""
    steps = set(Decision.objects.filter(pk__in=decision_ids).values_list("step", flat=True))
    if len(steps) != 1:
        raise NotPublishable(gettext("Choisissez des décisions d’une même étape."))
    return lock_step(steps.pop())
