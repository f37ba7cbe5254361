"""Paying: what every sum that a dossier owes has in common, whatever it is owed for.

Its transfer bears a reference that the procedure words, and it is paid by the means that its rule allows.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext

from applicants.models import Dossier, Status
from journal.errors import Refused
from payments.charges import PayerAct
from programmes.models import Participation, Programme, School
from programmes.rules import Means

LONGEST_REFERENCE = 140  # of a bank transfer's text
MEANS = {PayerAct.DECLARE_TRANSFER: Means.TRANSFER, PayerAct.PAY_BY_CARD: Means.CARD, PayerAct.DECLARE_LINK: Means.LINK}


class NotExempt(Refused):
    """The candidate is not, or not yet, among those who owe nothing."""


def reference_for(worded: str, dossier: Dossier, programme: Programme | None) -> str:
    """The text that the candidate's transfer must bear, as the procedure words it."""
    candidate = dossier.candidate
    names = {
        "family_name": candidate.family_name,
        "given_names": candidate.given_names,
        "programme": programme.title.fr if programme else "",
        "reference": dossier.reference,
    }
    reference = worded
    for name, value in names.items():
        reference = reference.replace(f"{{{name}}}", value)
    return reference[:LONGEST_REFERENCE].strip()


def require_means(dossier: Dossier, act: PayerAct, allowed: Collection[Means]) -> None:
    """Raise `Refused` if the payer is about to pay by a means that is not among `allowed`, or without a name that a
    transfer could bear.
    """
    means = MEANS.get(act)
    if means is not None and means not in allowed:
        raise Refused(gettext("Les frais ne se règlent pas de cette manière."))
    if means == Means.TRANSFER and not dossier.candidate.family_name:
        raise Refused(gettext("Remplissez d’abord votre identité : le virement porte votre nom."))


def require_no_exemption(act: PayerAct) -> None:
    """Raise `NotExempt` if the payer asks to be spared a sum that nobody is spared."""
    if act == PayerAct.ASK_EXEMPTION:
        raise NotExempt(gettext("Personne n’est exonéré de cette somme."))


def require_not_withdrawn(dossier: Dossier) -> None:
    """Raise `Refused` if the dossier has ended: nothing is owed any more that is not paid yet."""
    if dossier.status == Status.WITHDRAWN:
        raise Refused(gettext("Votre dossier est retiré : il n’y a plus rien à payer."))


def school_paid(dossier: Dossier, school: School) -> Participation:
    """The school, as it takes part in the dossier's procedure: where it is paid there."""
    return Participation.objects.select_related("school").get(procedure=dossier.procedure_id, school=school)
