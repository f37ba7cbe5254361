"""The application fee: owed to the school of the first choice, and followed as that choice changes. Rule: AST-10.

How it is paid (transfer, card, exemption) is `payments`; this module knows how much the dossier owes, to
whom, under which reference, and until when the candidate may act on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock, lock_own
from applicants.editing import PAYMENT, may_edit, require_editable
from applicants.given import answers_of
from applicants.models import Choice, Dossier
from documents.models import SupportingDocument
from journal.errors import Refused
from payments import charges
from payments.charges import PayerAct
from payments.models import Charge
from payments.standing import Standing, standing_of
from programmes.models import Participation
from programmes.rules import FeeRule, Means
from programmes.text import Text

APPLICATION_FEE = "application_fee"
LONGEST_REFERENCE = 140  # of a bank transfer's text


class NotExempt(Refused):
    """The candidate is not, or not yet, among those who owe no fee."""


@transaction.atomic
def fee_charge(dossier_id: UUID, *, by: User) -> Charge | None:
    """What the dossier owes, opened or brought in step with the first choice if need be.

    None when the procedure asks for no fee, or as long as there is no first choice.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
    """
    dossier = lock_own(dossier_id, by=by)
    if may_edit(dossier, PAYMENT):
        keep_fee_in_step(dossier, by=by)
    return charges.live_charge(dossier.account, APPLICATION_FEE)


def keep_fee_in_step(dossier: Dossier, *, by: User | None) -> None:
    """Open the charge, send it to the school of the first choice, under the candidate's name; inside an act
    that locked the dossier.

    Raises:
        Committed: another school is now first, or none is, and money is on its way or there.
    """
    fee = dossier.rules.fee
    if fee is None:
        return
    payee, charge = _payee(dossier), charges.live_charge(dossier.account, APPLICATION_FEE)
    if charge is not None:
        charge = charges.lock(charge.pk)
    if payee is None:
        if charge is not None:
            charges.require_uncommitted(charge)
        return
    if charge is None:
        charge = _open(dossier, fee, payee)
    elif charge.payee_id != payee.pk:
        charge = charges.redirect_charge(charge, payee)
    charges.set_reference(charge, reference_for(fee, dossier))
    if not claims_exemption(fee, answers_of(dossier)):
        charges.drop_request(charge, by=by)


def answers_that_matter(dossier: Dossier) -> frozenset[str]:
    """The answers that the fee hangs on: the name that a transfer bears, and what an exemption asks."""
    fee = dossier.rules.fee
    exempting = fee.exemption.when.values if fee is not None and fee.exemption is not None else {}
    return frozenset({"family_name", "given_names", *exempting})


def fee_standing(dossier: Dossier) -> Standing:
    """How far the fee is settled; due when it was never opened."""
    return standing_of(charges.live_charge(dossier.account, APPLICATION_FEE))


def claims_exemption(fee: FeeRule, answers: Mapping[str, str]) -> bool:
    """Whether the candidate's answers are those of someone who owes no fee."""
    return fee.exemption is not None and fee.exemption.when.holds(answers)


def reference_for(fee: FeeRule, dossier: Dossier) -> str:
    """The text that the candidate's transfer must bear, as the procedure words it."""
    names = {"family_name": dossier.candidate.family_name, "given_names": dossier.candidate.given_names}
    reference = fee.reference
    for name, value in names.items():
        reference = reference.replace(f"{{{name}}}", value)
    return reference[:LONGEST_REFERENCE].strip()


@charges.guards(APPLICATION_FEE)
def require_payable(charge: Charge, act: PayerAct) -> None:
    """Lock the dossier, and raise the reason why its candidate may not do `act` about the fee now, if so.

    Raises:
        Closed, NotEditable: the fee is not open to the candidate.
        NotExempt: an exemption is asked for by someone whom the rules do not exempt, or without the paper
            that proves it. Refused: this means of payment is not for this fee; the name that the transfer
            must bear is not filled in.
    """
    dossier = lock(charge.account.dossier.pk)
    require_editable(dossier, PAYMENT)
    fee = dossier.rules.fee
    if fee is None:
        raise Refused(gettext("Cette procédure ne demande pas de frais."))
    match act:
        case PayerAct.DECLARE_TRANSFER:
            _require_means(fee, Means.TRANSFER)
            if not dossier.candidate.family_name:
                raise Refused(gettext("Remplissez d’abord votre identité : le virement porte votre nom."))
        case PayerAct.PAY_BY_CARD:
            _require_means(fee, Means.CARD)
        case PayerAct.ASK_EXEMPTION:
            _require_exempt(fee, dossier, answers_of(dossier))


def _require_means(fee: FeeRule, means: Means) -> None:
    if means not in fee.means:
        raise Refused(gettext("Les frais ne se règlent pas de cette manière."))


def _require_exempt(fee: FeeRule, dossier: Dossier, answers: Mapping[str, str]) -> None:
    if fee.exemption is None or not claims_exemption(fee, answers):
        raise NotExempt(gettext("D’après vos réponses, vous n’êtes pas de ceux que la procédure exonère des frais."))
    papers = SupportingDocument.objects.present().filter(folder=dossier.folder)
    if not papers.filter(kind=fee.exemption.paper).exists():
        paper = dossier.rules.paper(fee.exemption.paper)
        label = paper.label if paper else fee.exemption.label
        raise NotExempt(gettext("Déposez d’abord la pièce qui le prouve : %(paper)s.") % {"paper": label})


def _payee(dossier: Dossier) -> Participation | None:
    """The school of the first choice, as it takes part in the procedure; read anew, since choices may just
    have changed.
    """
    first = Choice.objects.filter(dossier=dossier, rank=1).select_related("programme").first()
    if first is None:
        return None
    return Participation.objects.select_related("school").get(
        procedure=dossier.procedure, school=first.programme.school_id
    )


def _open(dossier: Dossier, fee: FeeRule, payee: Participation) -> Charge:
    return charges.open_charge(
        dossier.account,
        payee=payee,
        reason=APPLICATION_FEE,
        amount=fee.amount,
        lines=[(Text(fr="Frais de dossier", en="Application fee"), fee.amount)],
        reference=reference_for(fee, dossier),
        needed_for=fee.needed_for,
    )
