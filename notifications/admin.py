"""The mails of a procedure as its office reads them: what left, what did not, and in which words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from notifications.kinds import KINDS, in_words
from notifications.models import Mail
from notifications.outbox import send_again
from notifications.rendering import render
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Role


class Kind(admin.SimpleListFilter):
    """What mails are about."""

    title = _("sujet")
    parameter_name = "sujet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        written = model_admin.get_queryset(request).order_by().values_list("kind", flat=True).distinct()
        return [(kind, words) for kind, words in KINDS.items() if kind in set(written)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Mail)
class MailAdmin(DeskAdmin):
    """Mails, the latest first. The contents of a secret one are its reader's alone."""

    change_form_template = "admin/notifications/mail/change_form.html"
    list_display = ("queued_at", "about", "address", "state", "sent_at", "procedure")
    list_display_links = ("queued_at", "about")
    list_filter = ("state", "procedure", Kind)
    list_select_related = ("procedure",)
    search_fields = ("address",)
    search_help_text = _("Une adresse")
    fields = ("about", "address", "procedure", "written_in", "state", "queued_at", "sent_at", "attempts", "failure")

    @admin.display(description=_("sujet"), ordering="kind")
    def about(self, mail: Mail) -> str:
        """Its kind, in words."""
        return in_words(mail.kind)

    @admin.display(description=_("langue"))
    def written_in(self, mail: Mail) -> str:
        """The language, by its own name."""
        return str(get_language_info(mail.language)["name_local"])

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        user = person(request)
        if user.is_superuser:
            return rows
        roles = Role.objects.filter(user=user, kind__in=self.roles)
        return rows.filter(procedure__in=roles.values("procedure"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A mail with its words."""
        mail = self.get_object(request, object_id)
        shown = {"rendered": render(mail)} if mail is not None and not mail.is_secret else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | shown)

    def get_urls(self) -> list[URLPattern]:
        return [self.below("<uuid:mail_id>/renvoyer/", self.again, "notifications_mail_again"), *super().get_urls()]

    def again(self, request: HttpRequest, mail_id: UUID) -> HttpResponse:
        """Send a mail again that was not delivered, by POST from its page."""
        if request.method != "POST" or not self.get_queryset(request).filter(pk=mail_id).exists():
            raise Http404
        attempt(request, lambda: send_again(mail_id, by=person(request)), gettext("Le courriel repart."))
        return redirect("admin:notifications_mail_change", mail_id)
