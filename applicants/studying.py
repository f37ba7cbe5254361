"""Studying: each programme keeps the dossier as it stood on its date of study, whatever changes afterwards. APP-13.

Where programmes have dates of their own, a copy is taken for each choice when its date has come and the dossier is
validated: answers and identity, the list of the papers, which referees had answered, what was explained. It is taken
once, and a date that is moved afterwards changes nothing of it; a file that is replaced later stays in the store, and
in the copy.

The copy is exact however late the periodic task comes: whoever takes hold of a dossier to change it
(`applicants.dossiers.lock`) takes the copies that are due first, and until something changes the dossier of today is
that of the date. One exception: the identity is shared by all dossiers of a person, and may change by another one of
them between the date and the task, a minute later. A dossier that is validated when all dates are over is studied, and
kept, as it is validated; who submits it anew for a programme added leaves the copies of the other programmes as they
are. Until its date a programme reads the dossier of today.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import F, Q

from applicants.given import answers_of
from applicants.models import Choice, Dossier, DossierContent, Explanation, Referee, Status, StudyCopy
from documents.models import SupportingDocument
from journal.record import record
from programmes.models import JurySession, Procedure
from programmes.rules import Rules, Stage
from programmes.sessions import date_of_study

IN_ORDER = ("step__position", "meets_at", "number")  # of sessions


def dates_of_study(dossier: Dossier, *, validated_at: dt.datetime) -> dict[int, dt.datetime]:
    """When (UTC, the procedure's time) the programme of each choice studies the dossier, by the choice's key.

    A choice whose programme has no date for it is not there. `validated_at` is when the dossier was, or will be at the
    earliest.
    """
    if not dossier.procedure.judges_by_programme or dossier.submitted_at is None:
        return {}
    return _dates(dossier, dossier.ranked_choices, sessions_in_order(dossier.procedure), validated_at)


def keep_for_study(*dossiers: Dossier) -> None:
    """Take the copies of these dossiers that are due and not there yet, in an act that locked them.

    Rule: APP-13.
    """
    studied = [
        dossier
        for dossier in dossiers
        if dossier.procedure.judges_by_programme
        and dossier.validated_at is not None
        and dossier.status != Status.WITHDRAWN
    ]
    if studied:
        sessions = _sessions_without_copy(studied)
        for dossier in studied:
            _keep(dossier, sessions[dossier.pk])


def due_for_study(procedure: Procedure) -> list[Dossier]:
    """The dossiers of a procedure of which a copy is due and not there yet; for the periodic task."""
    if not procedure.judges_by_programme:
        return []
    now, sessions = procedure.now(), sessions_in_order(procedure)
    if not any(session.meets_at <= now for session in sessions):
        return []
    left = Choice.objects.filter(
        dossier__procedure=procedure, dossier__status=Status.VALIDATED, study_copy=None, dossier__validated_at__lte=now
    )
    found: dict[object, Dossier] = {}
    for choice in left.select_related("dossier"):
        submitted_at, validated_at = choice.dossier.submitted_at, choice.dossier.validated_at
        assert submitted_at is not None
        assert validated_at is not None
        date = date_of_study(sessions, choice.programme_id, submitted_at=submitted_at, validated_at=validated_at)
        if date is not None and date <= now:
            found[choice.dossier_id] = choice.dossier
    return list(found.values())


def sessions_in_order(procedure: Procedure) -> list[JurySession]:
    """All sessions of a procedure, in the order of its steps, then of their dates."""
    return list(JurySession.objects.filter(step__procedure=procedure).order_by(*IN_ORDER))


def _sessions_without_copy(dossiers: list[Dossier]) -> dict[UUID, list[tuple[int, JurySession]]]:
    """By dossier: the choices that have no copy yet, by their keys, each with the sessions of its programme in order.

    In one query, with a row for each: every act on a validated dossier asks it.
    """
    programme = "step__procedure__programmes"
    choice = f"{programme}__choices"
    is_own = Q(programme=None) | Q(programme=F(programme))
    left = JurySession.objects.filter(is_own, **{f"{choice}__dossier__in": dossiers, f"{choice}__study_copy": None})
    found: dict[UUID, list[tuple[int, JurySession]]] = defaultdict(list)
    for session in left.annotate(choice=F(choice), dossier=F(f"{choice}__dossier")).order_by(*IN_ORDER):
        found[session.dossier].append((session.choice, session))
    return found


def _keep(dossier: Dossier, left: list[tuple[int, JurySession]]) -> None:
    """Take the copies that are due of the choices `left` without one, each told with a session of its programme."""
    now, validated_at = dossier.procedure.now(), dossier.validated_at
    assert validated_at is not None
    if not any(session.meets_at <= now for _, session in left):
        return
    keys = {key for key, _ in left}
    choices = [choice for choice in dossier.ranked_choices if choice.pk in keys]
    dates = _dates(dossier, choices, [session for _, session in left], validated_at)
    due = {key: date for key, date in dates.items() if date <= now}
    if not due:
        return
    content = _content_now(dossier)
    StudyCopy.objects.bulk_create(
        StudyCopy(choice_id=key, version_id=dossier.version_id, content=content, studied_at=date, kept_at=now)
        for key, date in due.items()
    )
    record("dossier.kept_for_study", dossier, programmes=[one.programme.code for one in choices if one.pk in due])


def _dates(
    dossier: Dossier, choices: Iterable[Choice], sessions: Sequence[JurySession], validated_at: dt.datetime
) -> dict[int, dt.datetime]:
    """When the programme of each choice studies the dossier, by the choice's key, among these sessions in order."""
    assert dossier.submitted_at is not None
    found = {
        choice.pk: date_of_study(
            sessions, choice.programme_id, submitted_at=dossier.submitted_at, validated_at=validated_at
        )
        for choice in choices
    }
    return {key: date for key, date in found.items() if date is not None}


def content_of(
    rules: Rules,
    answers: Mapping[str, str],
    papers: Iterable[SupportingDocument],
    referees: Iterable[Referee],
    explanations: Iterable[Explanation],
) -> DossierContent:
    """What is studied of a dossier with these rows. Pure.

    Papers of a place, and what a programme asks for beside, are no part of it.
    """
    return {
        "answers": {code: value for code, value in sorted(answers.items()) if value},
        "papers": [
            {"id": str(paper.pk), "sha256": paper.sha256, "review": str(paper.review)}
            for paper in sorted(papers, key=lambda paper: (paper.uploaded_at, paper.pk))
            if (rule := rules.paper(paper.kind)) is not None and rule.stage == Stage.DOSSIER
        ],
        "referees": {str(referee.pk): str(referee.state) for referee in referees},
        "explanations": {explanation.place: explanation.text for explanation in explanations},
    }


def _content_now(dossier: Dossier) -> DossierContent:
    return content_of(
        dossier.rules,
        answers_of(dossier),
        SupportingDocument.objects.current().filter(folder=dossier.folder_id),
        dossier.referees.exclude(state=Referee.State.REPLACED),
        dossier.explanations.all() if dossier.rules.submission.forced else (),
    )
