"""The verification queue of each school, and the addresses of a dossier's page.

What that page shows is in `dossier_page`, what it does in `dossier_acts`.
Rules: AST-07, AST-10, AST-23, AST-24.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applicants.fees import FEE_REASONS
from applicants.identity import folded
from applicants.models import Choice, Correction, Dossier, Message
from documents.models import SupportingDocument
from documents.serving import paper_response
from journal.errors import Refused
from juries.admin.dossier_acts import ACTS, read_uuid
from juries.admin.dossier_page import DossierPage, RefusedAct
from juries.admin.filters import ByProgramme, ByTrack, Early, FirstChoice, State, Waits
from juries.admin.queue import listed, queue_around
from juries.admin.typing_in import TypingDesk
from juries.admin.wording import dossier_state, fee_state, state_tag, title_in_words
from juries.dossier_list import export_dossiers
from juries.supplements import PAPER as SUPPLEMENTS
from juries.verification import open_appraisal, open_paper
from payments.models import Charge, Exemption, Payment
from payments.standing import Standing
from programmes.desk import attempt, person, roles_held
from programmes.models import Role
from programmes.rules import Order

LINES_SHOWN = 3  # of the programmes of a dossier
EARLY_FIRST = Case(When(early_because="", then=1), default=0).asc()  # those studied ahead of the others. Rule: APP-20


@admin.register(Dossier)
class DossierAdmin(TypingDesk):
    """Submitted dossiers, to those who may see them; drafts are the candidates' alone."""

    roles = (
        Role.Kind.OFFICE,
        Role.Kind.VERIFIER,
        Role.Kind.JURY,
        Role.Kind.PRESIDENT,
        Role.Kind.HEAD,
        Role.Kind.EVALUATOR,
        Role.Kind.ACCOUNTANT,
    )
    list_display = ("name", "title_held", "first_choice", "programmes", "arrived", "to_examine", "fee", "state")
    list_filter = (Waits, State, FirstChoice, ByProgramme, ByTrack, Early)
    list_select_related = ("candidate__user", "procedure")
    search_fields = ("reference", "candidate__folded_name")
    search_help_text = _("Un nom ou une référence")
    ordering = (EARLY_FIRST, "submitted_at", "pk")

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return with_progress(rows.visible_with(roles_held(request)))  # type: ignore[attr-defined]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """What the procedures of the person have, and what their roles are about.

        Who sees one school only needs no column that names it; accountants read no title and examine nothing.
        """
        held = roles_held(request)
        absent = set()
        if all(one.choices.order != Order.RANKED for one in held.rules) or len(held.schools) < 2:
            absent.add("first_choice")
        if len(held.deciding_programmes) < 2:
            absent.add("programmes")
        if not any(one.titles for one in held.rules):
            absent.add("title_held")
        if not reads_dossiers(request):
            absent |= {"title_held", "to_examine"}
        return [column for column in super().get_list_display(request) if column not in absent]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Who only keeps the accounts reads no title, and so no track that follows from it."""
        filters: list[Any] = list(super().get_list_filter(request))
        return filters if reads_dossiers(request) else [one for one in filters if one is not ByTrack]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Names are sought without their accents and capitals, references as they are written."""
        return super().get_search_results(request, queryset, folded(search_term))

    def get_urls(self) -> list[Any]:
        return [
            self.below("<uuid:dossier_id>/piece/<uuid:document_id>/", self.paper, "juries_paper"),
            self.below("exporter/", self.export, "juries_export_dossiers"),
            *self.typing_urls(),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The dossier's page, and by POST the act that `act` names."""
        dossier = self._find(request, object_id)
        if request.method == "POST":
            return self._act(request, dossier)
        return self._show(request, dossier)

    def paper(self, request: HttpRequest, dossier_id: UUID, document_id: UUID) -> FileResponse:
        """One file of the dossier."""
        document = attempt(request, lambda: open_paper(dossier_id, document_id, by=person(request)))
        if document is None:
            raise Http404
        return paper_response(document, download="telecharger" in request.GET)

    def export(self, request: HttpRequest) -> HttpResponse:
        """The list as it was filtered, as a file; by POST from the list, whose query it names. Rule: ALL-03."""
        if request.method != "POST":
            raise Http404
        made = export_dossiers(listed(request.POST.get("filters", ""), request, self), by=person(request))
        response = HttpResponse(made, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="dossiers.csv"'
        response["Cache-Control"] = "private, no-store"
        return response

    def _act(self, request: HttpRequest, dossier: Dossier) -> HttpResponse:
        """The act that was posted; refused, the page comes back with what was typed."""
        name = request.POST.get("act", "")
        if name not in ACTS:
            raise Http404
        try:
            done = ACTS[name](request, dossier)
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._show(request, dossier, RefusedAct(name, str(refusal), request.POST))
        messages.success(request, done)
        address = reverse("admin:applicants_dossier_change", args=[dossier.pk])
        return redirect(f"{address}?{queue_around(dossier, request, self).kept}")

    def _show(self, request: HttpRequest, dossier: Dossier, refused: RefusedAct | None = None) -> HttpResponse:
        """The page, with a paper or an appraisal beside it."""
        opened = None
        if referee := request.GET.get("appraisal"):
            opened = attempt(request, lambda: open_appraisal(dossier.pk, read_uuid(referee), by=person(request)))
        page = DossierPage(dossier, roles_held(request), refused, study=request.GET.get("study", ""))
        title = gettext("Dossier %(reference)s") % {"reference": dossier.reference}
        paper = request.POST.get("document", "") or request.GET.get("paper", "")
        queue = queue_around(dossier, request, self)
        return self.framed(request, "admin/juries/dossier.html", title, queue=queue, **page.context(paper, opened))

    def _find(self, request: HttpRequest, object_id: str) -> Dossier:
        """A dossier that the person may see; there is no other (404)."""
        dossiers = Dossier.objects.visible_with(roles_held(request)).with_unread_messages(by_candidate=True)
        related = ("procedure", "candidate__user", "account", "track", "adjustment")
        try:
            found = dossiers.select_related(*related).filter(pk=UUID(object_id)).first()
        except ValueError as not_a_number:
            raise Http404 from not_a_number
        if found is None:
            raise Http404
        return found

    @admin.display(description=_("candidat"), ordering="candidate__folded_name")
    def name(self, dossier: Dossier) -> str:
        early = gettext(" · étude anticipée") if dossier.early_because else ""
        return format_html(
            '{}<br><span class="soft nowrap">{}</span>{}', str(dossier.candidate), dossier.reference, early
        )

    @admin.display(description=_("titre"))
    def title_held(self, dossier: Dossier) -> str:
        words = title_in_words(dossier)
        return gettext("%(title)s, par équivalence") % {"title": words} if dossier.equivalence else words

    @admin.display(description=_("premier vœu"), ordering="first_school")
    def first_choice(self, dossier: Any) -> str:
        return dossier.first_school or ""

    @admin.display(description=_("formations"))
    def programmes(self, dossier: Dossier) -> str:
        """Those chosen where each decides, one a line."""
        chosen = [str(choice.programme) for choice in dossier.choices.all()]
        if len(chosen) > LINES_SHOWN:
            left = len(chosen) - LINES_SHOWN + 1
            more = ngettext("et %(count)d autre", "et %(count)d autres", left) % {"count": left}
            chosen = [*chosen[: LINES_SHOWN - 1], more]
        return format_html_join(SafeString("<br>"), "{}", ((name,) for name in chosen))

    @admin.display(description=_("arrivé"), ordering="submitted_at")
    def arrived(self, dossier: Dossier) -> str:
        if dossier.submitted_at is None:
            return ""
        local = timezone.localtime(dossier.submitted_at)
        return format_html('<span class="nowrap">{}</span>', formats.date_format(local, "j N H:i"))

    @admin.display(description=_("à examiner"), ordering="unreviewed")
    def to_examine(self, dossier: Any) -> str:
        return str(dossier.unreviewed or "–")

    @admin.display(description=_("frais"))
    def fee(self, dossier: Any) -> str:
        return state_tag(fee_state(standing_in_list(dossier)))

    @admin.display(description=_("état"), ordering="status")
    def state(self, dossier: Any) -> str:
        state = state_tag(dossier_state(dossier.status, is_asked=dossier.is_asked))
        if not dossier.has_message:
            return state
        return format_html("{}<br>{}", state, state_tag({"kind": "todo", "label": gettext("message à lire")}))


def reads_dossiers(request: HttpRequest) -> bool:
    """Whether the person reads dossiers anywhere, and does not only keep accounts."""
    return roles_held(request).kinds != {Role.Kind.ACCOUNTANT}


def with_progress(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """`dossiers` with what a list says of each, however many they are: papers left, fee, first school,
    correction.
    """
    unreviewed = (
        SupportingDocument.objects.current()
        .filter(folder=OuterRef("folder"), review=SupportingDocument.Review.UNREVIEWED)
        .exclude(check_state=SupportingDocument.Check.REJECTED)
        .exclude(kind__startswith=SUPPLEMENTS)  # who asked for it judges it, with the choice
        .order_by()
        .values("folder")
        .annotate(count=Count("pk"))
        .values("count")
    )
    fee = Charge.objects.live().filter(account=OuterRef("account"), reason__in=FEE_REASONS)
    announced = Payment.objects.announced().filter(charge=OuterRef("pk"))
    asked_to_owe_nothing = Exemption.objects.filter(charge=OuterRef("pk"), state=Exemption.State.ASKED)
    waiting = fee.filter(state=Charge.State.DUE)
    first = Choice.objects.filter(dossier=OuterRef("pk"), rank=1)
    asked = Correction.objects.filter(dossier=OuterRef("pk"), answered_at=None, withdrawn_at=None)
    message = Message.objects.unread_by_staff().filter(dossier=OuterRef("pk"))
    return dossiers.annotate(
        unreviewed=Coalesce(Subquery(unreviewed), 0),
        charge_state=Subquery(fee.values("state")[:1]),
        is_owed=Exists(waiting.exclude(Exists(announced)).exclude(Exists(asked_to_owe_nothing))),
        is_announced=Exists(waiting.filter(Exists(announced))),
        exemption_is_asked=Exists(waiting.filter(Exists(asked_to_owe_nothing))),
        first_school=Subquery(first.values("programme__school__name")[:1]),
        is_asked=Exists(asked),
        has_message=Exists(message),
    ).prefetch_related(Prefetch("choices", Choice.objects.select_related("programme").order_by("rank")))


def standing_in_list(dossier: Any) -> Standing:
    """How far the fee of a dossier `with_progress` is settled, its complements with it."""
    if dossier.charge_state is None or dossier.is_owed:
        return Standing.DUE
    if dossier.is_announced:
        return Standing.ANNOUNCED
    if dossier.exemption_is_asked:
        return Standing.EXEMPTION_ASKED
    return Standing.WAIVED if dossier.charge_state == Charge.State.WAIVED else Standing.SETTLED
