"""Pages about the account: the data-protection notice, and the switch of language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views import i18n

from accounts.consent import CURRENT_VERSION, notice_template
from accounts.language import prefer_language
from accounts.models import User


def data_protection(request: HttpRequest) -> HttpResponse:
    """The notice in force, for anyone to read."""
    context = {"notice": notice_template(get_language() or ""), "version": CURRENT_VERSION}
    return render(request, "accounts/data_protection.html", context)


def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language of the pages, and of the mails of whoever is signed in."""
    response = i18n.set_language(request)
    if request.method == "POST" and isinstance(request.user, User):
        prefer_language(request.user, request.POST.get(i18n.LANGUAGE_QUERY_PARAMETER, ""))
    return response
