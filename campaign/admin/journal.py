"""The journal as the office reads it. The journal itself knows nothing of roles, so its list stands here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applicants.models import Dossier
from campaign.admin.events import in_words
from journal.models import Entry
from programmes.desk import DeskAdmin, roles_held
from programmes.models import Role

DOSSIER = Dossier._meta.label_lower


class NamedEntries(ChangeList):
    """A page of entries whose authors and dossiers are looked up at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        name(self.result_list, roles_held(request).user)


class Subject(admin.SimpleListFilter):
    """On what kind of thing something was done."""

    title = _("objet")
    parameter_name = "objet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = model_admin.get_queryset(request).order_by().values_list("subject_type", flat=True).distinct()
        return sorted(((kind, kind_in_words(kind)) for kind in found), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(DeskAdmin):
    """What happened, the latest first; the administrator sees what concerns no procedure too."""

    menu_name = _("Journal")
    list_display = ("happened_at", "what", "who", "on_what", "procedure", "number")
    list_filter = (Subject,)
    search_fields = ("subject_id", "event", "actor")
    search_help_text = _("Le code d’un événement, la clé d’un objet ou d’un compte")
    ordering = ("-happened_at",)
    fields = (
        "happened_at", "procedure_time", "what", "code", "who", "on_what", "key", "procedure", "details", "number",
    )  # fmt: skip

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return NamedEntries

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            name([entry], roles_held(request).user)
        return entry

    def heading(self, obj: Entry) -> str:
        return capfirst(in_words(obj.event))

    @admin.display(description=_("événement"), ordering="event")
    def what(self, entry: Entry) -> str:
        return in_words(entry.event)

    @admin.display(description=_("code"))
    def code(self, entry: Entry) -> str:
        return entry.event

    @admin.display(description=_("clé"))
    def key(self, entry: Entry) -> str:
        return entry.subject_id

    @admin.display(description=_("auteur"))
    def who(self, entry: Any) -> str:
        if entry.details.get("by_relative"):
            return gettext("un proche du candidat")
        return str(entry.actor_name or gettext("le portail"))

    @admin.display(description=_("objet"))
    def on_what(self, entry: Any) -> str:
        words = kind_in_words(entry.subject_type)
        if not entry.may_open:
            return f"{words} {entry.reference}".strip()
        address = reverse("admin:applicants_dossier_change", args=[entry.subject_id])
        return format_html('{} <a href="{}" class="nowrap">{}</a>', words, address, entry.reference)

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if isinstance(request.user, User) and request.user.is_superuser:
            return rows
        roles = Role.objects.filter(user=request.user.pk, kind__in=self.roles)
        return rows.filter(procedure__in=roles.values("procedure__slug"))


def name(entries: Iterable[Any], reader: User) -> None:
    """Look up what entries hold the keys of: their authors' names, the references of their dossiers.

    `reader` can open the dossiers that staff see, which drafts are not.
    """
    entries = list(entries)
    authors = User.objects.in_bulk({UUID(entry.actor) for entry in entries if entry.actor})
    names = {str(key): str(user) for key, user in authors.items()}
    keys = {UUID(entry.subject_id) for entry in entries if entry.subject_type == DOSSIER}
    dossiers = Dossier.objects.filter(pk__in=keys)
    opened = Exists(Dossier.objects.visible_to(reader).filter(pk=OuterRef("pk")))
    found = dossiers.annotate(may_open=opened).values_list("pk", "reference", "may_open")
    known = {str(pk): (reference, may_open) for pk, reference, may_open in found}
    for entry in entries:
        entry.actor_name = names.get(entry.actor, entry.actor)
        entry.reference, entry.may_open = known.get(entry.subject_id, ("", False))


def kind_in_words(label: str) -> str:
    """A kind of object by its name: « pièce » for documents.supportingdocument."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):  # the model was renamed since
        return label
