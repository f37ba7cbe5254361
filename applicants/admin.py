"""Refunds on the staff's side: what is asked back, on which proof, what was decided, and when it was paid.

Rules: BS-07, NE-08, IIM-07.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from documents.models import SupportingDocument
from documents.serving import paper_response
from journal.record import record
from payments.models import CASHIERS, Refund
from payments.refunds import decide_refund, note_refund_paid
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Procedure
from programmes.roles import HeldRoles
from programmes.waiting import Waiting, tells_what_waits
from programmes.words import money


class PaidForm(forms.Form):
    """On which day the money left."""

    on = forms.DateField(label=_("Versé le"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


@tells_what_waits
def refunds(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Refunds to decide, and those granted that are still to be paid, for those who keep the accounts."""
    if not held.has(procedure, *CASHIERS):
        return
    waiting = Refund.objects.visible_to(held.user).filter(charge__account__procedure=procedure).waiting()
    counted = waiting.aggregate(count=Count("pk"), oldest=Min("asked_at"))
    label = ngettext("remboursement à décider ou à verser", "remboursements à décider ou à verser", counted["count"])
    address = reverse("admin:payments_refund_changelist")
    yield Waiting(label, counted["count"], address, counted["oldest"])


@admin.register(Refund)
class RefundAdmin(DeskAdmin):
    """What is asked back of the schools for which the person works."""

    roles = CASHIERS
    list_display = ("asked_at", "candidate", "case", "euros", "state")
    list_filter = ("state",)
    search_fields = ("charge__reference", "charge__account__dossier__reference")
    search_help_text = _("Une référence de virement ou de dossier")
    ordering = ("-asked_at",)
    list_select_related = ("charge__account__dossier__candidate__user",)

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        """Where something may be paid back at all."""
        return procedure.rules is not None and bool(procedure.rules.refunds)

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.visible_to(person(request))  # type: ignore[attr-defined, no-any-return]

    @admin.display(description=_("candidat"))
    def candidate(self, refund: Refund) -> str:
        """Whose money it was."""
        return str(refund.charge.account.dossier.candidate)

    @admin.display(description=_("cas"))
    def case(self, refund: Refund) -> str:
        """Why it is asked back."""
        return str(refund.label)

    @admin.display(description=_("montant"), ordering="amount")
    def euros(self, refund: Refund) -> str:
        """In euros."""
        return money(refund.amount)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.below("<uuid:refund_id>/preuve/", self.proof, "payments_refund_proof"),
            self.below("<uuid:refund_id>/decider/", self.decide, "payments_refund_decide"),
            self.below("<uuid:refund_id>/verser/", self.pay, "payments_refund_pay"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One refund, with what can be done about it."""
        try:
            refund = self._visible(request, UUID(object_id))
        except ValueError as no_identifier:
            raise Http404 from no_identifier
        if not self.has_view_permission(request):
            raise Http404
        return self.framed(
            request,
            "admin/payments/refund.html",
            str(refund.label),
            refund=refund,
            dossier=refund.charge.account.dossier,
            proof=SupportingDocument.objects.filter(pk=refund.proof).first(),
            form=PaidForm(initial={"on": refund.procedure.today()}),
        )

    def proof(self, request: HttpRequest, refund_id: UUID) -> HttpResponseBase:
        """The file that proves the case; the journal keeps who read it."""
        refund = self._visible(request, refund_id)
        document = SupportingDocument.objects.servable().filter(pk=refund.proof).first()
        if document is None:
            raise Http404
        record("refund.proof_read", refund.charge, by=person(request), refund=str(refund.pk))
        return paper_response(document, download="telecharger" in request.GET)

    def decide(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        """Grant it, or refuse it for a reason."""
        verdict = request.POST.get("verdict")
        if request.method != "POST" or verdict not in ("accepted", "refused"):
            raise Http404
        accepted, reason = verdict == "accepted", request.POST.get("reason", "")
        done = gettext("Le remboursement est accordé.") if accepted else gettext("Le remboursement est refusé.")
        attempt(request, lambda: decide_refund(refund_id, accepted=accepted, reason=reason, by=person(request)), done)
        return redirect("admin:payments_refund_change", refund_id)

    def pay(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        """Note the day on which it was paid back."""
        form = PaidForm(request.POST or None)
        if not form.is_valid():
            raise Http404
        done = gettext("Le remboursement est noté comme versé, et le candidat prévenu.")
        attempt(request, lambda: note_refund_paid(refund_id, on=form.cleaned_data["on"], by=person(request)), done)
        return redirect("admin:payments_refund_change", refund_id)

    def _visible(self, request: HttpRequest, refund_id: UUID) -> Refund:
        related = ("charge__account__procedure", "charge__account__dossier__candidate__user", "charge__payee__school")
        refund: Refund | None = self.get_queryset(request).select_related(*related).filter(pk=refund_id).first()
        if refund is None:
            raise Http404
        return refund
