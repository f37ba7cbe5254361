"""Marks: what is recorded after a test, and whom it eliminates.

Marks are entered for candidates declared admissible, until the publication of the admission is prepared.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_for_staff, require_role_on
from applicants.models import Dossier, Status
from journal.errors import Refused
from journal.record import record
from juries.models import Decision, Mark
from juries.steps import hold_unfrozen
from programmes.models import Step
from programmes.roles import JURY, OFFICE, PRESIDENT
from programmes.rules import Rules, TestRule
from programmes.typed import reason_typed

MARKERS = (JURY, PRESIDENT, OFFICE)


class NotMarkable(Refused):
    """This candidate or this value cannot be marked; the sentence says why."""


class Given(Protocol):
    """What the rules need to know of a mark: which test, and its value or the absence."""

    test: str
    value: Decimal | None
    is_absent: bool

    @property
    def is_excused(self) -> bool:
        """Whether the absence is excused."""


def is_eliminated(rules: Rules, marks: Iterable[Given]) -> bool:
    """Whether one of `marks` eliminates: at or below the test's threshold, or an absence that is not excused.

    Rules: AST-15, ALL-07.
    """
    given = {mark.test: mark for mark in marks}
    return any(rule.code in given and eliminates(rule, given[rule.code]) for rule in rules.marked_tests)


def eliminates(rule: TestRule, mark: Given) -> bool:
    """Whether `mark`, given in the test of `rule`, eliminates. Without a threshold only the marks' sum
    counts.
    """
    if rule.eliminatory is None:
        return False
    if mark.is_absent or mark.value is None:
        return not mark.is_excused
    return mark.value <= rule.eliminatory


@transaction.atomic
def record_mark(dossier_id: UUID, test: str, *, value: Decimal | None, absent: bool = False, by: User) -> Mark | None:
    """Record a mark, or an absence, in place of what was recorded before; neither takes it back (and returns
    None).

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` is neither of the jury nor of the office.
        NotMarkable: the candidate is not admissible, or the value is outside the scale.
        Frozen: the publication of the admission is prepared.
    Rule: AST-15.
    """
    dossier = _lock(dossier_id, by=by)
    hold_unfrozen(dossier.procedure, Step.Kind.ADMISSION)
    _require_markable(dossier, test, value, absent)
    record("mark.recorded", dossier, by=by, test=test, value=None if value is None else str(value), absent=absent)
    if value is None and not absent:
        Mark.objects.filter(dossier=dossier, test=test).delete()
        return None
    now = dossier.procedure.now()
    mark = Mark(dossier=dossier, test=test, value=value, is_absent=absent, recorded_at=now, recorded_by=by)
    Mark.objects.bulk_create(
        [mark],
        update_conflicts=True,
        unique_fields=["dossier", "test"],
        update_fields=["value", "is_absent", "excuse", "recorded_at", "recorded_by"],
    )
    return mark


@transaction.atomic
def excuse_absence(dossier_id: UUID, test: str, *, reason: str, by: User) -> Mark:
    """Excuse an absence, which then eliminates nobody; without a reason, excuse it no longer.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` is neither of the jury nor of the office.
        NotMarkable: no absence is recorded in this test.
        Frozen: the publication of the admission is prepared.
    Rules: AST-15, ALL-07.
    """
    dossier = _lock(dossier_id, by=by)
    hold_unfrozen(dossier.procedure, Step.Kind.ADMISSION)
    mark = Mark.objects.filter(dossier=dossier, test=test, is_absent=True).first()
    if mark is None:
        raise NotMarkable(gettext("Notez d’abord l’absence : il n’y en a pas à excuser dans cette épreuve."))
    mark.excuse = reason_typed(reason)
    mark.save(update_fields=["excuse"])
    record("absence.excused", dossier, by=by, test=test, excused=mark.is_excused)
    return mark


def _lock(dossier_id: UUID, *, by: User) -> Dossier:
    """The dossier, locked, for whoever may mark it."""
    dossier, held = lock_for_staff(Dossier.objects.filter(pk=dossier_id), by=by)
    require_role_on(dossier, held, *MARKERS, shows=not dossier.procedure.judges_by_programme)
    return dossier


def _require_markable(dossier: Dossier, test: str, value: Decimal | None, absent: bool) -> None:
    rule = next((rule for rule in dossier.rules.marked_tests if rule.code == test), None)
    if rule is None:
        raise NotMarkable(gettext("Cette épreuve n’existe pas dans la procédure."))
    admissible = Decision.objects.published(dossier.procedure).filter(
        dossier=dossier, step__kind=Step.Kind.ADMISSIBILITY, outcome=Decision.Outcome.ADMISSIBLE
    )
    if dossier.status != Status.VALIDATED or not admissible.exists():
        raise NotMarkable(
            gettext("Le dossier %(reference)s n’est pas admissible : il ne peut pas être noté.")
            % {"reference": dossier.reference}
        )
    if value is not None and absent:
        raise NotMarkable(gettext("Indiquez une note ou une absence, pas les deux."))
    if value is not None and not _is_on_scale(value, rule.out_of):
        raise NotMarkable(
            gettext("Une note va de 0 à %(out_of)s, avec deux décimales au plus.") % {"out_of": rule.out_of}
        )


def _is_on_scale(value: Decimal, out_of: Decimal) -> bool:
    if not value.is_finite() or not 0 <= value <= out_of:
        return False
    return value == value.quantize(Decimal("0.01"))
