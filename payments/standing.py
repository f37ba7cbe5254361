"""Standing: how far a charge is settled, as payer and staff look at it."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from django.utils.translation import gettext

from payments import charges
from payments.models import Charge, Exemption


class Standing(enum.StrEnum):
    """Between owed and done there is what has been announced, and waits for staff."""

    DUE = "due"
    ANNOUNCED = "announced"  # money is on its way
    EXEMPTION_ASKED = "exemption_asked"
    SETTLED = "settled"
    WAIVED = "waived"


def standing_of(charge: Charge | None) -> Standing:
    """How far `charge` is settled; one not opened yet is due."""
    if charge is None or charge.state != Charge.State.DUE:
        return standing_from(charge)
    is_announced = charges.announced_payment(charge) is not None
    return standing_from(charge, is_announced=is_announced, request=charges.request_on(charge))


def standing_from(charge: Charge | None, *, is_announced: bool = False, request: Exemption | None = None) -> Standing:
    """The same, from what has been read already: a declared transfer, a request for exemption."""
    if charge is None or charge.state == Charge.State.CANCELLED:
        return Standing.DUE
    if charge.state == Charge.State.SETTLED:
        return Standing.SETTLED
    if charge.state == Charge.State.WAIVED:
        return Standing.WAIVED
    if is_announced:
        return Standing.ANNOUNCED
    asked = request is not None and request.state == Exemption.State.ASKED
    return Standing.EXEMPTION_ASKED if asked else Standing.DUE


def standing_as_read(charge: Charge) -> Standing:
    """The same, of a charge that was read `with_announcement`, and with its exemption."""
    is_announced = getattr(charge, "declared_on", None) is not None
    return standing_from(charge, is_announced=is_announced, request=getattr(charge, "exemption", None))


def worst(standings: Iterable[Standing]) -> Standing:
    """How far several charges are settled together: as far as the one that is furthest from it; none at all is due."""
    order = list(Standing)
    return min(standings, key=order.index, default=Standing.DUE)


def in_words(standing: Standing) -> str:
    """How far a charge is settled, in the reader's language."""
    return {
        Standing.DUE: gettext("à régler"),
        Standing.ANNOUNCED: gettext("virement annoncé"),
        Standing.EXEMPTION_ASKED: gettext("exonération demandée"),
        Standing.SETTLED: gettext("réglé"),
        Standing.WAIVED: gettext("exonéré"),
    }[standing]
