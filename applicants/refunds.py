"""Refunds: which sums the rules pay back to this candidate now, and the request with its proof.

What no rule names is never paid back. Staff decide, and note the payment: `payments.refunds`.
Rules: BS-07, NE-08, IIM-07.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import lock_own
from applicants.fees import APPLICATION_FEE, COMPLEMENT
from applicants.given import answers_of
from applicants.models import Dossier
from documents import intake
from documents.intake import Received
from documents.models import Folder
from journal.errors import Closed
from payments import charges
from payments.models import Charge, Refund
from payments.refunds import NotRefundable, open_refund
from programmes.rules import PaperRule, RefundRule
from programmes.words import deadline

PROOF = "refund-proof"


@dataclass(frozen=True, slots=True)
class Case:
    """A sum that was paid, a rule that pays it back, and until when it may be asked back (procedure's time)."""

    charge: Charge
    rule: RefundRule
    until: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether there is still time to ask."""
        return self.until is None or self.charge.procedure.now() < self.until


def cases_of(dossier: Dossier) -> list[Case]:
    """The sums that this candidate has paid and may ask back, each in every case that the rules name for them."""
    paid = dossier.account.charges.filter(state=Charge.State.SETTLED)
    rules, answers = dossier.rules.refunds, answers_of(dossier)
    return [
        Case(charge, rule, _until(dossier, charge, rule))
        for charge in paid.select_related("account__procedure", "payee__school").prefetch_related("lines")
        for rule in rules
        if _named(charge) in rule.of and rule.when.holds(answers)
    ]


def ask_refund(
    dossier_id: UUID, charge_id: UUID, case: str, proof: UploadedFile, *, iban: str, account_holder: str, by: User
) -> Refund:
    """Ask a sum back in the case of that code, on a proof, to a bank account. The file is judged and stored before the
    dossier is locked, and thrown away if the act is refused.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        NotRefundable: no rule pays this sum back to this candidate, it is not paid, or it is asked back already.
        Closed: the time to ask has passed.
        WrongFile: its kind or size.
    Rules: BS-07, NE-08, IIM-07.
    """
    dossier = Dossier.objects.owned_by(by).select_related("procedure", "candidate", "account")
    found = _open_case(dossier.get(pk=dossier_id), charge_id, case)  # first, so that nothing is stored in vain
    received = intake.receive(proof, proof_rule(found.rule))
    try:
        return _ask(dossier_id, charge_id, case, received, to=(iban, account_holder), by=by)
    except Exception:
        intake.discard(received)
        raise


def proof_rule(rule: RefundRule) -> PaperRule:
    """The paper that proves a case."""
    return PaperRule(code=PROOF, label=rule.paper, help=rule.help)


@transaction.atomic
def _ask(dossier_id: UUID, charge_id: UUID, case: str, received: Received, *, to: tuple[str, str], by: User) -> Refund:
    dossier = lock_own(dossier_id, by=by)
    charges.lock(charge_id)
    found = _open_case(dossier, charge_id, case)
    # a folder of its own: no paper of the dossier, which others examine
    folder = Folder.objects.create(procedure=dossier.procedure)
    document = intake.file_paper(folder.pk, PROOF, received, at=dossier.procedure.now(), by=by)
    asked = Refund(rule=found.rule.code, label=found.rule.label, proof=document.pk, iban=to[0], account_holder=to[1])
    return open_refund(found.charge, refund=asked, by=by)


def _open_case(dossier: Dossier, charge_id: UUID, code: str) -> Case:
    named = (case for case in cases_of(dossier) if case.charge.pk == charge_id and case.rule.code == code)
    found = next(named, None)
    if found is None:
        raise NotRefundable(gettext("Les règles de la procédure ne prévoient pas de rembourser cette somme."))
    if not found.is_open:
        assert found.until is not None
        raise Closed(
            gettext("Ce remboursement ne se demande plus depuis le %(when)s.") % {"when": deadline(found.until)}
        )
    return found


def _named(charge: Charge) -> str:
    """The charge as the rules name it: a complement is part of the fee."""
    return APPLICATION_FEE if charge.reason == COMPLEMENT else charge.reason


def _until(dossier: Dossier, charge: Charge, rule: RefundRule) -> dt.datetime | None:
    if rule.days is not None and charge.settled_at is not None:
        return charge.settled_at + dt.timedelta(days=rule.days)
    entry = dossier.procedure.calendar.get(rule.until)
    return entry.ends_at if entry is not None else None
