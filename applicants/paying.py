"""Paying: what every sum that a dossier owes has in common, whatever it is owed for.

Its transfer bears a reference that the procedure words, and it is paid by the means that its rule allows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils.translation import gettext

from applicants.bills import Bill
from applicants.dossiers import lock_where
from applicants.models import Dossier, Status
from journal.errors import Closed, Refused
from payments import charges
from payments.charges import PayerAct
from payments.models import Account, Charge
from payments.standing import standing_of
from programmes.models import Participation, Programme
from programmes.rules import Means, Rules
from programmes.words import deadline

FOR_PLACE = "place"  # what a sum is needed for that goes with a place
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


def lock_payer(charge: Charge) -> Dossier:
    """The dossier that owes a charge, locked."""
    dossier = lock_where(Dossier.objects.filter(account=charge.account_id))
    assert dossier is not None
    return dossier


def require_in_time(charge: Charge, act: PayerAct, means_of: Callable[[Rules], Collection[Means]]) -> None:
    """Lock the dossier, and raise the reason why its candidate may not do `act` now about a sum that goes with a place.

    Raises:
        Closed: the time to pay it has passed.
        NotExempt, Refused: the dossier has ended; nobody is spared this sum; it is not paid in this way.
    """
    dossier = lock_payer(charge)
    require_not_withdrawn(dossier)
    if charge.is_overdue:
        assert charge.due_at is not None
        raise Closed(gettext("Le délai de paiement s’est terminé le %(when)s.") % {"when": deadline(charge.due_at)})
    if act == PayerAct.ASK_EXEMPTION:
        raise NotExempt(gettext("Personne n’est exonéré de cette somme."))
    require_means(dossier, act, means_of(dossier.rules))


def account_of(dossier: Dossier) -> Account:
    """The account of a dossier, with the procedure that was read with the dossier."""
    dossier.account.procedure = dossier.procedure
    return dossier.account


def drop_due_for_place(dossier: Dossier, programme: Programme) -> None:
    """A place in `programme` is given up or lost: a deposit or an instalment still due is owed no more, and what comes
    yet is paid back. What was paid stays, unless the rules pay it back. Inside an act that locked the dossier.
    """
    charges.drop_due(dossier.account_id, needed_for=FOR_PLACE, subject=programme.code)


def bill_in_time(dossier: Dossier, charge: Charge, means: Collection[Means]) -> Bill:
    """Such a sum, as the candidate looks at it."""
    is_open = dossier.status != Status.WITHDRAWN and not charge.is_overdue
    return Bill(charge, standing_of(charge), means, is_open=is_open)


def require_not_withdrawn(dossier: Dossier) -> None:
    """Raise `Refused` if the dossier has ended: nothing is owed any more that is not paid yet."""
    if dossier.status == Status.WITHDRAWN:
        raise Refused(gettext("Votre dossier est retiré : il n’y a plus rien à payer."))


def school_paid(dossier: Dossier, code: str) -> Participation:
    """The school of that code, as it takes part in the dossier's procedure: where it is paid there."""
    return Participation.objects.select_related("school").get(procedure=dossier.procedure_id, school__code=code)
