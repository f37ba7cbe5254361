"""Announcements: what a candidate is told of a published decision, by mail and by a numbered notice.

The reason that the jury gave is kept, not told. All runs inside the transaction of the act that announces.
"""

from __future__ import annotations

from typing import Any

from applicants.dossiers import home_of
from applicants.editing import LATE_PAPERS
from applicants.models import Dossier
from documents.notices import issue_notice, replace_letters, replace_notices
from juries.models import Decision, DecisionCorrection, Publication
from notifications.context import encode
from notifications.models import Mail
from notifications.outbox import queue_mail
from notifications.rendering import Rendered, render
from programmes.models import School, Step

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
FALL_WITH = {  # letters that rested on the decision before
    Decision.Outcome.NOT_ADMISSIBLE: ("summons",),
    Decision.Outcome.REFUSED: ("enrolment",),
}


def announce_decision(decision: Decision, publication: Publication) -> None:
    """Queue the mail and issue the notice of a decision whose publication instant has come. Rules: AST-13,
    AST-25.
    """
    dossier = decision.dossier
    facts = facts_of(decision)
    key = f"decision:{decision.step_id}:{dossier.pk}"
    issue_notice(
        NOTICES[Decision.Outcome(decision.outcome)],
        key=key,
        procedure=publication.procedure,
        recipient=dossier.candidate.user,
        school=_letterhead(dossier),
        visible_at=publication.visible_at,
        **facts,
    )
    queue_mail(
        MAILS[Decision.Outcome(decision.outcome)],
        to=dossier.candidate.user,
        key=key,
        procedure=publication.procedure,
        **facts,
    )


def announce_correction(decision: Decision, correction: DecisionCorrection) -> None:
    """Tell the candidate that a published decision was corrected, with a notice that replaces the first.
    Rule: AST-24.
    """
    dossier = decision.dossier
    facts = facts_of(decision) | {"corrects": True}
    first_key = f"decision:{decision.step_id}:{dossier.pk}"
    key = f"{first_key}:correction:{correction.pk}"
    notice = issue_notice(
        NOTICES[Decision.Outcome(decision.outcome)],
        key=key,
        procedure=decision.procedure,
        recipient=dossier.candidate.user,
        school=_letterhead(dossier),
        **facts,
    )
    replace_notices(first_key, by=notice)
    replace_letters(FALL_WITH.get(Decision.Outcome(decision.outcome), ()), by=notice)
    queue_mail("result_corrected", to=dossier.candidate.user, key=key, procedure=decision.procedure, **facts)


def preview(decision: Decision, language: str) -> Rendered:
    """The mail that will tell a decision, in `language`, to be read before it leaves. Rule: ALL-05."""
    return render(
        Mail(
            kind=MAILS[Decision.Outcome(decision.outcome)],
            recipient=decision.dossier.candidate.user,
            language=language,
            procedure=decision.procedure,
            context=encode(facts_of(decision)),
        )
    )


def facts_of(decision: Decision) -> dict[str, Any]:
    """What mails and notices say of a decision: who, what, where, and until when."""
    dossier = decision.dossier
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
    # A correction comes when some are over.
    to_come = (period for period in procedure.periods.all() if period.ends_at > procedure.now())
    dates: dict[str, Any] = {}
    if decision.outcome == Decision.Outcome.CONDITIONAL and LATE_PAPERS in procedure.calendar:
        dates["title_until"] = procedure.calendar[LATE_PAPERS].ends_at
    if decision.step.kind == Step.Kind.ADMISSION and (period := next(to_come, None)):
        dates |= {"replies_from": period.starts_at, "replies_until": period.ends_at}
    return dates


def _letterhead(dossier: Dossier) -> School | None:
    """The school that writes: the one ranked first, which the candidate knows."""
    return dossier.first_choice.school if dossier.first_choice else None
