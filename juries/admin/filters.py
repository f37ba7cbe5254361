"""Filters of the verification queue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applicants.models import Choice, Dossier, Status
from payments.models import Charge
from programmes.desk import person, roles_held
from programmes.models import Track
from programmes.rules import Order

SETTLED = [Charge.State.SETTLED, Charge.State.WAIVED]
WAITS = {
    "examine": (_("des pièces à examiner"), Q(unreviewed__gt=0)),
    "message": (_("la lecture d’un message"), Q(has_message=True)),
    "candidate": (_("une réponse du candidat"), Q(is_asked=True)),
    "fee": (_("les frais"), ~Q(charge_state__in=SETTLED) | Q(charge_state=None)),
    "validation": (
        _("la validation"),
        Q(unreviewed=0, is_asked=False, charge_state__in=SETTLED, status=Status.SUBMITTED),
    ),
}


class Waits(admin.SimpleListFilter):
    """What a dossier waits for."""

    title = _("attente")
    parameter_name = "attend"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, label) for code, (label, _which) in WAITS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in WAITS:
            return queryset
        return queryset.filter(WAITS[str(self.value())][1])


class State(admin.SimpleListFilter):
    """Where a dossier is. Nobody here sees drafts, so they are not offered."""

    title = _("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(status.value, status.label) for status in Status if status != Status.DRAFT]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class ByTrack(admin.SimpleListFilter):
    """The route by which the candidates would enter."""

    title = _("filière")
    parameter_name = "filiere"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tracks = Track.objects.filter(procedure__in=roles_held(request).procedures)
        found = list({track.code: str(track) for track in tracks}.items())
        return found if len(found) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(track__code=self.value()) if self.value() else queryset


class ByProgramme(admin.SimpleListFilter):
    """A programme chosen, where each decides."""

    title = _("formation")
    parameter_name = "formation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        programmes = roles_held(request).deciding_programmes
        return list(programmes.items()) if len(programmes) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        chosen = Choice.objects.filter(programme__code=self.value())
        return queryset.filter(pk__in=chosen.values("dossier"))


class Early(admin.SimpleListFilter):
    """Those studied ahead of the others; offered where there are any."""

    title = _("étude anticipée")
    parameter_name = "anticipe"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        if not any(programme.takes_early for rules in roles_held(request).rules for programme in rules.programmes):
            return []
        seen = Dossier.objects.visible_to(person(request)).exclude(early_because="")
        return [("oui", _("oui")), ("non", _("non"))] if seen.exists() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "oui":
                return queryset.exclude(early_because="")
            case "non":
                return queryset.filter(early_because="")
        return queryset


class FirstChoice(admin.SimpleListFilter):
    """The school ranked first; offered to those who see more than one."""

    title = _("premier vœu")
    parameter_name = "ecole"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        held = roles_held(request)
        if all(one.choices.order != Order.RANKED for one in held.rules) or len(held.schools) < 2:
            return []
        return [(school.code, school.name) for school in held.schools]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        first = Choice.objects.filter(rank=1, programme__school__code=self.value())
        return queryset.filter(pk__in=first.values("dossier"))
