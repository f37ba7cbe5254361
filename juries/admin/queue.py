"""From one dossier to the next, in the list from which one came: its filters, its search, its order."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from applicants.models import Dossier

KEPT = "_changelist_filters"  # the name under which Django's lists hand over where one comes from


@dataclass(frozen=True)
class Queue:
    """The list around a dossier, as links."""

    came_by: str  # the query of the list
    count: int
    rank: int | None  # None once the dossier has left the list: what it waited for is done
    previous: UUID | None
    next: UUID | None

    @property
    def back(self) -> str:
        """The list as it was."""
        return f"{reverse('admin:applicants_dossier_changelist')}?{self.came_by}"

    @property
    def kept(self) -> str:
        """What every address of a dossier's page ends with, so that the list is not lost on the way."""
        return urlencode({KEPT: self.came_by}) if self.came_by else ""


def queue_around(dossier: Dossier, request: HttpRequest, desk: ModelAdmin[Any]) -> Queue:
    """The list of `desk` from which the person came to `dossier`; all dossiers, if from elsewhere."""
    came_by = request.GET.get(KEPT, "")
    rows = _rows(came_by, request, desk)
    keys = [key for key, _submitted_at in rows]
    if dossier.pk in keys:
        place = keys.index(dossier.pk)
        before, after = keys[:place], keys[place + 1 :]
        return Queue(came_by, len(keys), place + 1, before[-1] if before else None, after[0] if after else None)
    later = (key for key, submitted_at in rows if (submitted_at, key) > (dossier.submitted_at, dossier.pk))
    return Queue(came_by, len(keys), None, None, next(later, keys[0] if keys else None))


def listed(came_by: str, request: HttpRequest, desk: ModelAdmin[Any]) -> QuerySet[Any]:
    """All rows of the list of `desk` under that query, in its order; none under one that it does not know."""
    listing = copy(request)
    listing.GET = QueryDict(came_by)
    try:
        found: QuerySet[Any] = desk.get_changelist_instance(listing).queryset
    except IncorrectLookupParameters:
        return Dossier.objects.none()
    return found


def _rows(came_by: str, request: HttpRequest, desk: ModelAdmin[Any]) -> list[tuple[UUID, Any]]:
    return list(listed(came_by, request, desk).values_list("pk", "submitted_at"))
