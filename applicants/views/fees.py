"""The application fee: whom to pay, how, and how far it is settled. Rule: AST-10."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.contents import Contents, read_contents
from applicants.editing import PAYMENT, may_edit
from applicants.fees import claims_exemption
from applicants.forms.payment import TransferForm
from applicants.models import Dossier
from applicants.views.own_dossier import dossier_page, person, posted, render_page, try_act
from journal.errors import Refused
from payments.cards import begin_card_payment, takes_cards
from payments.exemptions import ask_exemption, withdraw_exemption
from payments.models import Charge, Exemption, Payment
from payments.standing import Standing
from payments.transfers import declare_transfer, withdraw_declaration
from programmes.rules import Means


@dossier_page
def fee(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The amount, the school that is paid, and the ways to pay; a transfer is announced by posting its day."""
    if dossier.rules.fee is None:
        raise Http404
    contents = read_contents(dossier)
    today = dossier.procedure.today()
    form = TransferForm(posted(request), initial={"on": today})
    if request.method == "POST" and contents.charge is not None and form.is_valid():
        try:
            declare_transfer(contents.charge.pk, on=form.cleaned_data["on"], by=person(request))
        except Refused as refused:
            form.add_error("on", str(refused))
        else:
            return redirect("applicants:fee", dossier.procedure.slug)
    return render_page(request, contents, "applicants/fee.html", PAYMENT, form=form, **_ways(contents))


@require_POST
@dossier_page
def withdraw_transfer(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Take back the announcement of a transfer."""
    done = gettext("L’annonce du virement est retirée.")
    return _about_charge(request, dossier, lambda charge: withdraw_declaration(charge.pk, by=person(request)), done)


@require_POST
@dossier_page
def ask_to_owe_nothing(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Ask for the exemption."""
    done = gettext("Votre demande d’exonération est enregistrée. L’école examine la pièce que vous avez jointe.")
    return _about_charge(request, dossier, lambda charge: ask_exemption(charge.pk, by=person(request)), done)


@require_POST
@dossier_page
def withdraw_request(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Take back the request for exemption."""
    done = gettext("Votre demande d’exonération est retirée.")
    return _about_charge(request, dossier, lambda charge: withdraw_exemption(charge.pk, by=person(request)), done)


@require_POST
@dossier_page
def pay_by_card(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """To the bank's page."""
    charge = _charge(dossier)
    back = reverse("applicants:fee", args=[dossier.procedure.slug])
    try:
        return redirect(begin_card_payment(charge.pk, by=person(request), return_url=back))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)


def _about_charge(request: HttpRequest, dossier: Dossier, act: Callable[[Charge], object], done: str) -> HttpResponse:
    charge = _charge(dossier)
    try_act(request, lambda: act(charge), done=done)
    return redirect("applicants:fee", dossier.procedure.slug)


def _charge(dossier: Dossier) -> Charge:
    charge = read_contents(dossier).charge
    if charge is None:
        raise Http404
    return charge


def _ways(contents: Contents) -> dict[str, object]:
    """The ways to settle the fee that the procedure, the school and the candidate's answers allow."""
    dossier, charge = contents.dossier, contents.charge
    rule = dossier.rules.fee
    assert rule is not None
    request = getattr(charge, "exemption", None)
    is_refused = request is not None and request.state == Exemption.State.REFUSED
    by_card = Means.CARD in rule.means and charge is not None and takes_cards(charge)
    exemption = rule.exemption if claims_exemption(rule, contents.answers) and not is_refused else None
    return {
        "rule": rule,
        "charge": charge,
        "standing": contents.fee,
        "is_settled": contents.fee != Standing.DUE,
        "is_open": may_edit(dossier, PAYMENT),
        "declared": _declared(charge) if charge else None,
        "by_transfer": Means.TRANSFER in rule.means,
        "by_card": by_card,
        "is_card_refused": bool(charge and by_card and _is_card_refused(charge)),
        "exemption": exemption,
        "certificate": dossier.rules.paper(exemption.paper) if exemption else None,
        "has_certificate": bool(exemption and exemption.paper in contents.filled.papers),
    }


def _declared(charge: Charge) -> Payment | None:
    if not getattr(charge, "is_announced", False):
        return None
    return charge.payments.get(means=Payment.Means.TRANSFER, state=Payment.State.DECLARED)


def _is_card_refused(charge: Charge) -> bool:
    """Whether the bank refused the last attempt to pay by card."""
    last = charge.payments.filter(means=Payment.Means.CARD).last()
    return last is not None and last.state == Payment.State.FAILED
