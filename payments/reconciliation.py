"""Reconciliation: a bank's statement beside the sums that are waited for. It reads and proposes; acts note
what staff decide.

Rule: AST-10.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from payments.matching import Awaited, match, wording_of
from payments.models import Charge
from payments.statements import StatementLine, read_statement


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of the statement, and whose it may be, the most alike first."""

    line: StatementLine
    charges: tuple[Charge, ...] = ()
    is_sure: bool = False
    noted: Charge | None = None  # a sum already settled, whose line this seems to be


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the lines pasted may be."""

    proposals: tuple[Proposal, ...]
    unreadable: tuple[str, ...]


def reconcile(text: str, user: User) -> Reconciliation:
    """Propose, for each line pasted, the sums owed to the schools of `user` that it may settle."""
    statement = read_statement(text)
    charges = Charge.objects.collected_by(user).exclude(state=Charge.State.CANCELLED)
    known = {charge.pk: charge for charge in charges.select_related("payee__school")}
    owed = _awaited(known, Charge.State.DUE)
    settled = _awaited(known, Charge.State.SETTLED)
    wording = wording_of(charge.reference for charge in known.values())

    def propose(line: StatementLine) -> Proposal:
        found = match(line.label, line.amount, owed, wording)
        before = match(line.label, line.amount, settled, wording)
        return Proposal(
            line=line,
            charges=tuple(known[key] for key in found.candidates),
            is_sure=found.is_sure,
            noted=known[before.candidates[0]] if before.is_sure and not found.is_sure else None,
        )

    return Reconciliation(tuple(propose(line) for line in statement.lines), statement.unreadable)


def _awaited(charges: dict[UUID, Charge], state: str) -> dict[UUID, Awaited]:
    return {key: Awaited(charge.reference, charge.amount) for key, charge in charges.items() if charge.state == state}
