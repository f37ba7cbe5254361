"""Seats moved: what the jury does with the seats that a track does not fill."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext, ngettext

from accounts.models import User
from journal.clock import instant
from journal.errors import Refused
from journal.record import record
from offers.allocation import Reply
from offers.models import Enrolment, Offer, SeatMove
from offers.standings import last_replies
from programmes.models import Pool, Procedure
from programmes.roles import OFFICE, PRESIDENT, require_role


class CannotMove(Refused):
    """These seats may not be moved, or not now."""


@transaction.atomic
def move_seats(
    source_id: int, target_id: int, count: int, *, reason: str, by: User, across_schools: bool = False
) -> SeatMove:
    """Move `count` unfilled seats from one pool to another, between two periods.

    Raises:
        NotAllowed: `by` neither presides the jury nor runs the office.
        CannotMove: a period is under way, the seats are held, the schools differ and the jury did not say so, or no
            reason is given.
    Rule: AST-21.
    """
    pools = {
        pool.pk: pool
        for pool in Pool.objects.select_for_update(of=("self",))
        .select_related("programme__procedure", "programme__school", "track")
        .filter(pk__in=[source_id, target_id])
        .order_by("pk")
    }
    source, target = pools[source_id], pools[target_id]
    procedure = source.programme.procedure
    require_role(by, procedure, PRESIDENT, OFFICE)
    if target.programme.procedure_id != procedure.pk or source == target:
        raise CannotMove(gettext("Choisissez deux filières différentes de la même procédure."))
    if not reason.strip():
        raise CannotMove(gettext("Indiquez le motif de ce report : il est conservé."))
    if procedure.periods.filter(opened_at__isnull=False, closed_at=None).exists():
        raise CannotMove(gettext("Une période est en cours. Les places se reportent entre deux périodes."))
    if source.programme.school_id != target.programme.school_id and not across_schools:
        raise CannotMove(gettext("Ces filières sont de deux écoles. Confirmez que le jury en a décidé ainsi."))
    free = source.capacity - held_seats(procedure).get(source.pk, 0)
    if not 1 <= count <= min(free, source.seats):
        raise CannotMove(
            ngettext(
                "Il reste %(free)d place non pourvue dans cette filière.",
                "Il reste %(free)d places non pourvues dans cette filière.",
                free,
            )
            % {"free": free}
        )
    _resize(source, -count)
    _resize(target, +count)
    move = SeatMove.objects.create(
        source=source, target=target, count=count, reason=reason.strip(), moved_at=instant(), moved_by=by
    )
    record("seats.moved", source, by=by, procedure=procedure.slug, target=target.pk, count=count)
    return move


def held_seats(procedure: Procedure) -> dict[int, int]:
    """How many seats of each pool are held between two periods: enrolled, or kept by a last OUI MAIS."""
    held: dict[int, int] = {}
    enrolled = Enrolment.objects.standing().filter(dossier__procedure=procedure)
    for pool_id in enrolled.values_list("pool_id", flat=True):
        held[pool_id] = held.get(pool_id, 0) + 1
    last = procedure.periods.filter(opened_at__isnull=False).order_by("-number").first()
    if last is None:
        return held
    replies = last_replies(last)
    keeping = [dossier for dossier, reply in replies.items() if reply == Reply.ACCEPT_BUT]
    kept = Offer.objects.filter(period=last, dossier__in=keeping).exclude(dossier__in=enrolled.values("dossier"))
    for pool_id in kept.values_list("pool_id", flat=True):
        held[pool_id] = held.get(pool_id, 0) + 1
    return held


def _resize(pool: Pool, by: int) -> None:
    pool.seats += by
    if pool.calls is not None:
        pool.calls += by
    pool.save(update_fields=["seats", "calls"])
