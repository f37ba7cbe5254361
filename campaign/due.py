"""Due acts: what the calendar makes happen, whoever is asleep.

One periodic task calls `run_due_acts()`. Each line of `DUE_ACTS` looks for what has come due in one procedure, on that
procedure's clock, and runs the act for it; every act checks again under its own lock, so that two workers, or a crash
in the middle, do no harm: late is possible, twice and never are not. An act that fails is logged and keeps none of the
others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction

from applicants.closing_reminders import remind_drafts
from applicants.dossiers import lock
from applicants.referees import remind_referees_due
from applicants.studying import due_for_study
from campaign.erasure import erase_overdue
from campaign.staffing import end_lent_roles
from journal.clock import at_one_instant
from journal.followups import run_pending_facts
from juries.publication import announce, due_publications
from offers.enrolment import lapse_overdue, pronounce_all_ready
from offers.periods import turn_periods
from offers.place_confirmation import confirm_all_complete
from offers.place_endings import release_overdue
from offers.place_reminders import remind_places
from offers.reminders import remind_silent
from offers.waiting_list import fill_places
from programmes.models import Procedure

log = logging.getLogger(__name__)

DueAct = Callable[[Procedure], object]


def announce_results(procedure: Procedure) -> None:
    """Tell the candidates of the results whose instant has come. Rules: AST-13, AST-16."""
    for publication in due_publications(procedure):
        announce(publication.pk)


def keep_studied(procedure: Procedure) -> None:
    """Keep the dossiers whose date of study has come as they stand; taking hold of one keeps it. Rule: APP-13."""
    for dossier in due_for_study(procedure):
        with transaction.atomic():
            lock(dossier.pk)


DUE_ACTS: tuple[DueAct, ...] = (
    end_lent_roles,
    erase_overdue,
    keep_studied,
    announce_results,
    turn_periods,
    pronounce_all_ready,
    lapse_overdue,
    confirm_all_complete,
    release_overdue,
    fill_places,
    remind_places,
    remind_drafts,
    remind_referees_due,
    remind_silent,
)


def run_due_acts() -> None:
    """Run every act that has come due and is not done yet, in every procedure.

    Facts left behind come first: one of them may give somebody the time that a lapse would not see.
    """
    run_pending_facts()
    for procedure in Procedure.objects.order_by("pk"):
        run_due_acts_of(procedure)


def run_due_acts_of(procedure: Procedure) -> None:
    """Run what has come due in one procedure, each act at an instant of its own."""
    for act in DUE_ACTS:
        try:
            with at_one_instant():
                act(procedure)
        except Exception:
            log.exception("%s failed for %s; it is tried again at the next turn", act.__name__, procedure.slug)
