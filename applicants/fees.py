"""The application fee: what the dossier owes for its programmes, to whom, and until when the candidate may act on it.

The fee follows the choices and the answers. Once it is paid, or money is on its way, what is owed beside (a programme
added, a scholarship refused) is a complement: a charge of its own. How a charge is paid (transfer, card, exemption)
is `payments`; how much it is, `applicants.fee_amounts`.
Rules: AST-10, APP-11, APP-12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.editing import PAYMENT, may_edit, require_editable
from applicants.fee_amounts import Basis, complement_lines, lines, still_owed, total
from applicants.given import answers_named, answers_of
from applicants.models import Dossier
from applicants.paying import NotExempt, account_of, lock_payer, reference_for, require_means, school_paid
from documents.models import SupportingDocument
from journal.errors import Refused
from payments import charges
from payments.charges import PayerAct
from payments.models import Charge, ChargeQuerySet, Reduction
from payments.standing import Standing, standing_as_read, worst
from programmes.facts import question_of
from programmes.models import Participation, Procedure, Programme, School
from programmes.rules import FeeRule, Means

APPLICATION_FEE, COMPLEMENT = "application_fee", "fee_complement"
FEE_REASONS = (APPLICATION_FEE, COMPLEMENT)


@transaction.atomic
def fee_charge(dossier_id: UUID, *, by: User) -> Charge | None:
    """What the dossier owes as its fee, opened or brought in step with its choices if need be.

    None when the procedure asks for no fee, or as long as there is no choice.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
    """
    dossier = lock_own(dossier_id, by=by)
    if may_edit(dossier, PAYMENT):
        keep_fee_in_step(dossier, by=by)
    return charges.live_charge(dossier.account_id, APPLICATION_FEE)


def keep_fee_in_step(dossier: Dossier, *, by: User | None, complement_due_at: dt.datetime | None = None) -> None:
    """Open the fee, send it to the school that is paid, under the candidate's name, and ask for the complement that
    choices and answers call for; inside an act that locked the dossier. A complement opened here is due before
    `complement_due_at` (procedure's time), if any.

    Raises:
        Committed: another school is now first, or none is, and money is on its way or there.
    """
    fee = dossier.rules.fee
    if fee is None:
        return
    programmes, (charge, complements) = _programmes(dossier), _lock_live(dossier)
    if not programmes:
        if charge is not None and not fee.payee:
            charges.require_uncommitted(charge)
        return
    answers = answers_named(dossier, _grounds(fee))
    payee, basis = _payee(dossier, fee, programmes, charge), Basis(len(programmes), _is_reduced(dossier, answers))
    reference = reference_for(fee.reference, dossier, programmes[0])
    if charge is None:
        charge = _open(dossier, fee, payee, basis, reference)
    elif charge.payee_id != payee.pk or _is_of_other_amount(charge, complements, fee, basis):
        charge = charges.reopen_charge(charge, payee=payee, lines=lines(fee, basis), basis=basis.as_json())
    elif charge.basis != basis.as_json() and charges.is_free(charge):
        _keep_basis(charge, basis)
    asked = _keep_complement_in_step(dossier, fee, charge, complements, basis, due_at=complement_due_at)
    for owed in [charge, *asked]:
        charges.set_reference(owed, reference)
    if charges.has_request(charge) and not claims_exemption(fee, answers):
        charges.drop_request(charge, by=by)


def answers_that_matter(dossier: Dossier) -> frozenset[str]:
    """The answers that the fee hangs on: the name that a transfer bears, and what an exemption or reduction asks."""
    grounds = _grounds(dossier.rules.fee) if dossier.rules.fee is not None else ()
    return frozenset({"family_name", "given_names", *map(question_of, grounds)})


def _grounds(fee: FeeRule) -> frozenset[str]:
    """The answers, and facts that follow from them, that an exemption or a reduction asks."""
    grounds = (fee.exemption, fee.reduction)
    return frozenset(name for ground in grounds if ground is not None for name in ground.when.values)


def fee_charges(dossier: Dossier) -> list[Charge]:
    """What the dossier owes or has paid as its fee: the first charge, then its complements; with what tells how far
    each is settled, and how it may be paid.
    """
    related = ("account__procedure", "payee__school", "exemption")
    return list(_live(dossier).with_announcement().select_related(*related))


def fee_standing(dossier: Dossier) -> Standing:
    """How far the fee is settled, its complements with it; due when it was never opened."""
    return worst(standing_as_read(charge) for charge in fee_charges(dossier))


def _live(dossier: Dossier) -> ChargeQuerySet:
    return Charge.objects.live().filter(account=dossier.account_id, reason__in=FEE_REASONS)


def left_unstudied(procedure: Procedure) -> QuerySet[Dossier]:
    """The dossiers of which a complement was not paid by its date: nobody studies them. Rule: APP-12."""
    overdue = Charge.objects.filter(
        reason__in=FEE_REASONS, state=Charge.State.DUE, due_at__lte=procedure.now(), account__procedure=procedure
    )
    return Dossier.objects.filter(procedure=procedure, account__in=overdue.values("account"))


def claims_exemption(fee: FeeRule, answers: Mapping[str, str]) -> bool:
    """Whether the candidate's answers are those of someone who owes no fee."""
    return fee.exemption is not None and fee.exemption.when.holds(answers)


def claims_reduction(fee: FeeRule | None, answers: Mapping[str, str]) -> bool:
    """Whether the candidate's answers are those of someone who owes the reduced fee. Rule: APP-12."""
    return fee is not None and fee.reduction is not None and fee.reduction.when.holds(answers)


def is_reduced(dossier: Dossier) -> bool:
    """Whether the dossier owes the reduced fee: it is claimed, and staff have not refused it."""
    return _is_reduced(dossier, answers_of(dossier))


def _is_reduced(dossier: Dossier, answers: Mapping[str, str]) -> bool:
    if not claims_reduction(dossier.rules.fee, answers):
        return False
    return not Reduction.objects.filter(account=dossier.account_id, state=Reduction.State.REFUSED).exists()


def school_of_fee(dossier: Dossier) -> School | None:
    """The school to which the dossier pays its fee; None as long as it hangs on a choice that is not made."""
    fee, programmes = dossier.rules.fee, _programmes(dossier)
    if fee is None or not programmes:
        return None
    return _payee(dossier, fee, programmes, None).school


@charges.guards(APPLICATION_FEE)
@charges.guards(COMPLEMENT)
def require_payable(charge: Charge, act: PayerAct) -> None:
    """Lock the dossier, and raise the reason why its candidate may not do `act` about the fee now, if so.

    Raises:
        Closed, NotEditable: the fee is not open to the candidate.
        NotExempt: an exemption is asked for by someone whom the rules do not exempt, or without the paper
            that proves it. Refused: this means of payment is not for this fee; the name that the transfer
            must bear is not filled in.
    """
    dossier = lock_payer(charge)
    require_editable(dossier, PAYMENT)
    fee = dossier.rules.fee
    if fee is None:
        raise Refused(gettext("Cette procédure ne demande pas de frais."))
    hangs_on_answers = act == PayerAct.DECLARE_LINK
    require_means(dossier, act, means_for(fee, answers_of(dossier)) if hangs_on_answers else fee.means)
    if act == PayerAct.ASK_EXEMPTION:
        _require_exempt(charge, fee, dossier, answers_of(dossier))


def means_for(fee: FeeRule, answers: Mapping[str, str]) -> set[Means]:
    """The means by which a candidate who answered so may pay: a page outside of the portal may be for some only."""
    means = set(fee.means)
    if fee.link is None or not fee.link.when.holds(answers):
        means.discard(Means.LINK)
    return means


def _require_exempt(charge: Charge, fee: FeeRule, dossier: Dossier, answers: Mapping[str, str]) -> None:
    if fee.exemption is None or charge.reason != APPLICATION_FEE or not claims_exemption(fee, answers):
        raise NotExempt(gettext("D’après vos réponses, vous n’êtes pas de ceux que la procédure exonère des frais."))
    papers = SupportingDocument.objects.present().filter(folder=dossier.folder_id)
    if not papers.filter(kind=fee.exemption.paper).exists():
        paper = dossier.rules.paper(fee.exemption.paper)
        label = paper.label if paper else fee.exemption.label
        raise NotExempt(gettext("Déposez d’abord la pièce qui le prouve : %(paper)s.") % {"paper": label})


def _programmes(dossier: Dossier) -> list[Programme]:
    """The programmes chosen, the first choice first."""
    return [choice.programme for choice in dossier.ranked_choices]


def _lock_live(dossier: Dossier) -> tuple[Charge | None, list[Charge]]:
    """The fee and its complements, those that were not cancelled, locked until the act ends."""
    found = list(_live(dossier).select_for_update(of=("self",)).select_related("account", "payee__school", "exemption"))
    for charge in found:
        charge.account.procedure = dossier.procedure
    complements = [charge for charge in found if charge.reason == COMPLEMENT]
    return next((charge for charge in found if charge not in complements), None), complements


def _payee(dossier: Dossier, fee: FeeRule, programmes: list[Programme], charge: Charge | None) -> Participation:
    """The school that the rules name, else that of the first choice; it may be that of the `charge` there is."""
    code = fee.payee or programmes[0].school.code
    return charge.payee if charge is not None and charge.payee.school.code == code else school_paid(dossier, code)


def _open(dossier: Dossier, fee: FeeRule, payee: Participation, basis: Basis, reference: str) -> Charge:
    return charges.open_charge(
        account_of(dossier),
        payee=payee,
        reason=APPLICATION_FEE,
        amount=total(fee, basis),
        lines=lines(fee, basis),
        reference=reference,
        needed_for=fee.needed_for,
        basis=basis.as_json(),
    )


def _is_of_other_amount(charge: Charge, complements: Collection[Charge], fee: FeeRule, basis: Basis) -> bool:
    """Whether the first charge can still change, and should: nothing was paid of it, nor of a complement to it."""
    if charge.amount == total(fee, basis) or not charges.is_free(charge):
        return False
    return all(charges.is_free(complement) for complement in complements)


def _keep_complement_in_step(
    dossier: Dossier,
    fee: FeeRule,
    first: Charge,
    complements: Collection[Charge],
    basis: Basis,
    *,
    due_at: dt.datetime | None,
) -> list[Charge]:
    """Ask for what is owed beside what is paid for or on its way, in one charge; none where nothing is.

    Returns the complements as they now are.
    """
    free = [charge for charge in complements if charges.is_free(charge)]
    stand = [charge for charge in complements if charge not in free]
    paid_for = [Basis.of(charge.basis) for charge in (first, *stand)]
    owed = 0 if first.state == Charge.State.WAIVED else still_owed(fee, basis, paid_for)
    for charge in free:
        if charge.amount == owed:
            _keep_basis(charge, basis)
            return [*stand, charge]
        charges.cancel_charge(charge)
    if not owed:
        return stand
    opened = charges.open_charge(
        account_of(dossier),
        payee=first.payee,
        reason=COMPLEMENT,
        subject=str(dossier.account.charges.filter(reason=COMPLEMENT).count() + 1),
        amount=owed,
        lines=complement_lines(fee, basis, paid_for),
        reference=first.reference,
        needed_for=fee.needed_for,
        basis=basis.as_json(),
        due_at=due_at,
    )
    return [*stand, opened]


def _keep_basis(charge: Charge, basis: Basis) -> None:
    """Remember what the same amount is now owed for."""
    if charge.basis != basis.as_json():
        charge.basis = basis.as_json()
        charge.save(update_fields=["basis"])
