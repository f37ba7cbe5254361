"""The portal's home: the procedures one can apply to, and one's own dossiers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applicants.models import Dossier
from programmes.models import Procedure


@dataclass(frozen=True)
class Entry:
    """A procedure as the home lists it, with the reader's own dossier in it."""

    procedure: Procedure
    dossier: Dossier | None

    @property
    def opens_at(self) -> dt.datetime | None:
        """When applications open, if that is still to come."""
        window = self.procedure.calendar.get("applications")
        begins = window.starts_at if window else None
        return begins if begins and begins > self.procedure.now() else None

    @property
    def closes_at(self) -> dt.datetime | None:
        """When applications close, if they are open."""
        window = self.procedure.calendar.get("applications")
        return window.ends_at if window and window.contains(self.procedure.now()) else None


def home(request: HttpRequest) -> HttpResponse:
    """Every procedure on show, those that can be applied to first."""
    procedures = Procedure.objects.on_show(request.user).prefetch_related("calendar_entries", "participations__school")
    own = _own_dossiers(request)
    entries = [Entry(procedure, own.get(procedure.pk)) for procedure in procedures]
    entries.sort(key=lambda entry: (entry.closes_at is None, entry.opens_at is None))
    return render(request, "campaign/home.html", {"entries": entries})


def _own_dossiers(request: HttpRequest) -> dict[int, Dossier]:
    if not request.user.is_authenticated:
        return {}
    return {dossier.procedure_id: dossier for dossier in Dossier.objects.owned_by(request.user)}
