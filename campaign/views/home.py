"""The portal's home: the procedures one can apply to, and one's own dossiers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from applicants.editing import APPLICATIONS, applications_of
from applicants.models import Dossier
from campaign.demonstration.wishes import is_ready
from notifications.models import Mail
from programmes.models import Procedure
from programmes.rules import FeeRule


@dataclass(frozen=True)
class Entry:
    """A procedure as the home lists it, with the reader's own dossier in it."""

    procedure: Procedure
    dossier: Dossier | None

    @property
    def opens_at(self) -> dt.datetime | None:
        """When applications open, if that is still to come."""
        window = self.procedure.calendar.get(APPLICATIONS)
        begins = window.starts_at if window else None
        return begins if begins and begins > self.procedure.now() else None

    @property
    def closes_at(self) -> dt.datetime | None:
        """When applications close, if they are open: for one's own dossier, be it later than for others."""
        window = applications_of(self.dossier) if self.dossier else self.procedure.calendar.get(APPLICATIONS)
        return window.ends_at if window and window.contains(self.procedure.now()) else None

    @property
    def is_ahead(self) -> bool:
        """Whether one may still begin to apply, now or later."""
        return self.dossier is None and bool(self.closes_at or self.opens_at)

    @property
    def fee(self) -> FeeRule | None:
        """What applying costs."""
        rules = self.procedure.rules
        return rules.fee if rules else None


def home(request: HttpRequest) -> HttpResponse:
    """Every procedure on show, those that can be applied to first; a demonstration that is not ready says so."""
    if settings.DEMO and not is_ready():
        return redirect("campaign:progress")
    own = _own_dossiers(request)
    listed = Q(pk__in=Procedure.objects.on_show(request.user).values("pk")) | Q(pk__in=own)
    procedures = Procedure.objects.filter(listed).prefetch_related("participations__school")
    entries = [_entry(procedure, own.get(procedure.pk)) for procedure in procedures]
    entries.sort(key=lambda entry: (entry.closes_at is None, entry.opens_at is None))
    return render(request, "campaign/home.html", {"entries": entries, "not_delivered": _not_delivered(request)})


def _entry(procedure: Procedure, dossier: Dossier | None) -> Entry:
    if dossier is not None:
        dossier.procedure = procedure  # read already
    return Entry(procedure, dossier)


def _not_delivered(request: HttpRequest) -> Mail | None:
    return Mail.objects.last_not_delivered(request.user) if isinstance(request.user, User) else None


def _own_dossiers(request: HttpRequest) -> dict[int, Dossier]:
    if not request.user.is_authenticated:
        return {}
    return {dossier.procedure_id: dossier for dossier in Dossier.objects.owned_by(request.user)}
