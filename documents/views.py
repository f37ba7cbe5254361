"""Pages of notices: one's own, and the verification that is open to all."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from documents.authenticity import initials, verified_notice
from documents.models import Notice
from documents.serving import notice_response

TRIES, WINDOW = 20, 5 * 60  # verifications from one address, in seconds


class VerificationForm(forms.Form):
    """What stands on the letter."""

    number = forms.CharField(
        label=_("Numéro"),
        help_text=_("En haut de la lettre, par exemple 2026-7K4M-Q2XD."),
        max_length=40,
        widget=forms.TextInput(attrs={"size": 16, "autocomplete": "off", "autocapitalize": "characters"}),
    )
    code = forms.CharField(
        label=_("Code de vérification"),
        help_text=_("Au bas de la lettre : dix lettres et chiffres."),
        max_length=40,
        widget=forms.TextInput(attrs={"size": 16, "autocomplete": "off", "autocapitalize": "characters"}),
    )


@login_required
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponseBase:
    """The PDF of one's own notice, from its instant on; anybody else's does not exist."""
    own = Notice.objects.select_related("procedure", "school", "recipient").filter(recipient=request.user.pk)
    return notice_response(get_object_or_404(own, pk=notice_id), download="telecharger" in request.GET)


def verify(request: HttpRequest) -> HttpResponse:
    """Is this letter one of ours?"""
    form = VerificationForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if not _may_try_again(request):
            return render(request, "429.html", status=429)
        found = verified_notice(form.cleaned_data["number"], form.cleaned_data["code"])
        context |= {"asked": True, "notice": found}
        if found is not None:
            context["for_whom"] = initials(found.addressee)
    return render(request, "documents/verify.html", context)


def _may_try_again(request: HttpRequest) -> bool:
    """Count the tries of an address, so that nobody guesses a code."""
    key = f"verify-notice:{get_adapter(request).get_client_ip(request)}"
    cache.add(key, 0, WINDOW)
    try:
        return int(cache.incr(key)) <= TRIES
    except ValueError:  # the window ended between the two
        return True
