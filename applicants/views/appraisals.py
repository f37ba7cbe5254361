"""The appraisal: a page for the referee, who comes by a link and has no account. Rule: AST-09.

The link is the right: whoever has it may write. So no search engine may list the page; and no other site is told of it,
as the portal's policy on referrers says of all pages (a stricter one would hide the origin of its own form).
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applicants.appraisals import by_secret, decline_appraisal, deposit_appraisal, save_appraisal
from applicants.editing import appraisals_until
from applicants.forms.questions import QuestionsForm
from applicants.models import Appraisal, Referee
from applicants.values import WrongAnswer
from applicants.views.own_dossier import posted
from journal.errors import Refused


@never_cache
def appraisal(request: HttpRequest, secret: str) -> HttpResponse:
    """The questions of the appraisal: kept as a draft, or deposited for good."""
    referee = _referee(secret)
    rule = referee.dossier.rules.referee(referee.kind)
    if rule is None:
        raise Http404
    form = QuestionsForm(rule.questions, _draft(referee), posted(request))
    if request.method == "POST" and form.is_valid():
        deposits = "deposit" in request.POST
        if _try(request, form, secret, deposit_appraisal if deposits else save_appraisal):
            if not deposits:
                messages.success(request, gettext("Votre brouillon est gardé. Vous seul pouvez le lire."))
            return redirect("applicants:appraisal", secret)
    context = {
        "referee": referee,
        "procedure": referee.dossier.procedure,
        "candidate": referee.dossier.candidate,
        "ends_at": appraisals_until(referee.dossier, referee.kind),
        "rule": rule,
        "form": form,
        "secret": secret,
    }
    response = render(request, "applicants/appraisal.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@never_cache
def decline(request: HttpRequest, secret: str) -> HttpResponse:
    """Decline to give an opinion."""
    _referee(secret)
    try:
        decline_appraisal(secret)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("applicants:appraisal", secret)


def _referee(secret: str) -> Referee:
    try:
        return by_secret(secret)
    except Referee.DoesNotExist:
        raise Http404 from None


def _draft(referee: Referee) -> dict[str, str]:
    """What the referee has written so far; the page shows none of it any more once it is deposited."""
    draft = Appraisal.objects.filter(referee=referee).first()
    return dict(draft.answers) if draft else {}


def _try(request: HttpRequest, form: QuestionsForm, secret: str, act: Callable[[str, dict[str, str]], object]) -> bool:
    try:
        act(secret, form.cleaned_data)
    except WrongAnswer as wrong:
        for code, error in wrong.errors.items():
            form.add_error(code, error)
        return False
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True
