"""Decisions of the admissibility jury: each validated dossier is declared admissible or not, with a reason
that is kept.

A decision is the jury's alone until the publication instant of its step. The jury may change its mind as long
as the publication is not prepared.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_for_staff, require_role_on
from applicants.models import Dossier, Status
from journal.errors import Refused
from journal.record import record
from juries.models import Decision
from juries.steps import hold_unfrozen
from programmes.models import Procedure, Step
from programmes.roles import JURY, PRESIDENT
from programmes.typed import LONGEST_EXPLANATION, reason_typed

JUDGES = (JURY, PRESIDENT)


class NotJudgeable(Refused):
    """The dossier is not before the jury, or the decision lacks its reason."""


@transaction.atomic
def decide_admissibility(dossier_id: UUID, *, admissible: bool, reason: str = "", by: User) -> Decision:
    """Declare a validated dossier admissible, or not (then with a reason); replaces what was decided before.

    Raises:
        Dossier.DoesNotExist: no dossier that `by` may see.
        NotAllowed: `by` does not sit on the jury.
        NotJudgeable: the dossier is not validated, or a refusal has no reason.
        Frozen: the publication is prepared.
    Rule: AST-13.
    """
    dossier, held = lock_for_staff(Dossier.objects.filter(pk=dossier_id), by=by)
    require_role_on(dossier, held, *JUDGES, shows=not dossier.procedure.judges_by_programme)
    step = hold_unfrozen(dossier.procedure, Step.Kind.ADMISSIBILITY)
    if step is None or dossier.status != Status.VALIDATED:
        raise NotJudgeable(
            gettext("Le dossier %(reference)s n’est pas validé : le jury ne peut pas encore en décider.")
            % {"reference": dossier.reference}
        )
    reason = reason_typed(reason, at_most=LONGEST_EXPLANATION)
    if not admissible and not reason:
        raise NotJudgeable(gettext("Indiquez pourquoi le dossier n’est pas admissible : le motif est conservé."))
    before = Decision.objects.filter(dossier=dossier, choice=None, step=step).first()
    decision = before or Decision(dossier=dossier, step=step)
    decision.outcome = Decision.Outcome.ADMISSIBLE if admissible else Decision.Outcome.NOT_ADMISSIBLE
    decision.reason = reason
    decision.decided_at, decision.decided_by = dossier.procedure.now(), by
    decision.save()
    record("decision.taken", dossier, by=by, step=step.code, outcome=decision.outcome)
    return decision


def admissible_dossiers(procedure: Procedure) -> QuerySet[Dossier]:
    """The validated dossiers of `procedure` that the jury declared admissible, be it public or not."""
    admissible = Decision.objects.filter(
        step__procedure=procedure, step__kind=Step.Kind.ADMISSIBILITY, outcome=Decision.Outcome.ADMISSIBLE
    )
    return Dossier.objects.filter(procedure=procedure, status=Status.VALIDATED, pk__in=admissible.values("dossier"))
