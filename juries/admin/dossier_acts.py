"""The acts of a dossier's page: from what was posted to the act, and its success in words.

A refusal is raised, and shown beside what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from applicants.additions import add_programme, addable_programmes
from applicants.corrections import ask_correction, places_of, withdraw_correction
from applicants.early import mark_early
from applicants.endings import void_dossier
from applicants.fees import FEE_REASONS
from applicants.identity_corrections import correct_identity
from applicants.models import Dossier
from applicants.reductions import decide_reduction
from documents.models import SupportingDocument
from journal.errors import Refused
from juries.adjustments import note_adjustment
from juries.admin.board import errors_of
from juries.admin.forms import AdditionForm, AdjustmentForm, CorrectionForm, ReasonForm, RectificationForm, TransferForm
from juries.models import Decision, DecisionCorrection
from juries.publication import confirm_correction, propose_correction
from juries.verification import review_paper, validate_dossier
from payments.exemptions import decide_exemption
from payments.models import Charge
from payments.transfers import confirm_transfer, refuse_transfer
from programmes.desk import person

Form = TypeVar("Form", bound=forms.Form)


class Mistyped(Refused):
    """The form could not be read; `str()` says which field, and why."""


def _review(request: HttpRequest, dossier: Dossier) -> str:
    """Accept or refuse a file of this dossier."""
    document = SupportingDocument.objects.filter(
        folder=dossier.folder_id, pk=read_uuid(request.POST.get("document", ""))
    ).first()
    if document is None:
        raise Http404
    accepted = _is_accepted(request)
    review_paper(document.pk, accepted=accepted, reason=request.POST.get("reason", ""), by=person(request))
    name = {"name": document.original_name}
    return gettext("%(name)s : acceptée.") % name if accepted else gettext("%(name)s : refusée.") % name


def _validate(request: HttpRequest, dossier: Dossier) -> str:
    validate_dossier(dossier.pk, by=person(request))
    said = gettext("Le dossier %(reference)s est validé : il est devant le jury.")
    if dossier.procedure.judges_by_programme:
        said = gettext("Le dossier %(reference)s est validé : il est à l’étude.")
    return said % {"reference": dossier.reference}


def _ask(request: HttpRequest, dossier: Dossier) -> str:
    asked = _read(CorrectionForm(dossier, places_of(dossier), request.POST)).cleaned_data
    ask_correction(dossier.pk, opens=asked["opens"], reason=asked["reason"], until=asked["until"], by=person(request))
    return gettext("La demande est envoyée au candidat.")


def _withdraw(request: HttpRequest, dossier: Dossier) -> str:
    withdraw_correction(read_uuid(request.POST.get("correction", "")), by=person(request))
    return gettext("La demande est levée, et le candidat prévenu.")


def _note_transfer(request: HttpRequest, dossier: Dossier) -> str:
    received_on = _read(TransferForm(request.POST)).cleaned_data["received_on"]
    confirm_transfer(_charge(request, dossier), by=person(request), received_on=received_on)
    return gettext("Le virement est noté.")


def _refuse_transfer(request: HttpRequest, dossier: Dossier) -> str:
    refuse_transfer(_charge(request, dossier), by=person(request), reason=request.POST.get("reason", ""))
    return gettext("Les frais sont de nouveau dus, et le candidat prévenu.")


def _decide_exemption(request: HttpRequest, dossier: Dossier) -> str:
    accepted = _is_accepted(request)
    reason = request.POST.get("reason", "")
    decide_exemption(_charge(request, dossier), accepted=accepted, reason=reason, by=person(request))
    return gettext("L’exonération est accordée.") if accepted else gettext("L’exonération est refusée.")


def _adjust(request: HttpRequest, dossier: Dossier) -> str:
    noted = note_adjustment(dossier.pk, **_read(AdjustmentForm(request.POST)).cleaned_data, by=person(request))
    if noted is None:
        return gettext("Aucun aménagement n’est plus noté.")
    return gettext("L’aménagement est noté : ceux qui préparent les épreuves le voient.")


def _decide_reduction(request: HttpRequest, dossier: Dossier) -> str:
    accepted = _is_accepted(request)
    decide_reduction(dossier.pk, accepted=accepted, reason=request.POST.get("reason", ""), by=person(request))
    if accepted:
        return gettext("Le tarif réduit est accepté.")
    return gettext("Le tarif réduit est refusé, et la différence demandée au candidat.")


def _add_programme(request: HttpRequest, dossier: Dossier) -> str:
    typed = _read(AdditionForm(dossier, addable_programmes(dossier), request.POST)).cleaned_data
    add_programme(dossier.pk, typed["programme"], status=typed.get("status", ""), by=person(request))
    return gettext("La formation est ajoutée : le dossier est rouvert, et le candidat prévenu.")


def _correct_identity(request: HttpRequest, dossier: Dossier) -> str:
    correct_identity(dossier.pk, request.POST, by=person(request))
    return gettext("L’identité est corrigée, et le candidat prévenu.")


def _mark_early(request: HttpRequest, dossier: Dossier) -> str:
    because = request.POST.get("because", "")
    marked = mark_early(dossier.pk, because=because, by=person(request))
    return gettext("L’étude anticipée est notée.") if marked.early_because else gettext("L’étude anticipée est levée.")


def _void(request: HttpRequest, dossier: Dossier) -> str:
    void_dossier(dossier.pk, reason=_read(ReasonForm(request.POST)).cleaned_data["reason"], by=person(request))
    return gettext("Le dossier est annulé, et le candidat prévenu.")


def _propose(request: HttpRequest, dossier: Dossier) -> str:
    public = Decision.objects.published(dossier.procedure).filter(dossier=dossier)  # another one is not there
    decision = public.filter(pk=_number(request.POST.get("decision", ""))).first()
    if decision is None:
        raise Http404
    proposed = _read(RectificationForm(decision, request.POST)).cleaned_data
    propose_correction(decision.pk, outcome=proposed["outcome"], reason=proposed["reason"], by=person(request))
    return gettext("La rectification attend qu’une seconde personne la confirme.")


def _confirm(request: HttpRequest, dossier: Dossier) -> str:
    correction = DecisionCorrection.objects.filter(
        decision__dossier=dossier, pk=_number(request.POST.get("correction", ""))
    ).first()
    if correction is None:
        raise Http404
    confirm_correction(correction.pk, by=person(request))
    return gettext("La décision est rectifiée, et le candidat prévenu.")


ACTS: dict[str, Callable[[HttpRequest, Dossier], str]] = {
    "review": _review,
    "validate": _validate,
    "ask": _ask,
    "withdraw": _withdraw,
    "note_transfer": _note_transfer,
    "refuse_transfer": _refuse_transfer,
    "decide_exemption": _decide_exemption,
    "adjust": _adjust,
    "decide_reduction": _decide_reduction,
    "add_programme": _add_programme,
    "correct_identity": _correct_identity,
    "mark_early": _mark_early,
    "void": _void,
    "propose": _propose,
    "confirm": _confirm,
}


def _read(form: Form) -> Form:
    """A form that was filled in.

    Raises:
        Mistyped: it cannot be read.
    """
    if not form.is_valid():
        raise Mistyped(" ".join(errors_of(form)))
    return form


def _charge(request: HttpRequest, dossier: Dossier) -> UUID:
    """The part of the dossier's fee that the form names (an act refuses for whoever it does not concern)."""
    charges = Charge.objects.live().filter(account=dossier.account_id, reason__in=FEE_REASONS)
    charge = charges.filter(pk=read_uuid(request.POST.get("charge", ""))).first()
    if charge is None:
        raise Http404
    return charge.pk


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
