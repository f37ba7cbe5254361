"""Beginning a dossier: the data-protection notice first, if it has not been accepted yet, and what is stated for good.

Rules: AST-01, AST-02, APP-04.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from accounts.consent import CURRENT_VERSION, give_consent, has_consented, notice_template
from applicants.dossiers import start_dossier
from applicants.editing import APPLICATIONS
from applicants.forms.questions import QuestionsForm
from applicants.given import identity_of
from applicants.identity import identity_questions, is_fixed
from applicants.models import Candidate, Dossier
from applicants.values import WrongAnswer
from applicants.views.own_dossier import person, posted, signed_in
from journal.errors import Refused
from programmes.models import Procedure
from programmes.rules import Identity


@never_cache
@signed_in
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a dossier is, ask for consent if need be, and begin it. Who has one already is taken there."""
    procedure = get_object_or_404(Procedure.objects.exclude(current_version=None), slug=slug)
    user = person(request)
    if Dossier.objects.owned_by(user).filter(procedure=procedure).exists():
        return redirect("campaign:dossier", slug)
    needs_consent = not has_consented(user)
    form = _identity_form(request, procedure)
    if request.method == "POST" and (form is None or form.is_valid()):
        if needs_consent and "consent" in request.POST:
            give_consent(user, get_language() or "")
        try:
            start_dossier(procedure.pk, by=user, identity=form.cleaned_data if form else None)
        except WrongAnswer as wrong:
            return _ask_again(request, procedure, form, wrong)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("applicants:start", slug)
        messages.success(request, gettext("Votre dossier est ouvert. Vous pouvez le remplir en plusieurs fois."))
        return redirect("campaign:dossier", slug)
    return _show(request, procedure, form)


def _identity_form(request: HttpRequest, procedure: Procedure) -> QuestionsForm | None:
    """The questions of an identity that is stated for good as a dossier is begun; None where none is."""
    rules, candidate = procedure.rules, Candidate.objects.filter(user=person(request)).first()
    if rules is None or rules.identity != Identity.FIXED or (candidate and is_fixed(candidate)):
        return None
    stated = identity_of(candidate) if candidate else {}
    return QuestionsForm(identity_questions(rules), stated, posted(request))


def _ask_again(
    request: HttpRequest, procedure: Procedure, form: QuestionsForm | None, wrong: WrongAnswer
) -> HttpResponse:
    for code, error in wrong.errors.items():
        if form is not None:
            form.add_error(code, error)
    return _show(request, procedure, form)


def _show(request: HttpRequest, procedure: Procedure, form: QuestionsForm | None) -> HttpResponse:
    context = {
        "procedure": procedure,
        "form": form,
        "window": procedure.calendar.get(APPLICATIONS),
        "now": procedure.now(),
        "is_open": procedure.is_open(),
        "needs_consent": not has_consented(person(request)),
        "notice": notice_template(get_language() or ""),
        "version": CURRENT_VERSION,
    }
    return render(request, "applicants/start.html", context)
