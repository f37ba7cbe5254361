"""Refunds: what may be asked back, in which case, and what became of what was asked. Rules: BS-07, NE-08, IIM-07."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from applicants.contents import read_contents
from applicants.forms.accounts import RefundForm
from applicants.models import Dossier
from applicants.refunds import ask_refund, cases_of, proof_rule
from applicants.views.own_dossier import dossier_page, person, posted, render_page
from journal.errors import Refused
from payments.models import Refund


@dossier_page
def refunds(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """What was asked back and how far that is; what may be asked back yet."""
    if not dossier.rules.refunds:
        raise Http404
    asked = list(_asked(dossier))
    taken = {refund.charge_id for refund in asked if refund.state != Refund.State.REFUSED}
    cases = [case for case in cases_of(dossier) if case.charge.pk not in taken]
    contents = read_contents(dossier)
    return render_page(request, contents, "applicants/refunds.html", "", asked=asked, cases=cases)


@dossier_page
def ask(request: HttpRequest, dossier: Dossier, charge_id: UUID, code: str) -> HttpResponse:
    """Ask one sum back in one case."""
    case = next((one for one in cases_of(dossier) if one.charge.pk == charge_id and one.rule.code == code), None)
    if case is None:
        raise Http404
    form = RefundForm(proof_rule(case.rule), posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        to = {"iban": given["iban"], "account_holder": given["account_holder"]}
        try:
            ask_refund(dossier.pk, charge_id, code, given["file"], **to, by=person(request))
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, gettext("Votre demande de remboursement est enregistrée. L’école l’examine."))
            return redirect("applicants:refunds", dossier.procedure.slug)
    return render_page(request, read_contents(dossier), "applicants/ask_refund.html", "", case=case, form=form)


def _asked(dossier: Dossier) -> list[Refund]:
    refunds = Refund.objects.filter(charge__account=dossier.account_id)
    return list(refunds.select_related("charge__payee__school"))
