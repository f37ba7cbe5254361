"""Choices: the programmes that a dossier applies to, in the candidate's order of preference. Rules: AST-03, AST-06."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.editing import CHOICES, OrderIsFinal, require_editable
from applicants.fees import keep_fee_in_step
from applicants.models import Choice, Dossier, Status
from journal.errors import Refused
from journal.record import record
from programmes.eligibility import verdicts
from programmes.models import Programme


class NotEligible(Refused):
    """A programme is not open to this title; the sentence is the verdict's."""


class WrongOrder(Refused):
    """The order names a programme twice, one that is not offered, or too many."""


@transaction.atomic
def rank_choices(dossier_id: UUID, programme_codes: Sequence[str], *, by: User) -> list[Choice]:
    """Set the whole order of choices, best first; the fee follows the first. An empty order takes all choices away.

    Raises:
        Dossier.DoesNotExist: not this person's dossier, and still a draft.
        OrderIsFinal: the dossier was submitted, whoever asks.
        Closed, NotEditable: the dossier is not open.
        WrongOrder, NotEligible: the order cannot be.
        Committed: the first choice would change, and money is on its way to its school, or there.
    Rules: AST-03, AST-06, AST-10.
    """
    _refuse_after_submission(dossier_id)
    dossier = lock_own(dossier_id, by=by)
    require_editable(dossier, CHOICES)
    programmes = {programme.code: programme for programme in dossier.procedure.programmes.select_related("school")}
    _check_order(dossier, programme_codes, known=programmes)
    if list(dossier.choices.order_by("rank").values_list("programme__code", flat=True)) == list(programme_codes):
        return dossier.ranked_choices
    replace_choices(dossier, [programmes[code] for code in programme_codes], by=by)
    return dossier.ranked_choices


def replace_choices(dossier: Dossier, programmes: Iterable[Programme], *, by: User | None) -> None:
    """Write a new order in an act that locked the draft, and let the fee follow.

    Raises:
        Committed: the first choice would change, and money is on its way to its school, or there.
    """
    ordered = list(programmes)
    dossier.choices.all().delete()
    Choice.objects.bulk_create(
        Choice(dossier=dossier, programme=programme, rank=rank) for rank, programme in enumerate(ordered, start=1)
    )
    for stale in ("ranked_choices", "first_choice"):
        dossier.__dict__.pop(stale, None)
    keep_fee_in_step(dossier, by=by)
    record("dossier.choices_ranked", dossier, by=by, choices=[programme.code for programme in ordered])


def _refuse_after_submission(dossier_id: UUID) -> None:
    """The order is final for everybody, so that staff too are told why, and not that the dossier is another's."""
    if Dossier.objects.filter(pk=dossier_id, status__in=[Status.SUBMITTED, Status.VALIDATED]).exists():
        raise OrderIsFinal(
            gettext("Ce dossier est transmis : l’ordre de ses vœux est définitif, personne ne peut plus le modifier.")
        )


def _check_order(dossier: Dossier, codes: Sequence[str], *, known: dict[str, Programme]) -> None:
    if len(set(codes)) != len(codes):
        raise WrongOrder(gettext("Chaque école ne se classe qu’une fois."))
    if unknown := [code for code in codes if code not in known]:
        raise WrongOrder(gettext("La procédure ne propose pas « %(code)s ».") % {"code": unknown[0]})
    limit = dossier.rules.choices.max_count
    if limit is not None and len(codes) > limit:
        raise WrongOrder(gettext("Vous pouvez classer %(limit)s vœux au plus.") % {"limit": limit})
    found = verdicts(dossier.rules, dossier.title, dossier.speciality)
    for code in codes:
        if code in found and not found[code].open:
            raise NotEligible(found[code].reason)
