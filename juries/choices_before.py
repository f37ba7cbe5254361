"""The choices before a step, where each programme decides: which have come so far, and taking hold of one in an act."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_where, require_role_on
from applicants.fees import left_unstudied
from applicants.models import Choice, Dossier, Status
from journal.errors import Refused
from juries.models import Decision
from juries.steps import raise_frozen
from programmes.models import Procedure, Step
from programmes.roles import HeldRoles, roles_now


class NotBefore(Refused):
    """The choice is not, or no longer, before this step."""


def choices_before(step: Step) -> QuerySet[Choice]:
    """The choices that have come as far as `step`: of validated dossiers, and let pass by every step before it.

    A dossier whose additional fee was not paid by its date is not studied. Rule: APP-12.
    """
    procedure = step.procedure
    choices = Choice.objects.filter(programme__procedure=procedure, dossier__status=Status.VALIDATED)
    choices = choices.exclude(dossier__in=left_unstudied(procedure))
    favourable = Decision.objects.published(procedure).filter(
        outcome=Decision.Outcome.ADMISSIBLE, choice=OuterRef("pk")
    )
    for earlier in procedure.steps_in_order:
        if earlier.kind == Step.Kind.ADMISSIBILITY and earlier.position < step.position:
            choices = choices.filter(Exists(favourable.filter(step=earlier)))
    return choices


def hold_step(step_id: int, procedure: Procedure) -> Step:
    """Lock a step of `procedure` for this transaction, so that ranks and turns stay what they are.

    Raises:
        Step.DoesNotExist: the procedure has no such step.
    """
    return procedure.steps.select_for_update(no_key=True).get(pk=step_id)


def lock_choice(choice_id: int, step_id: int, *, by: User) -> tuple[Choice, Step, HeldRoles]:
    """As `lock_chosen_for_staff`, and a step of the procedure, locked too.

    Raises:
        Choice.DoesNotExist, Step.DoesNotExist: no such choice that staff may see, or no such step.
    """
    choice, held = lock_chosen_for_staff(choice_id, by=by)
    return choice, hold_step(step_id, choice.dossier.procedure), held


def lock_chosen_for_staff(choice_id: int, *, by: User) -> tuple[Choice, HeldRoles]:
    """A choice, its dossier locked, for an act of staff; and the roles that `by` then holds.

    The act asks for its right next (`require_role_for`).

    Raises:
        Choice.DoesNotExist: there is none, or it is a draft's, which no staff may see.
    """
    return lock_chosen(choice_id, among=Dossier.objects.in_view()), roles_now(by)


def lock_chosen(choice_id: int, *, among: QuerySet[Dossier]) -> Choice:
    """A choice with its programme and school, its dossier locked.

    Raises:
        Choice.DoesNotExist: no choice of one of these dossiers.
    """
    dossier = lock_where(among.filter(choices=choice_id))
    choice = next((one for one in dossier.ranked_choices if one.pk == choice_id), None) if dossier else None
    if choice is None:
        raise Choice.DoesNotExist
    return choice


def require_role_for(choice: Choice, held: HeldRoles, *kinds: str) -> None:
    """Ask for a role of one of `kinds` in the programme of a choice that is locked for staff.

    Raises:
        Choice.DoesNotExist: the roles do not show the dossier.
        NotAllowed: they show it, and none is such a one.
    """
    dossier = choice.dossier
    shows = dossier.procedure.judges_by_programme and dossier.validated_at is not None
    try:
        require_role_on(dossier, held, *kinds, programme=choice.programme, shows=shows)
    except Dossier.DoesNotExist as unseen:
        raise Choice.DoesNotExist from unseen


def require_before(choice: Choice, step: Step) -> None:
    """Raise `NotBefore` unless the choice has come as far as `step`."""
    if not choices_before(step).filter(pk=choice.pk).exists():
        raise NotBefore(
            gettext("La candidature %(reference)s n’est pas devant cette étape : rien ne peut en être décidé.")
            % {"reference": choice.dossier.reference}
        )


def require_nothing_published_after(step: Step, choice: Choice) -> None:
    """Raise `Frozen` if a decision on the choice at a step after `step` is published, or about to be."""
    decisions = Decision.objects.filter(choice=choice, step__position__gt=step.position, publication__isnull=False)
    decision = decisions.select_related("publication", "step__procedure").order_by("step__position").first()
    if decision is not None and decision.publication is not None:
        raise_frozen(decision.publication, decision.step)
