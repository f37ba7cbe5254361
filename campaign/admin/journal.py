"""The journal as the office reads it. The journal itself knows nothing of roles, so its list stands here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.models import Entry
from programmes.desk import DeskAdmin
from programmes.models import Role


class NamedEntries(ChangeList):
    """A page of entries whose authors are looked up at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        keys = {UUID(entry.actor) for entry in self.result_list if entry.actor}
        names = {str(user.pk): str(user) for user in User.objects.filter(pk__in=keys)}
        for entry in self.result_list:
            entry.actor_name = names.get(entry.actor, entry.actor)


@admin.register(Entry)
class EntryAdmin(DeskAdmin):
    """What happened, the latest first; the administrator sees what concerns no procedure too."""

    menu_name = _("Journal")
    list_display = ("happened_at", "event", "procedure", "who", "subject_type", "subject_id", "number")
    list_filter = ("procedure", "subject_type")
    search_fields = ("subject_id", "event", "actor")
    search_help_text = _("Un événement (dossier.submitted), ou la clé d’un objet ou d’un compte.")
    ordering = ("-happened_at",)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return NamedEntries

    @admin.display(description=_("auteur"))
    def who(self, entry: Entry) -> str:
        if entry.details.get("by_relative"):
            return gettext("un proche du candidat")
        return getattr(entry, "actor_name", entry.actor) or gettext("le portail")

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if isinstance(request.user, User) and request.user.is_superuser:
            return rows
        roles = Role.objects.filter(user=request.user.pk, kind__in=self.roles)
        return rows.filter(procedure__in=roles.values("procedure__slug"))
