"""The money on the staff's side: transfers waited for, the bank's statement, what is owed, the ledger.

Rule: AST-10.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from journal.errors import Refused
from payments import ledger
from payments.models import CASHIERS, Charge, LedgerLine, Mandate, kept_by
from payments.reconciliation import reconcile
from payments.standing import in_words, standing_as_read
from payments.transfers import confirm_transfer, refuse_transfer
from programmes.desk import DeskAdmin, attempt, person
from programmes.models import Procedure, School
from programmes.roles import HeldRoles
from programmes.templatetags.words import iban
from programmes.text import Text
from programmes.waiting import Waiting, tells_what_waits
from programmes.words import PARIS, money

PER_PAGE = 50


class ReceivedForm(forms.Form):
    """On which day the money came."""

    received_on = forms.DateField(label=_("Reçu le"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class StatementForm(forms.Form):
    """Lines copied from the bank's site."""

    lines = forms.CharField(
        label=_("Lignes du relevé"),
        help_text=_(
            "Copiez les lignes depuis le site de votre banque ou un fichier CSV : une opération par ligne, avec sa "
            "date, son libellé et son montant, dans l’ordre que vous voulez."
        ),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
    )


class PaidSchool(admin.SimpleListFilter):
    """The school that is paid; offered to those who keep the accounts of more than one."""

    title = _("école payée")
    parameter_name = "ecole"
    by = "pk__in"  # what names the charge in the list

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        paid = Charge.objects.visible_to(person(request)).values("payee__school")
        schools = School.objects.filter(pk__in=paid)
        return [(school.code, school.name) for school in schools] if len(schools) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        charges = Charge.objects.filter(payee__school__code=self.value())
        return queryset.filter(**{self.by: charges})


@tells_what_waits
def transfers(held: HeldRoles, procedure: Procedure) -> Iterator[Waiting]:
    """Transfers announced and not seen yet, for those who keep the accounts."""
    if not held.has(procedure, *CASHIERS):
        return
    awaited = Charge.objects.visible_to(held.user).filter(account__procedure=procedure).awaiting_transfer()
    counted = awaited.aggregate(count=Count("pk"), oldest=Min("declared_on"))
    label = ngettext("virement annoncé est attendu", "virements annoncés sont attendus", counted["count"])
    yield Waiting(label, counted["count"], reverse("admin:payments_awaited"), counted["oldest"])


