"""Which of the integration's pages a person finds in the menu: periods of offers, or places, as their procedures go."""

from __future__ import annotations

from django.http import HttpRequest

from programmes.desk import DeskAdmin, roles_held
from programmes.models import Procedure


class PeriodsDesk(DeskAdmin):
    """In the menu of those who work for a procedure whose places go by periods of offers."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        held = roles_held(request).procedures
        return super().has_module_permission(request) and not (held and all(map(confirms_places, held)))


class PlacesDesk(DeskAdmin):
    """In the menu of those who work for a procedure whose places are confirmed one by one."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and any(map(confirms_places, roles_held(request).procedures))


def confirms_places(procedure: Procedure) -> bool:
    """Whether the places of a procedure, read with its version, are confirmed one by one."""
    version = procedure.current_version
    return version is not None and version.rules.confirmation is not None
