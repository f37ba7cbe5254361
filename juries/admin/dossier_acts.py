"""The acts of a dossier's page: from what was posted to the act, and its refusal or success in words."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from applicants.corrections import ask_correction, places_of, withdraw_correction
from applicants.endings import void_dossier
from applicants.fees import APPLICATION_FEE
from applicants.models import Dossier
from documents.models import SupportingDocument
from juries.admin.board import tell_errors
from juries.admin.forms import CorrectionForm, ReasonForm, RectificationForm, TransferForm
from juries.models import Decision, DecisionCorrection
from juries.publication import confirm_correction, propose_correction
from juries.verification import review_paper, validate_dossier
from payments.exemptions import decide_exemption
from payments.models import Charge
from payments.transfers import confirm_transfer, refuse_transfer
from programmes.desk import attempt, person


def _review(request: HttpRequest, dossier: Dossier) -> None:
    """Accept or refuse a file of this dossier."""
    document = SupportingDocument.objects.filter(
        folder=dossier.folder_id, pk=read_uuid(request.POST.get("document", ""))
    ).first()
    if document is None:
        raise Http404
    accepted = _is_accepted(request)
    reason = request.POST.get("reason", "")
    attempt(request, lambda: review_paper(document.pk, accepted=accepted, reason=reason, by=person(request)))


def _validate(request: HttpRequest, dossier: Dossier) -> None:
    done = gettext("Le dossier %(reference)s est validé : il est devant le jury.") % {"reference": dossier.reference}
    attempt(request, lambda: validate_dossier(dossier.pk, by=person(request)), done)


def _ask(request: HttpRequest, dossier: Dossier) -> None:
    form = CorrectionForm(dossier, places_of(dossier), request.POST)
    if not form.is_valid():
        tell_errors(request, form)
        return
    asked = form.cleaned_data
    attempt(
        request,
        lambda: ask_correction(
            dossier.pk, opens=asked["opens"], reason=asked["reason"], until=asked["until"], by=person(request)
        ),
        gettext("La demande est envoyée au candidat."),
    )


def _withdraw(request: HttpRequest, dossier: Dossier) -> None:
    correction_id = read_uuid(request.POST.get("correction", ""))
    attempt(
        request,
        lambda: withdraw_correction(correction_id, by=person(request)),
        gettext("La demande est levée, et le candidat prévenu."),
    )


def _note_transfer(request: HttpRequest, dossier: Dossier) -> None:
    form = TransferForm(request.POST)
    if not form.is_valid():
        tell_errors(request, form)
        return
    received_on = form.cleaned_data["received_on"]
    attempt(
        request,
        lambda: confirm_transfer(_charge(dossier), by=person(request), received_on=received_on),
        gettext("Le virement est noté."),
    )


def _refuse_transfer(request: HttpRequest, dossier: Dossier) -> None:
    reason = request.POST.get("reason", "")
    attempt(
        request,
        lambda: refuse_transfer(_charge(dossier), by=person(request), reason=reason),
        gettext("Les frais sont de nouveau dus, et le candidat prévenu."),
    )


def _decide_exemption(request: HttpRequest, dossier: Dossier) -> None:
    accepted = _is_accepted(request)
    reason = request.POST.get("reason", "")
    attempt(
        request,
        lambda: decide_exemption(_charge(dossier), accepted=accepted, reason=reason, by=person(request)),
        gettext("L’exonération est accordée.") if accepted else gettext("L’exonération est refusée."),
    )


def _void(request: HttpRequest, dossier: Dossier) -> None:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        tell_errors(request, form)
        return
    attempt(
        request,
        lambda: void_dossier(dossier.pk, reason=form.cleaned_data["reason"], by=person(request)),
        gettext("Le dossier est annulé, et le candidat prévenu."),
    )


def _propose(request: HttpRequest, dossier: Dossier) -> None:
    public = Decision.objects.published(dossier.procedure).filter(dossier=dossier)  # another one is not there
    decision = public.filter(pk=_number(request.POST.get("decision", ""))).first()
    if decision is None:
        raise Http404
    form = RectificationForm(decision, request.POST)
    if not form.is_valid():
        tell_errors(request, form)
        return
    proposed = form.cleaned_data
    attempt(
        request,
        lambda: propose_correction(
            decision.pk, outcome=proposed["outcome"], reason=proposed["reason"], by=person(request)
        ),
        gettext("La rectification attend qu’une seconde personne la confirme."),
    )


def _confirm(request: HttpRequest, dossier: Dossier) -> None:
    correction = DecisionCorrection.objects.filter(
        decision__dossier=dossier, pk=_number(request.POST.get("correction", ""))
    ).first()
    if correction is None:
        raise Http404
    attempt(
        request,
        lambda: confirm_correction(correction.pk, by=person(request)),
        gettext("La décision est rectifiée, et le candidat prévenu."),
    )


ACTS: dict[str, Callable[[HttpRequest, Dossier], None]] = {
    "review": _review,
    "validate": _validate,
    "ask": _ask,
    "withdraw": _withdraw,
    "note_transfer": _note_transfer,
    "refuse_transfer": _refuse_transfer,
    "decide_exemption": _decide_exemption,
    "void": _void,
    "propose": _propose,
    "confirm": _confirm,
}


def _charge(dossier: Dossier) -> UUID:
    """The dossier's fee (an act refuses for whoever it does not concern)."""
    charges = Charge.objects.filter(account=dossier.account_id, reason=APPLICATION_FEE)
    return charges.exclude(state=Charge.State.CANCELLED).values_list("pk", flat=True).get()


def _is_accepted(request: HttpRequest) -> bool:
    """Yes or no; a request that says neither decides nothing."""
    verdict = request.POST.get("verdict")
    if verdict not in ("accepted", "refused"):
        raise Http404
    return verdict == "accepted"


def read_uuid(typed: str) -> UUID:
    """What a form or an address names; there is nothing (404) under what is no identifier."""
    try:
        return UUID(typed)
    except ValueError as wrong:
        raise Http404 from wrong


def _number(typed: str) -> int:
    try:
        return int(typed)
    except ValueError as wrong:  # no number, or one too long to be any row's
        raise Http404 from wrong
