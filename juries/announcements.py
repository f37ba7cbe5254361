"""Announcements: what a candidate is told of a published decision, by mail and by a numbered notice.

The reason that the jury gave is kept, not told. All runs inside the transaction of the act that announces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from applicants.dossiers import home_of
from applicants.editing import LATE_PAPERS
from applicants.models import Choice
from documents.notices import NewNotice, issue_notice, issue_notices, replace_letters, replace_notices
from journal.followups import state_fact
from juries.models import Decision, DecisionCorrection, Publication
from notifications.context import encode
from notifications.models import Mail
from notifications.outbox import NewMail, queue_mail, queue_mails
from notifications.rendering import Rendered, render
from programmes.models import Period, Procedure, School, Step

MAILS = {
    Decision.Outcome.ADMISSIBLE: "result_admissible",
    Decision.Outcome.NOT_ADMISSIBLE: "result_not_admissible",
    Decision.Outcome.ADMITTED: "result_admitted",
    Decision.Outcome.CONDITIONAL: "result_admitted",
    Decision.Outcome.REFUSED: "result_refused",
}
NOTICES = {
    Decision.Outcome.ADMISSIBLE: "admissibility",
    Decision.Outcome.NOT_ADMISSIBLE: "refusal",
    Decision.Outcome.ADMITTED: "admission",
    Decision.Outcome.CONDITIONAL: "admission",
    Decision.Outcome.REFUSED: "refusal",
}
MAILS_OF_A_CHOICE = {
    Decision.Outcome.ADMISSIBLE: "choice_called",
    Decision.Outcome.NOT_ADMISSIBLE: "choice_not_retained",
    Decision.Outcome.ADMITTED: "choice_admitted",
    Decision.Outcome.CONDITIONAL: "choice_admitted",
    Decision.Outcome.WAITING: "choice_waiting",
    Decision.Outcome.REFUSED: "choice_refused",
}
GIVE_A_PLACE = (Decision.Outcome.ADMITTED, Decision.Outcome.CONDITIONAL)
TOLD_FACT = "admitted_told"  # a publication has told candidates that a programme admits them: places may follow
FALL_WITH = {  # letters that rested on the decision before
    Decision.Outcome.NOT_ADMISSIBLE: ("summons",),
    Decision.Outcome.REFUSED: ("enrolment",),
}


def announce_decisions(decisions: Sequence[Decision], publication: Publication) -> None:
    """Queue the mails and issue the notices of decisions whose publication instant has come. Rules: AST-13,
    AST-25.
    """
    letters, mails = [], []
    for decision in decisions:
        reader, key, facts = decision.dossier.candidate.user, key_of(decision), facts_of(decision)
        letters.append(NewNotice(_letter(decision), key, reader, _letterhead(decision), facts, publication.visible_at))
        mails.append(NewMail(_mail(decision), reader, key, facts))
    issue_notices(letters, procedure=publication.procedure)
    queue_mails(mails, procedure=publication.procedure)
    if any(decision.choice_id is not None and decision.outcome in GIVE_A_PLACE for decision in decisions):
        state_fact(TOLD_FACT, publication.pk)


def announce_correction(decision: Decision, correction: DecisionCorrection) -> None:
    """Tell the candidate that a published decision was corrected, with a notice that replaces the first.
    Rule: AST-24.
    """
    dossier = decision.dossier
    facts = facts_of(decision) | {"corrects": True}
    first_key = key_of(decision)
    key = f"{first_key}:correction:{correction.pk}"
    notice = issue_notice(
        _letter(decision),
        key=key,
        procedure=decision.procedure,
        recipient=dossier.candidate.user,
        school=_letterhead(decision),
        **facts,
    )
    replace_notices(first_key, by=notice)
    if decision.choice_id is None:  # what rests on a choice alone falls with its place (`offers.departures`)
        replace_letters(FALL_WITH.get(Decision.Outcome(decision.outcome), ()), by=notice)
    queue_mail("result_corrected", to=dossier.candidate.user, key=key, procedure=decision.procedure, **facts)


def preview(decision: Decision, language: str) -> Rendered:
    """The mail that will tell a decision, in `language`, to be read before it leaves. Rule: ALL-05."""
    return render(
        Mail(
            kind=_mail(decision),
            recipient=decision.dossier.candidate.user,
            language=language,
            procedure=decision.procedure,
            context=encode(facts_of(decision)),
        )
    )


def facts_of(decision: Decision) -> dict[str, Any]:
    """What mails and notices say of a decision: who, what, where, and until when."""
    dossier = decision.dossier
    if decision.choice is not None:
        return _facts_of_choice(decision, decision.choice)
    return {
        "addressee": dossier.candidate.full_name,
        "reference": dossier.reference,
        "step": decision.step.label,
        "outcome": decision.outcome,
        "track": dossier.track.label if dossier.track else "",
        "choices": [choice.programme.school.name for choice in dossier.ranked_choices],
        "path": home_of(dossier),
        **_dates(decision),
    }


def _dates(decision: Decision) -> dict[str, Any]:
    """The next dates that concern the candidate, as far as the calendar has them."""
    procedure = decision.procedure
    dates: dict[str, Any] = {}
    if decision.outcome == Decision.Outcome.CONDITIONAL and LATE_PAPERS in procedure.calendar:
        dates["title_until"] = procedure.calendar[LATE_PAPERS].ends_at
    is_common = decision.choice_id is None  # offered in periods; what a programme gives follows at once
    if is_common and decision.step.kind == Step.Kind.ADMISSION and (period := _next_period(procedure)):
        dates |= {"replies_from": period.starts_at, "replies_until": period.ends_at}
    return dates


def _next_period(procedure: Procedure) -> Period | None:
    """The first period that is not over; a correction comes when some are."""
    return next((period for period in procedure.periods.all() if period.ends_at > procedure.now()), None)


def _facts_of_choice(decision: Decision, choice: Choice) -> dict[str, Any]:
    """The same, where a programme has decided on the choice that names it."""
    return {
        "addressee": decision.dossier.candidate.full_name,
        "reference": decision.dossier.reference,
        "step": decision.step.label,
        "outcome": decision.outcome,
        "programme": choice.programme.title,
        "school_name": choice.programme.school.name,
        "rank": decision.rank,
        "by_service": decision.step.decided_by == Step.DecidedBy.SERVICE,
        "path": home_of(decision.dossier),
        **_dates(decision),
    }


def _mail(decision: Decision) -> str:
    outcome = Decision.Outcome(decision.outcome)
    return MAILS[outcome] if decision.choice_id is None else MAILS_OF_A_CHOICE[outcome]


def _letter(decision: Decision) -> str:
    return NOTICES[Decision.Outcome(decision.outcome)] if decision.choice_id is None else "decision"


def key_of(decision: Decision) -> str:
    """What makes the first mail and letter of a decision unique; those that correct it have more behind it."""
    about = decision.dossier_id if decision.choice_id is None else f"{decision.dossier_id}:{decision.choice_id}"
    return f"decision:{decision.step_id}:{about}"


def _letterhead(decision: Decision) -> School | None:
    """The school that writes: the one that decided, or the one ranked first, which the candidate knows."""
    programme = decision.choice.programme if decision.choice else decision.dossier.first_choice
    return programme.school if programme else None
