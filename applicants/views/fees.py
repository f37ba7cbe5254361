"""The application fee: whom to pay, how, and how far it is settled. Rules: AST-10, APP-11, APP-12, NE-06."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from applicants.bills import Bill
from applicants.contents import Contents, read_contents
from applicants.editing import PAYMENT, may_edit
from applicants.fees import APPLICATION_FEE, claims_exemption, means_for
from applicants.forms.payment import PaidForm, paid_forms
from applicants.models import Dossier
from applicants.views.own_dossier import dossier_page, person, render_page, try_act
from payments.charges import live_charge
from payments.exemptions import ask_exemption, withdraw_exemption
from payments.models import Charge, Exemption
from payments.standing import Standing
from programmes.rules import FeeRule


@dossier_page
def fee(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The amount, the school that is paid, and the ways to pay."""
    return show_fee(request, read_contents(dossier))


def show_fee(request: HttpRequest, contents: Contents, refused: PaidForm | None = None) -> HttpResponse:
    """The page, with what was announced and refused, if anything was."""
    rule = contents.dossier.rules.fee
    if rule is None:
        raise Http404
    context = _ways(contents, rule) | paid_forms(contents.dossier.procedure.today(), refused) | {"rule": rule}
    return render_page(request, contents, "applicants/fee.html", PAYMENT, **context)


@require_POST
@dossier_page
def ask_to_owe_nothing(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Ask for the exemption."""
    done = gettext("Votre demande d’exonération est enregistrée. L’école examine la pièce que vous avez jointe.")
    return _about_exemption(request, dossier, lambda charge: ask_exemption(charge.pk, by=person(request)), done)


@require_POST
@dossier_page
def withdraw_request(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Take back the request for exemption."""
    done = gettext("Votre demande d’exonération est retirée.")
    return _about_exemption(request, dossier, lambda charge: withdraw_exemption(charge.pk, by=person(request)), done)


def _about_exemption(
    request: HttpRequest, dossier: Dossier, act: Callable[[Charge], object], done: str
) -> HttpResponse:
    charge = live_charge(dossier.account_id, APPLICATION_FEE)
    if charge is None:
        raise Http404
    try_act(request, lambda: act(charge), done=done)
    return redirect("applicants:fee", dossier.procedure.slug)


def _ways(contents: Contents, rule: FeeRule) -> dict[str, object]:
    """The ways to settle the fee that the procedure, the school and the candidate's answers allow."""
    dossier, charge = contents.dossier, contents.charge
    means, is_open = means_for(rule, contents.answers), may_edit(dossier, PAYMENT)
    prefetch_related_objects(contents.charges, "lines")
    bills = {owed: Bill(owed, contents.standing(owed), means, is_open, rule.link) for owed in contents.charges}
    request = getattr(charge, "exemption", None)
    is_refused = request is not None and request.state == Exemption.State.REFUSED
    exemption = rule.exemption if claims_exemption(rule, contents.answers) and not is_refused else None
    return {
        "bill": bills.pop(charge) if charge else None,
        "others": list(bills.values()),
        "is_settled": contents.fee != Standing.DUE,
        "is_open": is_open,
        "exemption": exemption,
        "certificate": dossier.rules.paper(exemption.paper) if exemption else None,
        "has_certificate": bool(exemption and exemption.paper in contents.filled.papers),
        **_reduction(contents, rule),
    }


def _reduction(contents: Contents, rule: FeeRule) -> dict[str, object]:
    """The reduced fee that is claimed, the paper that proves it, and what staff decided of it."""
    reduction = rule.reduction if contents.claims_reduction else None
    return {
        "reduction": reduction,
        "reduction_decision": contents.reduction if reduction else None,
        "reduction_paper": contents.dossier.rules.paper(reduction.paper) if reduction else None,
        "has_reduction_paper": bool(reduction and reduction.paper in contents.filled.papers),
    }
