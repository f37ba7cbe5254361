"""The staff's side of the conversations with candidates: all messages, and those of one dossier. Rule: APP-16."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Count, Min, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applicants.conversation import (
    conversation_in,
    conversations_of,
    leave_unread,
    may_write,
    open_attachment,
    read_as_staff,
    write_to_candidate,
)
from applicants.forms.messages import MessageForm
from applicants.models import Dossier, Message, Status
from documents.models import SupportingDocument
from documents.serving import paper_response
from journal.errors import Refused
from juries.admin.wording import state_tag
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Procedure, Role
from programmes.roles import OFFICE, VERIFIER, HeldRoles
from programmes.waiting import Waiting, tells_what_waits


class Reading(admin.SimpleListFilter):
    """Who has not read it yet."""

    title = _("lecture")
    parameter_name = "lecture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nous", _("à lire par nous")), ("candidat", _("pas encore lu par le candidat"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        unread = {"nous": True, "candidat": False}
        if self.value() not in unread:
            return queryset
        return queryset.filter(read_at=None, by_candidate=unread[str(self.value())])


@admin.register(Message)
class MessageAdmin(DeskAdmin):
    """What candidates wrote and were written, the latest first."""

    roles = (Role.Kind.OFFICE, Role.Kind.VERIFIER, Role.Kind.JURY, Role.Kind.PRESIDENT)
    list_display = ("who", "beginning", "sent", "reading")
    list_display_links = ("who",)
    list_filter = (Reading, "dossier__procedure")
    list_select_related = ("dossier__candidate__user", "author")
    search_fields = ("dossier__reference", "dossier__candidate__folded_name")
    search_help_text = _("Un nom ou une référence")
    ordering = ("-sent_at", "-pk")

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(dossier__in=conversations_of(person(request)).values("pk"))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.below("dossier/<uuid:dossier_id>/", self.conversation, "juries_conversation"),
            self.below("dossier/<uuid:dossier_id>/fichier/<uuid:document_id>/", self.attachment, "juries_attachment"),
        ]
        return own + super().get_urls()

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        """One message is read where it was written: in its conversation."""
        message = self.get_object(request, object_id)
        if message is None:
            raise Http404
        return redirect("admin:juries_conversation", message.dossier_id)

    def conversation(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        """All that was written in one dossier; by POST, one message more, or the last left for later."""
        user = person(request)
        dossier = _find(request, dossier_id)
        if request.POST.get("act") == "leave_unread":
            done = gettext("Le dernier message du candidat compte de nouveau comme non lu.")
            attempt(request, lambda: leave_unread(dossier.pk, by=user), done)
            return redirect("admin:applicants_message_changelist")
        form = MessageForm(request.POST if request.method == "POST" else None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                write_to_candidate(dossier.pk, said["text"], said["joined"], by=user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, gettext("Le message est envoyé, et le candidat prévenu par courriel."))
                return redirect("admin:juries_conversation", dossier.pk)
        written = conversation_in(dossier)
        read_as_staff(dossier, by=user)
        return self.framed(
            request,
            "admin/juries/conversation.html",
            gettext("Messages, %(reference)s") % {"reference": dossier.reference},
            dossier=dossier,
            is_draft=dossier.status == Status.DRAFT,
            written=written,
            form=form if may_write(dossier, user) else None,
            has_question=any(message.by_candidate for message in written),
        )

    def attachment(self, request: HttpRequest, dossier_id: UUID, document_id: UUID) -> FileResponse:
        """A file joined to a message."""
        document: SupportingDocument | None = attempt(
            request, lambda: open_attachment(dossier_id, document_id, by=person(request))
        )
        if document is None:
            raise Http404
        return paper_response(document, download="telecharger" in request.GET)

    @admin.display(description=_("dossier"), ordering="dossier__candidate__folded_name")
    def who(self, message: Message) -> str:
        dossier = message.dossier
        return format_html('{}<br><span class="soft nowrap">{}</span>', str(dossier.candidate), dossier.reference)

    @admin.display(description=_("message"))
    def beginning(self, message: Message) -> str:
        author = gettext("le candidat") if message.by_candidate else str(message.author or gettext("l’équipe"))
        words = gettext("%(author)s : %(text)s") % {"author": author, "text": message.text}
        return Truncator(words).chars(120)

    @admin.display(description=_("envoyé"), ordering="sent_at")
    def sent(self, message: Message) -> str:
        local = timezone.localtime(message.sent_at)
        return format_html('<span class="nowrap">{}</span>', formats.date_format(local, "j N H:i"))

    @admin.display(description=_("lecture"))
    def reading(self, message: Message) -> str:
        if message.read_at:
            return state_tag({"kind": "done", "label": gettext("lu")})
        if message.by_candidate:
            return state_tag({"kind": "todo", "label": gettext("à lire")})
        return state_tag({"kind": "waiting", "label": gettext("pas encore lu")})


@tells_what_waits
def messages_to_read(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """What candidates wrote and nobody who may answer has read."""
    if not held.has(procedure, VERIFIER, OFFICE):
        return
    unread = Message.objects.unread_by_staff().filter(dossier__procedure=procedure)
    counted = unread.filter(dossier__in=conversations_of(held.user).values("pk")).aggregate(
        count=Count("pk"), oldest=Min("sent_at")
    )
    yield Waiting(
        ngettext("message d’un candidat à lire", "messages de candidats à lire", counted["count"]),
        counted["count"],
        f"{reverse('admin:applicants_message_changelist')}?lecture=nous",
        counted["oldest"],
    )


def _find(request: HttpRequest, dossier_id: UUID) -> Dossier:
    """A dossier whose conversation the person may read; there is no other (404)."""
    dossiers = conversations_of(person(request)).select_related("procedure", "candidate__user")
    found = dossiers.filter(pk=dossier_id).first()
    if found is None:
        raise Http404
    return found
