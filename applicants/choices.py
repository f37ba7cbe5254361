"""Choices: the programmes that a dossier applies to, in the candidate's order of preference or side by side.

Rules: AST-03, AST-06, APP-02.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.editing import CHOICES, ChangedElsewhere, OrderIsFinal, require_editable
from applicants.fees import keep_fee_in_step
from applicants.models import Choice, Dossier, Status
from journal.errors import Refused
from journal.record import record
from programmes.eligibility import verdicts
from programmes.models import Programme
from programmes.rules import Order, Rules

Chosen = tuple[Programme, str]  # a programme, and the status under which it is asked for (blank: none, or not said)


class NotEligible(Refused):
    """A programme is not open to this title; the sentence is the verdict's."""


class WrongOrder(Refused):
    """The order names a programme twice, one that is not offered, or too many."""


@transaction.atomic
def rank_choices(
    dossier_id: UUID,
    programme_codes: Sequence[str],
    *,
    by: User,
    statuses: Mapping[str, str] | None = None,
    seen: str | None = None,
) -> list[Choice]:
    """Set the whole order of choices, best first; the fee follows the first. An empty order takes all choices away.

    Where the rules rank nothing, the order is that of the catalogue. `statuses` says under which status a programme
    is asked for, by its code; one that is not named keeps its own. `seen` are the choices that the page showed, as
    `as_kept` writes them; without it they are overwritten whatever they are.

    Raises:
        Dossier.DoesNotExist: not this person's dossier, and still a draft.
        OrderIsFinal: the dossier was submitted, whoever asks.
        Closed, NotEditable: the dossier is not open.
        WrongOrder, NotEligible: the order cannot be.
        ChangedElsewhere: they are not those `seen` any more.
        Committed: the first choice would change, and money is on its way to its school, or there.
    Rules: AST-03, AST-06, AST-10, APP-02, APP-03.
    """
    try:
        dossier = lock_own(dossier_id, by=by)
    except Dossier.DoesNotExist:
        _refuse_after_submission(dossier_id)
        raise
    require_editable(dossier, CHOICES)
    programmes = {programme.code: programme for programme in dossier.procedure.programmes.select_related("school")}
    _check_order(dossier, programme_codes, known=programmes)
    before = chosen_so_far(dossier)
    after = wanted_choices(dossier, programme_codes, statuses or {})
    if list(after.items()) == list(before.items()):
        return dossier.ranked_choices
    if seen is not None and seen != as_kept(before):
        raise ChangedElsewhere
    replace_choices(dossier, [(programmes[code], status) for code, status in after.items()], by=by)
    return dossier.ranked_choices


def replace_choices(dossier: Dossier, chosen: Iterable[Chosen], *, by: User | None) -> None:
    """Write a new order in an act that locked the draft, and let the fee follow.

    Raises:
        Committed: the first choice would change, and money is on its way to its school, or there.
    """
    ordered = list(chosen)
    if dossier.ranked_choices:
        dossier.choices.all().delete()
    dossier.ranked_choices = Choice.objects.bulk_create(
        Choice(dossier=dossier, programme=programme, rank=rank, status=status)
        for rank, (programme, status) in enumerate(ordered, start=1)
    )
    dossier.__dict__.pop("first_choice", None)
    keep_fee_in_step(dossier, by=by)
    record("dossier.choices_ranked", dossier, by=by, choices=[programme.code for programme, _ in ordered])


def chosen_so_far(dossier: Dossier) -> dict[str, str]:
    """The status of each programme chosen, in order, by its code."""
    return {choice.programme.code: choice.status for choice in dossier.ranked_choices}


def wanted_choices(dossier: Dossier, codes: Iterable[str], statuses: Mapping[str, str]) -> dict[str, str]:
    """As `chosen_so_far`, once these are chosen under these statuses; one that is not named keeps its own.

    Raises:
        WrongOrder: a programme is not studied under its status.
    """
    wanted = {**chosen_so_far(dossier), **statuses}
    return {code: status_of(dossier.rules, code, wanted) for code in in_order(dossier.rules, codes)}


def as_kept(statuses: Mapping[str, str]) -> str:
    """Choices as a page tells which it showed: « ales albi:student », from the status of each programme, in order."""
    return " ".join(f"{code}:{status}" if status else code for code, status in statuses.items())


def in_order(rules: Rules, codes: Iterable[str]) -> list[str]:
    """The codes of programmes as they are kept: as given where the candidate ranks, else as in the catalogue."""
    if rules.choices.order == Order.RANKED:
        return list(codes)
    wanted = set(codes)
    return [programme.code for programme in rules.programmes if programme.code in wanted]


def status_of(rules: Rules, code: str, wanted: Mapping[str, str]) -> str:
    """The status under which a programme is asked for; blank where nobody is asked, or the candidate has not said.

    Raises:
        WrongOrder: the programme is not studied under the status that `wanted` names.
    Rule: APP-02.
    """
    offered = [status.code for status in rules.statuses_of(code)]
    if len(offered) < 2:
        return offered[0] if offered else ""
    status = wanted.get(code, "")
    if status and status not in offered:
        raise WrongOrder(gettext("Cette formation ne se suit pas sous ce statut."))
    return status


def _refuse_after_submission(dossier_id: UUID) -> None:
    """The order is final for everybody, so that staff too are told why, and not that the dossier is another's."""
    submitted = Dossier.objects.filter(pk=dossier_id, status__in=[Status.SUBMITTED, Status.VALIDATED])
    found = submitted.first()
    if found is None:
        return
    if found.rules.choices.order == Order.RANKED:
        raise OrderIsFinal(
            gettext("Ce dossier est transmis : l’ordre de ses vœux est définitif, personne ne peut plus le modifier.")
        )
    raise OrderIsFinal(gettext("Ce dossier est transmis : les formations qu’il demande ne changent plus."))


def _check_order(dossier: Dossier, codes: Sequence[str], *, known: dict[str, Programme]) -> None:
    is_ranked = dossier.rules.choices.order == Order.RANKED
    if is_ranked and len(set(codes)) != len(codes):
        raise WrongOrder(gettext("Chaque école ne se classe qu’une fois."))
    if unknown := [code for code in codes if code not in known]:
        raise WrongOrder(gettext("La procédure ne propose pas « %(code)s ».") % {"code": unknown[0]})
    check_count(dossier.rules, len(set(codes)))
    found = verdicts(dossier.rules, dossier.title, dossier.speciality)
    for code in codes:
        if code in found and not found[code].open:
            raise NotEligible(found[code].reason)


def check_count(rules: Rules, count: int) -> None:
    """Raise `WrongOrder` if a dossier may not have as many choices."""
    limit = rules.choices.max_count
    if limit is None or count <= limit:
        return
    if rules.choices.order == Order.SINGLE:
        raise WrongOrder(gettext("Choisissez une seule formation."))
    if rules.choices.order == Order.UNRANKED:
        raise WrongOrder(gettext("Vous pouvez choisir %(limit)s formations au plus.") % {"limit": limit})
    raise WrongOrder(gettext("Vous pouvez classer %(limit)s vœux au plus.") % {"limit": limit})
