"""Paying: what is done about one sum that a dossier owes, whatever it is owed for; and the page of those that are no
fee. Rules: AST-10, BS-07, NE-06, IIM-06.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.contents import Contents, read_contents
from applicants.deposits import DEPOSIT, deposit_bill
from applicants.fees import FEE_REASONS
from applicants.forms.accounts import MandateForm
from applicants.forms.payment import PaidForm, paid_forms
from applicants.instalments import INSTALMENT, asks_for_mandate, instalment_bill, schedule_of, sign_mandate
from applicants.models import Dossier, Status
from applicants.task_list import DONE, PROBLEM, TODO, WAITING
from applicants.views.fees import show_fee
from applicants.views.own_dossier import dossier_page, person, render_page, try_act
from journal.errors import Refused
from payments.cards import begin_card_payment
from payments.models import Charge, Mandate, Payment
from payments.standing import Standing, in_words, standing_from
from payments.transfers import declare_transfer, withdraw_declaration
from programmes.text import Text
from programmes.words import deadline, money


@dossier_page
def payment(request: HttpRequest, dossier: Dossier, charge_id: UUID) -> HttpResponse:
    """The amount, the school that is paid, and the ways to pay; a payment made elsewhere is announced by posting its
    means and its day.
    """
    charge = _charge(dossier, charge_id)
    contents = read_contents(dossier)
    if request.method != "POST":
        if charge.reason in FEE_REASONS:
            return redirect("applicants:fee", dossier.procedure.slug)
        return _show(request, contents, charge)
    form = PaidForm(request.POST, means=_means(request))
    if form.is_valid():
        try:
            declare_transfer(charge.pk, on=form.cleaned_data["on"], means=_means(request), by=person(request))
        except Refused as refused:
            form.add_error("on", str(refused))
        else:
            return redirect(_page_of(dossier, charge))
    return _show(request, contents, charge, form)


@require_POST
@dossier_page
def withdraw_payment(request: HttpRequest, dossier: Dossier, charge_id: UUID) -> HttpResponse:
    """Take back the announcement of a payment."""
    charge = _charge(dossier, charge_id)
    done = gettext("L’annonce du paiement est retirée.")
    try_act(request, lambda: withdraw_declaration(charge.pk, by=person(request)), done=done)
    return redirect(_page_of(dossier, charge))


@require_POST
@dossier_page
def pay_by_card(request: HttpRequest, dossier: Dossier, charge_id: UUID) -> HttpResponse:
    """To the bank's page."""
    charge = _charge(dossier, charge_id)
    back = _page_of(dossier, charge)
    try:
        return redirect(begin_card_payment(charge.pk, by=person(request), return_url=back))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)


@require_POST
@dossier_page
def sign(request: HttpRequest, dossier: Dossier, charge_id: UUID) -> HttpResponse:
    """Sign the mandate by which the instalments after the first are debited. Rule: NE-08."""
    charge = _charge(dossier, charge_id)
    form = MandateForm(request.POST, auto_id="id_mandate_%s")
    if form.is_valid():
        given = form.cleaned_data
        to_debit = {"iban": given["iban"], "account_holder": given["account_holder"]}
        done = gettext("Votre mandat de prélèvement est enregistré.")
        try_act(request, lambda: sign_mandate(dossier.pk, charge.pk, **to_debit, by=person(request)), done=done)
        return redirect(_page_of(dossier, charge))
    if charge.reason != INSTALMENT:
        raise Http404
    context = paid_forms(dossier.procedure.today(), None) | _tuition(dossier, charge, form)
    bill = instalment_bill(dossier, charge)
    return render_page(request, read_contents(dossier), "applicants/payment.html", "", bill=bill, **context)


def sums_beside_fee(dossier: Dossier) -> list[dict[str, object]]:
    """What the dossier owes or has paid beside its fee, in the order in which it was asked, each with the way to its
    page, as components/task_list.html shows it.
    """
    charges = Charge.objects.live().filter(account=dossier.account_id).exclude(reason__in=FEE_REASONS)
    related = charges.with_announcement().select_related("account__procedure", "payee__school")
    return [_sum_line(dossier.procedure.slug, charge) for charge in related.prefetch_related("lines")]


def _sum_line(slug: str, charge: Charge) -> dict[str, object]:
    # Nobody is exempted from what is beside the fee.
    standing = standing_from(charge, is_announced=getattr(charge, "declared_on", None) is not None)
    hint = gettext("%(amount)s à %(school)s") % {"amount": money(charge.amount), "school": charge.payee.school.name}
    if charge.due_at and standing == Standing.DUE:
        hint += ", " + gettext("avant le %(end)s") % {"end": deadline(charge.due_at)}
    return {
        "title": Text.of(charge.lines.all()[0].label),
        "url": reverse("applicants:payment", args=[slug, charge.pk]),
        "kind": PROBLEM if charge.is_overdue else KINDS[standing],
        "label": gettext("Délai passé") if charge.is_overdue else capfirst(in_words(standing)),
        "hint": hint,
    }


def _charge(dossier: Dossier, charge_id: UUID) -> Charge:
    """What the dossier owes under that identifier; 404 where there is nothing, or no more."""
    charges = dossier.account.charges.live().select_related("account__procedure", "payee__school")
    charge = charges.filter(pk=charge_id).first()
    if charge is None:
        raise Http404
    return charge


def _means(request: HttpRequest) -> Payment.Means:
    """How it was paid: by transfer, unless the form says otherwise."""
    return Payment.Means.LINK if request.POST.get("means") == Payment.Means.LINK else Payment.Means.TRANSFER


def _show(request: HttpRequest, contents: Contents, charge: Charge, refused: PaidForm | None = None) -> HttpResponse:
    if charge.reason in FEE_REASONS:
        return show_fee(request, contents, refused)
    bill = BILLS[charge.reason](contents.dossier, charge)
    context = paid_forms(contents.dossier.procedure.today(), refused) | _tuition(contents.dossier, charge)
    return render_page(request, contents, "applicants/payment.html", "", bill=bill, **context)


def _tuition(dossier: Dossier, charge: Charge, form: MandateForm | None = None) -> dict[str, object]:
    """Where the sum is the first instalment of tuition: the candidate's schedule, and the mandate for the others."""
    if charge.reason != INSTALMENT:
        return {}
    return {
        "schedule": schedule_of(dossier, charge.subject),
        "asks_for_mandate": asks_for_mandate(dossier) and dossier.status != Status.WITHDRAWN,
        "mandate": Mandate.objects.filter(account=dossier.account_id, subject=charge.subject).first(),
        "mandate_form": form or MandateForm(auto_id="id_mandate_%s"),
    }


def _page_of(dossier: Dossier, charge: Charge) -> str:
    if charge.reason in FEE_REASONS:
        return reverse("applicants:fee", args=[dossier.procedure.slug])
    return reverse("applicants:payment", args=[dossier.procedure.slug, charge.pk])


BILLS = {DEPOSIT: deposit_bill, INSTALMENT: instalment_bill}
KINDS = {
    Standing.DUE: TODO,
    Standing.ANNOUNCED: WAITING,
    Standing.EXEMPTION_ASKED: WAITING,
    Standing.SETTLED: DONE,
    Standing.WAIVED: DONE,
}