@admin.register(Charge)
class ChargeAdmin(DeskAdmin):
    """What is owed to the schools for which the person works, and how far it is settled."""

    roles = CASHIERS
    menu_name = _("Paiements")
    list_display = ("reference", "purpose", "school", "owed", "standing", "settled_on")
    list_filter = ("state", PaidSchool)
    search_fields = ("reference",)
    search_help_text = _("Une référence de virement")
    ordering = ("-created_at",)
    fields: ClassVar = (
        "reference",
        "purpose",
        "payee",
        "owed",
        "state",
        "created_at",
        "settled_at",
    )
    change_list_template = "admin/payments/charges.html"

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        charges = Charge.objects.visible_to(person(request)).with_announcement()
        return charges.select_related("payee__school", "exemption").prefetch_related("lines")

    @admin.display(description=_("objet"))
    def purpose(self, charge: Charge) -> str:
        """What it is owed for."""
        return str(Text.of(charge.lines.all()[0].label))

    @admin.display(description=_("école payée"), ordering="payee__school__name")
    def school(self, charge: Charge) -> str:
        """Its name alone."""
        return charge.payee.school.name

    @admin.display(description=_("montant"), ordering="amount")
    def owed(self, charge: Charge) -> str:
        """In euros."""
        return money(charge.amount)

    @admin.display(description=_("état"))
    def standing(self, charge: Charge) -> str:
        """How far it is settled."""
        if charge.state == Charge.State.CANCELLED:
            return charge.get_state_display()
        return in_words(standing_as_read(charge))

    @admin.display(description=_("réglé le"), ordering="settled_at")
    def settled_on(self, charge: Charge) -> dt.date | None:
        """The day."""
        return timezone.localdate(charge.settled_at, PARIS) if charge.settled_at else None

    def get_urls(self) -> list[URLPattern]:
        return [
            self.below("virements/", self.awaited, "payments_awaited"),
            self.below("virements/<uuid:charge_id>/recu/", self.received, "payments_received"),
            self.below("virements/<uuid:charge_id>/absent/", self.never_came, "payments_never_came"),
            self.below("releve/", self.statement, "payments_statement"),
            *super().get_urls(),
        ]

    def awaited(self, request: HttpRequest) -> HttpResponse:
        """The transfers that candidates have announced, the oldest first."""
        awaited = (
            Charge.objects.visible_to(person(request))
            .awaiting_transfer()
            .select_related("payee__school", "account__procedure")
        )
        page = Paginator(awaited, PER_PAGE).get_page(request.GET.get("p"))
        return self.framed(
            request,
            "admin/payments/awaited.html",
            gettext("Virements attendus"),
            page=page,
        )

    def received(self, request: HttpRequest, charge_id: UUID) -> HttpResponse:
        """Note that one has come."""
        form = ReceivedForm(request.POST or None)
        if not form.is_valid():
            raise Http404
        day = form.cleaned_data["received_on"]
        done = gettext("Le virement est noté comme reçu.")
        attempt(request, lambda: confirm_transfer(charge_id, by=person(request), received_on=day), done)
        return redirect("admin:payments_awaited")

    def never_came(self, request: HttpRequest, charge_id: UUID) -> HttpResponse:
        """Note that one never came."""
        if request.method != "POST":
            raise Http404
        reason = request.POST.get("reason", "")
        done = gettext("Le virement est noté comme absent ; le candidat est prévenu.")
        attempt(request, lambda: refuse_transfer(charge_id, by=person(request), reason=reason), done)
        return redirect("admin:payments_awaited")

    def statement(self, request: HttpRequest) -> HttpResponse:
        """Lines are pasted, then each is attributed; what was attributed is noted line by line, and said.

        Where none was, the lines stay to be attributed.
        """
        notes = "note" in request.POST
        outcomes = self._note_all(request) if notes else []
        if is_idle := notes and not outcomes:
            messages.warning(request, gettext("Aucun candidat n’était choisi : rien n’est noté."))
        form = StatementForm(request.POST if "read" in request.POST or is_idle else None)
        found = reconcile(form.cleaned_data["lines"], person(request)) if form.is_valid() else None
        return self.framed(
            request,
            "admin/payments/statement.html",
            gettext("Relevé bancaire"),
            form=form,
            found=found,
            outcomes=outcomes,
        )

    def _note_all(self, request: HttpRequest) -> list[dict[str, str]]:
        """Note each line for which the person chose a payer; what became of each."""
        outcomes, noted = [], set()
        for name, chosen in request.POST.dict().items():
            if not name.startswith("charge-") or not chosen:
                continue
            number = name.removeprefix("charge-")
            label = request.POST.get(f"label-{number}", "")
            if chosen in noted:
                twice = gettext("Ce paiement est déjà attribué à une autre ligne. Fait deux fois, il est à rendre.")
                outcomes.append({"kind": "problem", "label": label, "said": twice})
                continue
            noted.add(chosen)
            outcomes.append({"label": label} | self._note(request, chosen, request.POST.get(f"day-{number}", "")))
        return outcomes

    def _note(self, request: HttpRequest, chosen: str, day: str) -> dict[str, str]:
        """Note one line; a refusal is said, and keeps none of the others back."""
        try:
            charge_id, received_on = UUID(chosen), dt.date.fromisoformat(day)
            payment = confirm_transfer(charge_id, by=person(request), received_on=received_on)
        except (ValueError, Charge.DoesNotExist):
            raise Http404 from None
        except Refused as refusal:
            return {"kind": "problem", "said": str(refusal)}
        return {"kind": "done", "said": payment.charge.reference}


@admin.register(Mandate)
class MandateAdmin(DeskAdmin):
    """The mandates signed to the schools for which the person works. Rule: NE-08."""

    roles = CASHIERS
    list_display = ("reference", "payee", "account_holder", "account_number", "signed_at")
    list_select_related = ("payee__school",)
    search_fields = ("reference", "account_holder")
    search_help_text = _("Une référence de mandat, un titulaire")
    ordering = ("-signed_at",)
    fields: ClassVar = ("reference", "payee", "account_holder", "account_number", "signed_at")

    def serves(self, held: HeldRoles, procedure: Procedure) -> bool:
        """Where instalments are debited."""
        tuition = procedure.rules.tuition if procedure.rules else None
        return tuition is not None and tuition.mandate

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(payee__in=kept_by(person(request)))

    @admin.display(description="IBAN")
    def account_number(self, mandate: Mandate) -> str:
        """In groups of four."""
        return iban(mandate.iban)


class PaidSchoolOfLine(PaidSchool):
    """The same, for lines of the ledger."""

    by = "charge__in"


@admin.register(LedgerLine)
class LedgerLineAdmin(DeskAdmin):
    """The ledger: each movement's lines sum to zero."""

    roles = CASHIERS
    list_display = ("booked_at", "account", "euros", "reference")
    list_filter = (PaidSchoolOfLine,)
    list_select_related = ("charge__payee__school",)
    search_fields = ("charge__reference",)
    search_help_text = _("Une référence de virement")
    ordering = ("-booked_at", "pk")
    list_display_links = None  # the list says all

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(charge__in=Charge.objects.visible_to(person(request)))

    @admin.display(description=_("compte"), ordering="ledger")
    def account(self, line: LedgerLine) -> str:
        """The ledger, in words."""
        return ledger.in_words(line)

    @admin.display(description=_("montant"), ordering="amount")
    def euros(self, line: LedgerLine) -> str:
        """In euros."""
        return money(line.amount)

    @admin.display(description=_("référence"))
    def reference(self, line: LedgerLine) -> str:
        """The charge's."""
        return line.charge.reference
