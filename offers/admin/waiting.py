"""What waits for a person in the integration, on the staff's start page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from offers.admin.entrants import to_review_of
from offers.admin.lists import RANKERS
from offers.admin.place_board import boards_of
from offers.foresight import silent_in
from offers.lists import rankable_dossiers
from offers.models import ListEntry
from offers.periods import current_period
from offers.places import KEEPERS
from programmes.models import Procedure, Step
from programmes.roles import OFFICE, VERIFIER, HeldRoles
from programmes.waiting import Waiting, tells_what_waits


@tells_what_waits
def lists(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Lists to set where one jury sets them, until the publication is prepared. Rule: AST-16."""
    if procedure.judges_by_programme or not held.has(procedure, *RANKERS):
        return
    step = procedure.steps.filter(kind=Step.Kind.ADMISSION, publications=None).first()
    if step is None:
        return
    ranked = set(
        ListEntry.objects.filter(pool__programme__procedure=procedure).values_list("pool", flat=True).distinct()
    )
    count = sum(bool(dossiers) and pool not in ranked for pool, dossiers in rankable_dossiers(procedure).items())
    yield Waiting(
        ngettext("tableau d’admission à arrêter", "tableaux d’admission à arrêter", count),
        count,
        reverse("admin:offers_listentry_changelist"),
        due=step.results_at,
    )


@tells_what_waits
def silent(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Candidates about to be removed for their silence. Rule: AST-19."""
    period = current_period(procedure) if held.has(procedure, OFFICE) else None
    if period is None:
        return
    count = len(silent_in(period))
    yield Waiting(
        ngettext("candidat n’a pas encore répondu", "candidats n’ont pas encore répondu", count),
        count,
        reverse("admin:offers_periods", args=[procedure.slug]),
        due=period.ends_at,
    )


@tells_what_waits
def titles(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Titles of entrants to review. Rule: AST-22."""
    if not held.has(procedure, VERIFIER, OFFICE):
        return
    count = to_review_of(held.user, procedure)
    yield Waiting(
        ngettext("titre d’entrant à examiner", "titres d’entrants à examiner", count),
        count,
        reverse("admin:offers_enrolment_changelist"),
    )


@tells_what_waits
def places(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Places past their delay, confirmations to look at, free seats for which somebody waits. Rules: NE-05, IIM-06."""
    rules = procedure.rules
    if rules is None or rules.confirmation is None or not held.has(procedure, *KEEPERS):
        return
    boards, url = boards_of(held.user, procedure), reverse("admin:offers_places", args=[procedure.slug])
    rows = [row for board in boards for row in board.standing]
    to_examine = [row for row in rows if row.waits_for_school]
    count = len(to_examine)
    yield Waiting(ngettext("confirmation de place à examiner", "confirmations de place à examiner", count), count, url)
    overdue = [row.place.until for row in rows if row.is_overdue]
    count = len(overdue)
    yield Waiting(
        ngettext("place non confirmée dans son délai", "places non confirmées dans leur délai", count),
        count,
        url,
        since=min(overdue, default=None),
    )
    count = sum(row.titles for row in rows)
    yield Waiting(ngettext("titre d’entrant à examiner", "titres d’entrants à examiner", count), count, url)
    count = sum(board.to_tell for board in boards)
    yield Waiting(
        ngettext("personne à qui écrire sa rentrée", "personnes à qui écrire leur rentrée", count), count, url
    )
    count = sum(min(board.free, len(board.line)) for board in boards)
    yield Waiting(
        ngettext("place libre à proposer à qui attend", "places libres à proposer à qui attend", count), count, url
    )
