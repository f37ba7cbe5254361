"""The test bank's page: what a payer sees where a bank's would be, in a rehearsal."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from payments.cards import settle
from payments.models import Payment
from payments.providers import Outcome
from payments.test_bank import RETURN_PARAMETER, reference_of

ANSWER = "answer"


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def test_bank(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The card is accepted or refused, as the person chooses; then back to the portal. Only in a rehearsal."""
    payments = Payment.objects.filter(
        means=Payment.Means.CARD,
        charge__account__payer=request.user.pk,
        charge__account__procedure__is_rehearsal=True,
    )
    related = ("charge__account__procedure", "charge__payee__school")
    payment = get_object_or_404(payments.select_related(*related), pk=payment_id)
    back = _return_url(request)
    if request.method == "POST":
        settle(reference_of(payment), _outcome(request))
        return redirect(back)
    context = {"payment": payment, "procedure": payment.charge.procedure, "back": back}
    return render(request, "payments/test_bank.html", context)


def _outcome(request: HttpRequest) -> Outcome:
    try:
        return Outcome(request.POST.get(ANSWER, ""))
    except ValueError:
        raise Http404 from None


def _return_url(request: HttpRequest) -> str:
    """Where the payer came from; the portal's home if the address leads out of it."""
    wanted = request.GET.get(RETURN_PARAMETER, "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
