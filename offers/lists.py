"""Admission lists: the jury's strict ranking of each pool, and the decisions that follow from them.

The jury sets the list of each pool as often as it likes. When all are ready, `prepare_admission` writes the decision of
every admissible candidate (on a list: admitted, under condition until the title has come; on none: refused) and prepares
the publication of the step, which freezes the lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Choice, Dossier, Status
from journal.clock import instant
from journal.errors import Refused
from journal.record import record
from juries.marks import is_eliminated
from juries.models import Decision, Mark, Publication
from juries.publication import prepare_publication
from offers.models import ListEntry
from offers.proof import with_title_accepted
from programmes.models import Pool, Procedure, Step
from programmes.roles import JURY, PRESIDENT, require_role


class CannotBeListed(Refused):
    """Someone on the proposed list may not be there."""


class ListsFrozen(Refused):
    """The publication is prepared: the lists no longer change."""


@transaction.atomic
def set_list(pool_id: int, dossier_ids: Sequence[UUID], *, by: User) -> None:
    """Set the list of a pool, best first; the one before is replaced.

    Raises:
        NotAllowed: `by` does not sit on the jury.
        ListsFrozen: the publication of the admission is prepared.
        CannotBeListed: someone is listed twice, did not choose this programme, is not admissible there, lacks a mark
            or is eliminated by one.
    Rule: AST-16.
    """
    pool = Pool.objects.select_for_update(of=("self",)).select_related("programme__procedure", "track").get(pk=pool_id)
    procedure = pool.programme.procedure
    require_role(by, procedure, JURY, PRESIDENT)
    _require_not_frozen(procedure)
    if len(set(dossier_ids)) < len(dossier_ids):
        raise CannotBeListed(gettext("Un candidat figure deux fois dans ce tableau."))
    rankable = {dossier.pk: dossier for dossier in rankable_dossiers(pool)}
    for dossier_id in dossier_ids:
        if dossier_id not in rankable:
            raise CannotBeListed(
                gettext(
                    "Un dossier de ce tableau ne peut pas y être classé : il n'a pas choisi cette formation par cette "
                    "filière, n'est pas admissible, attend une note ou a une note éliminatoire."
                )
            )
    pool.entries.all().delete()
    ListEntry.objects.bulk_create(
        ListEntry(pool=pool, dossier_id=dossier_id, rank=rank) for rank, dossier_id in enumerate(dossier_ids, start=1)
    )
    record(
        "list.set",
        pool,
        by=by,
        procedure=procedure.slug,
        order=[str(dossier_id) for dossier_id in dossier_ids],
    )


@transaction.atomic
def prepare_admission(step_id: int, *, by: User, visible_at: dt.datetime | None = None) -> Publication:
    """Write the decision of each admissible candidate from the lists, and prepare their publication.

    Raises:
        NotAllowed: `by` does not preside the jury.
        ListsFrozen: the publication is prepared already.
        Refused: a mark is still missing.
    Rule: AST-16.
    """
    step = Step.objects.select_related("procedure").get(pk=step_id, kind=Step.Kind.ADMISSION)
    procedure = step.procedure
    require_role(by, procedure, PRESIDENT)
    pools = Pool.objects.filter(programme__procedure=procedure).order_by("pk")
    locked = list(pools.select_for_update(of=("self",)))
    _require_not_frozen(procedure)
    dossiers = list(admissible_dossiers(procedure).select_related("version").prefetch_related("marks"))
    _require_all_marked(dossiers)
    listed = set(ListEntry.objects.filter(pool__in=locked).values_list("dossier_id", flat=True))
    proven = with_title_accepted(dossiers)
    Decision.objects.filter(step=step).delete()
    Decision.objects.bulk_create(
        Decision(
            dossier=dossier,
            step=step,
            outcome=_outcome(dossier, listed, proven),
            decided_at=instant(),
            decided_by=by,
        )
        for dossier in dossiers
    )
    record("admission.decided", step, by=by, admitted=len(listed), refused=len(dossiers) - len(listed))
    return prepare_publication(step_id, by=by, visible_at=visible_at)


def admissible_dossiers(procedure: Procedure) -> Iterable[Dossier]:
    """The validated dossiers of `procedure` that the jury declared admissible, whether published or not."""
    admissible = Decision.objects.filter(
        step__procedure=procedure,
        step__kind=Step.Kind.ADMISSIBILITY,
        outcome=Decision.Outcome.ADMISSIBLE,
    )
    return Dossier.objects.filter(procedure=procedure, status=Status.VALIDATED, pk__in=admissible.values("dossier"))


def rankable_dossiers(pool: Pool) -> list[Dossier]:
    """Who may be on the list of `pool`: admissible there, all tests marked, none of them eliminatory.

    Best total of marks first, ties in the order of submission: a proposal, which the jury is free to change.
    Rules: AST-13, AST-15.
    """
    chosen = Choice.objects.filter(programme=pool.programme)
    candidates = (
        admissible_dossiers(pool.programme.procedure)
        .filter(track=pool.track, pk__in=chosen.values("dossier"))
        .select_related("version", "candidate")
        .prefetch_related("marks")
    )
    rankable = [dossier for dossier in candidates if not _unmarked(dossier) and not _eliminated(dossier)]
    return sorted(rankable, key=lambda dossier: (-total(dossier.marks.all()), dossier.submitted_at, dossier.pk))


def total(marks: Iterable[Mark]) -> float:
    """The sum of the marks given; an absence counts for nothing."""
    return float(sum(mark.value for mark in marks if mark.value is not None))


def _require_not_frozen(procedure: Procedure) -> None:
    if Publication.objects.filter(step__procedure=procedure, step__kind=Step.Kind.ADMISSION).exists():
        raise ListsFrozen(
            gettext(
                "La publication est préparée : les tableaux ne changent plus. Annulez-la d'abord, s'il est temps."
            )
        )


def _require_all_marked(dossiers: Iterable[Dossier]) -> None:
    missing = sorted(dossier.reference for dossier in dossiers if _unmarked(dossier))
    if missing:
        raise Refused(
            gettext("Il manque des notes pour %(count)d dossiers : %(references)s.")
            % {
                "count": len(missing),
                "references": ", ".join(missing[:10]) + (" …" if len(missing) > 10 else ""),
            }
        )


def _unmarked(dossier: Dossier) -> bool:
    marked = {mark.test for mark in dossier.marks.all()}
    return any(rule.code not in marked for rule in dossier.rules.tests)


def _eliminated(dossier: Dossier) -> bool:
    return is_eliminated(dossier.rules, dossier.marks.all())


def _outcome(dossier: Dossier, listed: set[UUID], proven: set[UUID]) -> str:
    if dossier.pk not in listed:
        return Decision.Outcome.REFUSED
    return Decision.Outcome.ADMITTED if dossier.pk in proven else Decision.Outcome.CONDITIONAL
