"""Seats moved: what the jury does with the seats that a track does not fill."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext, ngettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from offers.models import SeatMove
from offers.periods import results_are_public
from offers.standings import lock_market, read_market
from programmes.models import Pool, Procedure
from programmes.roles import OFFICE, PRESIDENT, require_role
from programmes.typed import reason_typed

MOVERS = (PRESIDENT, OFFICE)


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
    procedure = Procedure.objects.get(programmes__pools=source_id)
    require_role(by, procedure, *MOVERS)
    periods = procedure.periods.select_for_update(of=("self",), no_key=True)  # none opens or closes meanwhile
    is_under_way = any(period.opened_at and not period.closed_at for period in periods.order_by("pk"))
    market = lock_market(procedure)
    source, target = market.pools[source_id], market.pools.get(target_id)
    if target is None or source == target:
        raise CannotMove(gettext("Choisissez deux filières différentes de la même procédure."))
    if is_under_way:
        raise CannotMove(gettext("Une période est en cours. Les places se reportent entre deux périodes."))
    if source.programme.school_id != target.programme.school_id and not across_schools:
        raise CannotMove(gettext("Ces filières sont de deux écoles. Confirmez que le jury en a décidé ainsi."))
    reason = reason_typed(reason)
    if not reason:
        raise CannotMove(gettext("Indiquez le motif de ce report : il est conservé."))
    _require_unfilled(source, count, market.held[source.pk])
    _resize(source, -count)
    _resize(target, +count)
    move = SeatMove.objects.create(
        source=source, target=target, count=count, reason=reason, moved_at=procedure.now(), moved_by=by
    )
    record("seats.moved", procedure, by=by, source=source.pk, target=target.pk, count=count)
    return move


def held_seats(procedure: Procedure) -> dict[int, int]:
    """How many seats of each pool are held between two periods: taken for good, or kept by a last OUI MAIS."""
    return dict(read_market(procedure).held)


def pools_as_announced(procedure: Procedure) -> list[Pool]:
    """The pools of `procedure` with the seats that anyone may know of.

    What the jury moves says how it judged: it shows once the results of the admission are public. Not to be saved.
    """
    pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme__school", "track").in_bulk()
    if not results_are_public(procedure):
        for move in SeatMove.objects.filter(source__in=pools):
            pools[move.source_id].seats += move.count
            pools[move.target_id].seats -= move.count
    return list(pools.values())


def _require_unfilled(source: Pool, count: int, held: int) -> None:
    free = max(min(source.seats, source.capacity - held), 0)
    if not 1 <= count <= free:
        raise CannotMove(
            ngettext(
                "Il y a %(free)d place non pourvue dans cette filière : indiquez un nombre de 1 à %(free)d.",
                "Il y a %(free)d places non pourvues dans cette filière : indiquez un nombre de 1 à %(free)d.",
                free,
            )
            % {"free": free}
            if free
            else gettext("Toutes les places de cette filière sont gardées par des candidats.")
        )


def _resize(pool: Pool, by: int) -> None:
    pool.seats += by
    if pool.calls is not None:
        pool.calls += by
    pool.save(update_fields=["seats", "calls"])
