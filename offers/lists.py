"""Admission lists: the jury's strict ranking of each pool, and the decisions that follow from them.

The jury sets the list of each pool as often as it likes. When all are ready, `prepare_admission` writes the decision
of every admissible candidate (on a list: admitted, under condition until the title has come; on none: refused) and
prepares the publication of the step, which freezes the lists.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from accounts.models import User
from applicants.models import Dossier
from applicants.proof import with_title_accepted
from journal.errors import Refused
from journal.record import record
from juries.decisions import admissible_dossiers
from juries.marks import is_eliminated
from juries.models import Decision, Mark, Publication
from juries.publication import prepare_publication
from juries.steps import hold_unfrozen
from offers.models import ListEntry
from programmes.models import Pool, Procedure, Step
from programmes.roles import JURY, PRESIDENT, require_role

SHOWN = 10  # references named in a refusal


class CannotBeListed(Refused):
    """Someone on the proposed list may not be there."""


class TiesNotBroken(Refused):
    """Candidates with the same total are on the list, and the jury has not said that their order is meant."""


class NotReady(Refused):
    """A mark or a list is missing: the admission cannot be decided yet."""


@transaction.atomic
def set_list(pool_id: int, dossier_ids: Sequence[UUID], *, ties_are_broken: bool = False, by: User) -> None:
    """Set the list of a pool, best first; the one before is replaced.

    `ties_are_broken` says that the jury has decided on the order of candidates with the same total.

    Raises:
        NotAllowed: `by` does not sit on the jury.
        Frozen: the publication of the admission is prepared.
        CannotBeListed: someone is listed twice, did not choose this programme, is not admissible there, lacks a mark
            or is eliminated by one.
        TiesNotBroken: candidates of equal total, whose order was not confirmed.
    Rules: AST-15, AST-16.
    """
    pool = Pool.objects.select_related("programme__procedure", "programme__school", "track").get(pk=pool_id)
    require_role(by, pool.procedure, JURY, PRESIDENT)
    hold_unfrozen(pool.procedure, Step.Kind.ADMISSION)
    rankable = {dossier.pk: dossier for dossier in rankable_dossiers(pool.procedure)[pool.pk]}
    _require_listable(pool, dossier_ids, rankable)
    tied = tied_dossiers(rankable[dossier_id] for dossier_id in dossier_ids)
    if tied and not ties_are_broken:
        raise TiesNotBroken(
            gettext("Des candidats ont le même total : %(references)s. Confirmez que le jury a décidé de leur ordre.")
            % {"references": _some_of(dossier.reference for dossier in tied)}
        )
    pool.entries.all().delete()
    ListEntry.objects.bulk_create(
        ListEntry(pool=pool, dossier_id=dossier_id, rank=rank) for rank, dossier_id in enumerate(dossier_ids, start=1)
    )
    record("list.set", pool, by=by, order=[str(dossier_id) for dossier_id in dossier_ids], ties_broken=ties_are_broken)


@transaction.atomic
def prepare_admission(
    step_id: int, *, by: User, visible_at: dt.datetime | None = None, empty_lists_are_meant: bool = False
) -> Publication:
    """Write the decision of each admissible candidate from the lists, and prepare their publication.

    `visible_at` (UTC) is by default the calendar's. `empty_lists_are_meant` says that the jury ranks nobody in the
    pools that have candidates and no list.

    Raises:
        NotAllowed: `by` does not preside the jury.
        Frozen: the publication is prepared already.
        NotReady: a mark is missing, or the list of a pool that has candidates.
        CannotBeListed: since the list was set, someone on it left the procedure or got an eliminatory mark.
        NotPublishable: the instant is missing or past.
    Rules: AST-15, AST-16.
    """
    step = Step.objects.select_related("procedure").get(pk=step_id, kind=Step.Kind.ADMISSION)
    procedure = step.procedure
    require_role(by, procedure, PRESIDENT)
    hold_unfrozen(procedure, Step.Kind.ADMISSION)
    dossiers = list(_with_marks(admissible_dossiers(procedure)))
    _require_all_marked(dossiers)
    listed = _require_sound_lists(procedure, empty_lists_are_meant=empty_lists_are_meant)
    proven = with_title_accepted(dossiers)
    Decision.objects.bulk_create(
        Decision(
            dossier=dossier,
            step=step,
            outcome=_outcome(dossier, listed, proven),
            decided_at=procedure.now(),
            decided_by=by,
        )
        for dossier in dossiers
    )
    record("admission.decided", step, by=by, admitted=len(listed), refused=len(dossiers) - len(listed))
    return prepare_publication(step_id, by=by, visible_at=visible_at)


def marked_dossiers(procedure: Procedure) -> list[Dossier]:
    """The admissible dossiers, read with their candidates, marks and choices."""
    return list(_with_marks(admissible_dossiers(procedure)).prefetch_related("choices"))


def rankable_dossiers(procedure: Procedure) -> dict[int, list[Dossier]]:
    """Who may be on the list of each pool: admissible there, all tests marked, none of them eliminatory.

    Best total of marks first, ties in the order of submission: a proposal, which the jury is free to change.
    Rules: AST-13, AST-15.
    """
    return rankable_by_pool(marked_dossiers(procedure), Pool.objects.filter(programme__procedure=procedure))


def rankable_by_pool(candidates: Iterable[Dossier], pools: Iterable[Pool]) -> dict[int, list[Dossier]]:
    """The same, among `marked_dossiers` that are read already."""
    rankable = [
        dossier
        for dossier in candidates
        if not _unmarked(dossier) and not is_eliminated(dossier.rules, dossier.marks.all())
    ]
    rankable.sort(key=lambda dossier: (-total(dossier.marks.all()), dossier.submitted_at, dossier.pk))
    by_programme_and_track: dict[tuple[int, int | None], list[Dossier]] = defaultdict(list)
    for dossier in rankable:
        for choice in dossier.choices.all():
            by_programme_and_track[choice.programme_id, dossier.track_id].append(dossier)
    return {pool.pk: by_programme_and_track[pool.programme_id, pool.track_id] for pool in pools}


def unmarked_dossiers(candidates: Iterable[Dossier]) -> list[Dossier]:
    """Those of `marked_dossiers` that lack a mark: the admission waits for them."""
    return [dossier for dossier in candidates if _unmarked(dossier)]


def tied_dossiers(dossiers: Iterable[Dossier]) -> list[Dossier]:
    """Those of `dossiers` who share their total with another of them."""
    totals = {dossier: total(dossier.marks.all()) for dossier in dossiers}
    count = Counter(totals.values())
    return [dossier for dossier, points in totals.items() if count[points] > 1]


def total(marks: Iterable[Mark]) -> Decimal:
    """The sum of the marks given; an absence counts for nothing."""
    return sum((mark.value for mark in marks if mark.value is not None), Decimal(0))


def _with_marks(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    return dossiers.select_related("candidate").prefetch_related("marks")


def _require_listable(pool: Pool, dossier_ids: Sequence[UUID], rankable: Collection[UUID]) -> None:
    if len(set(dossier_ids)) < len(dossier_ids):
        raise CannotBeListed(gettext("Un candidat figure deux fois dans ce tableau."))
    others = set(dossier_ids) - set(rankable)
    if others:
        references = Dossier.objects.filter(pk__in=others, procedure=pool.procedure).values_list("reference", flat=True)
        raise CannotBeListed(
            gettext(
                "%(pool)s : ne peuvent pas être classés %(references)s. Il faut avoir choisi cette école dans cette "
                "filière, être admissible, avoir toutes ses notes et aucune note éliminatoire."
            )
            % {"pool": pool, "references": _some_of(references)}
        )


def _require_all_marked(dossiers: Iterable[Dossier]) -> None:
    missing = [dossier.reference for dossier in dossiers if _unmarked(dossier)]
    if missing:
        raise NotReady(
            ngettext(
                "Il manque des notes à %(count)d dossier : %(references)s.",
                "Il manque des notes à %(count)d dossiers : %(references)s.",
                len(missing),
            )
            % {"count": len(missing), "references": _some_of(missing)}
        )


def _require_sound_lists(procedure: Procedure, *, empty_lists_are_meant: bool) -> set[UUID]:
    """Look at every list once more, under the lock; returns who is on one."""
    listed: set[UUID] = set()
    rankable = rankable_dossiers(procedure)
    pools = Pool.objects.filter(programme__procedure=procedure)
    for pool in pools.select_related("programme__procedure", "programme__school", "track"):
        entries = pool.entries.live()  # who left the procedure since keeps the rank, and no longer counts
        ranked = list(entries.values_list("dossier", flat=True))
        if not ranked and not empty_lists_are_meant and rankable[pool.pk]:
            raise NotReady(gettext("%(pool)s : le tableau d’admission n’est pas arrêté.") % {"pool": pool})
        _require_listable(pool, ranked, [dossier.pk for dossier in rankable[pool.pk]])
        listed |= set(ranked)
    return listed


def _some_of(references: Iterable[str]) -> str:
    named = sorted(references)
    return ", ".join(named[:SHOWN]) + (" …" if len(named) > SHOWN else "")


def _unmarked(dossier: Dossier) -> bool:
    marked = {mark.test for mark in dossier.marks.all()}
    return any(rule.code not in marked for rule in dossier.rules.marked_tests)


def _outcome(dossier: Dossier, listed: set[UUID], proven: set[UUID]) -> str:
    if dossier.pk not in listed:
        return Decision.Outcome.REFUSED
    return Decision.Outcome.ADMITTED if dossier.pk in proven else Decision.Outcome.CONDITIONAL
