"""Which of the integration's pages a person finds in the menu: periods of offers, or places, as their procedures go."""

from __future__ import annotations

from programmes.desk import DeskAdmin
from programmes.models import Procedure
from programmes.roles import HeldRoles


class PeriodsDesk(DeskAdmin):
    """In the menu of those who work for a procedure whose places go by periods of offers."""

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        return not confirms_places(procedure)


class PlacesDesk(DeskAdmin):
    """In the menu of those who work for a procedure whose places are confirmed one by one."""

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        return confirms_places(procedure)


def confirms_places(procedure: Procedure) -> bool:
    """Whether the places of a procedure are confirmed one by one."""
    rules = procedure.rules
    return rules is not None and rules.confirmation is not None
