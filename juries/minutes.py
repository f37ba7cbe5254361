"""Minutes: what a jury decided at a step, on paper, for its members to sign. Rule: ALL-06.

They are made anew each time they are asked for, from the decisions as they stand; the journal keeps who asked, and how
many decisions there were.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Status
from journal.errors import Refused
from journal.record import record
from juries.choice_decisions import deciders_of
from juries.models import Decision
from programmes.models import JurySession, Programme, Role, Step
from programmes.roles import OFFICE, PRESIDENT, require_role

KEEPERS = (OFFICE, PRESIDENT)


class NothingDecided(Refused):
    """The jury has decided nothing there yet."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the paper says. `programme` is the one that decided; None where one jury decides for all."""

    step: Step
    programme: Programme | None
    session: JurySession | None
    decisions: tuple[Decision, ...]
    members: tuple[str, ...]


def make_minutes(
    step_id: int, *, programme_id: int | None = None, session_id: int | None = None, language: str = "fr", by: User
) -> bytes:
    """The minutes of a step as a PDF in `language`: of a common jury, or of one programme's; of one session, if asked.

    Raises:
        Step.DoesNotExist, Programme.DoesNotExist: no such step, or a programme that is none of its procedure.
        NotAllowed: `by` neither presides the jury, for this programme, nor is of the office.
        NothingDecided: there is no decision to sign.
    Rule: ALL-06.
    """
    from documents.pdf import pdf_of  # slow to load

    minutes = _keep(step_id, programme_id, session_id, by)
    with translation.override(language):
        html = render_to_string("documents/minutes.html", {"minutes": minutes, "now": minutes.step.procedure.now()})
    return pdf_of(html, "css/notice.css")  # outside of any transaction


@transaction.atomic
def _keep(step_id: int, programme_id: int | None, session_id: int | None, by: User) -> Minutes:
    """What the minutes say, and in the journal that they were made."""
    step = Step.objects.select_related("procedure").get(pk=step_id)
    programme = None
    if step.procedure.judges_by_programme:
        programme = step.procedure.programmes.select_related("school").filter(pk=programme_id or 0).get()
    session = step.sessions.filter(pk=session_id).first() if session_id else None
    require_role(by, step.procedure, *KEEPERS, programme=programme)
    decisions = _decisions(step, programme, session)
    if not decisions:
        raise NothingDecided(gettext("Aucune décision n’est prise : il n’y a pas encore de procès-verbal."))
    ids = {"step": step.code, "programme": programme.code if programme else ""}
    record("minutes.made", step, by=by, **ids, decisions=len(decisions))
    return Minutes(step, programme, session, decisions, _members(step, programme))


def _decisions(step: Step, programme: Programme | None, session: JurySession | None) -> tuple[Decision, ...]:
    """The decisions by outcome, those of a waiting list by rank; of people still candidates."""
    found = Decision.objects.filter(step=step, choice__programme=programme, dossier__status=Status.VALIDATED)
    if session is not None:
        found = found.filter(publication__session=session)
    found = found.select_related("dossier__candidate", "dossier__track")
    order = list(Decision.Outcome)
    return tuple(
        sorted(
            found,
            key=lambda one: (
                order.index(Decision.Outcome(one.outcome)),
                one.rank or 0,
                one.dossier.candidate.folded_name,
                one.dossier.reference,
            ),
        )
    )


def _members(step: Step, programme: Programme | None) -> tuple[str, ...]:
    """Who decides at the step, for the programme, by name: the president first."""
    roles = Role.objects.filter(procedure=step.procedure, kind__in=deciders_of(step), user__is_active=True)
    own = [
        role
        for role in roles.select_related("user")
        if programme is None
        or (role.programme_id in (None, programme.pk) and role.school_id in (None, programme.school_id))
    ]
    own.sort(key=lambda role: (role.kind != PRESIDENT, str(role.user)))
    return tuple(dict.fromkeys(str(role.user) for role in own))
