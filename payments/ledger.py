"""The ledger: every cent that is owed, received, waived or to be paid back, in movements whose lines sum to zero.

A positive line says where the money is now, a negative one where it came from. What a payer owes stands in
`OWED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.utils.translation import gettext

from journal.clock import instant
from payments.models import Charge, LedgerLine, Payment

OWED = "owed"


def book_opened(charge: Charge) -> None:
    """The payer owes the charge's amount to the school."""
    book(charge, {OWED: charge.amount, fees_of(charge): -charge.amount})


def book_dropped(charge: Charge) -> None:
    """The charge is cancelled or waived: nothing is owed any more."""
    book(charge, {OWED: -charge.amount, fees_of(charge): charge.amount})


def book_received(charge: Charge, payment: Payment) -> None:
    """The money that the payer owed is there."""
    book(charge, {received_by(charge, payment): payment.amount, OWED: -payment.amount})


def book_surplus(charge: Charge, payment: Payment) -> None:
    """Money came that was not owed: the school owes it back."""
    book(charge, {received_by(charge, payment): payment.amount, to_repay_by(charge): -payment.amount})


def book_refund_granted(charge: Charge, amount: int) -> None:
    """What the school had earned is to be paid back."""
    book(charge, {fees_of(charge): amount, to_repay_by(charge): -amount})


def book_refund_paid(charge: Charge, amount: int) -> None:
    """The school has paid it back, from its account, whatever way it had come."""
    book(charge, {to_repay_by(charge): amount, paid_back_by(charge): -amount})


def book(charge: Charge, lines: Mapping[str, int]) -> UUID:
    """Write one movement, in the act's transaction: cents by name of ledger. Returns the movement's id.

    Raises:
        ValueError: the lines do not sum to zero.
    """
    if sum(lines.values()):
        raise ValueError(f"a movement that does not sum to zero: {dict(lines)}")
    movement, now = uuid4(), instant()
    LedgerLine.objects.bulk_create(
        LedgerLine(movement=movement, ledger=ledger, charge=charge, amount=amount, booked_at=now)
        for ledger, amount in lines.items()
    )
    return movement


def fees_of(charge: Charge) -> str:
    """The ledger of what the school has earned."""
    return f"fees:{charge.payee.school.code}"


def received_by(charge: Charge, payment: Payment) -> str:
    """The ledger of the school's account to which this kind of payment goes."""
    return f"{payment.means}:{charge.payee.school.code}"


def to_repay_by(charge: Charge) -> str:
    """The ledger of what the school has to pay back."""
    return f"to-repay:{charge.payee.school.code}"


def paid_back_by(charge: Charge) -> str:
    """The ledger of the transfers that the school made to payers."""
    return f"paid-back:{charge.payee.school.code}"


def in_words(line: LedgerLine) -> str:
    """The ledger's name as the accounts read it."""
    school = line.charge.payee.school.name
    kind = line.ledger.partition(":")[0]
    named = {
        OWED: gettext("Dû par les candidats"),
        "fees": gettext("Frais acquis à %(school)s"),
        Payment.Means.TRANSFER: gettext("Virements reçus par %(school)s"),
        Payment.Means.CARD: gettext("Cartes encaissées par %(school)s"),
        Payment.Means.LINK: gettext("Paiements en ligne reçus par %(school)s"),
        "to-repay": gettext("À rendre par %(school)s"),
        "paid-back": gettext("Virements de remboursement de %(school)s"),
    }
    return named.get(kind, line.ledger) % {"school": school}
