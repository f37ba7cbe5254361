"""Fixtures of the payments' tests: a procedure, a payer, and a sum that the payer owes to a school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import User
from journal.clock import at_one_instant
from journal.errors import Closed
from payments import charges
from payments.charges import PayerAct, guards
from payments.models import Account, Charge
from programmes.loading import store
from programmes.models import Participation, Procedure, Role
from programmes.procedure_file import read
from programmes.procedure_file.schema import ProcedureFile
from programmes.text import Text

REASON = "test-fee"
FEE = 7600
LINES = [(Text("Frais", "Fee"), FEE)]
TODAY = dt.date(2026, 3, 12)
closed: set[PayerAct] = set()  # what the guard refuses


@guards(REASON)
def guard(charge: Charge, act: PayerAct) -> None:
    """Stands for the app that opened the charge."""
    if act in closed:
        raise Closed("too late")


@cache
def procedure_file() -> ProcedureFile:
    return read(Path(settings.BASE_DIR) / "programmes/procedures/ast-2026.yaml")


@pytest.fixture(autouse=True)
def _one_instant() -> Iterator[None]:
    closed.clear()
    with at_one_instant(dt.datetime(2026, 3, 12, 10, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def procedure(db: None) -> Procedure:
    return store(procedure_file(), rehearsal=True)


@pytest.fixture
def payer(db: None) -> User:
    return User.objects.create_user("payer@example.org")


@pytest.fixture
def albi(procedure: Procedure) -> Participation:
    school = Participation.objects.get(procedure=procedure, school__code="albi")
    school.takes_cards = True
    school.save(update_fields=["takes_cards"])
    return school


@pytest.fixture
def ales(procedure: Procedure) -> Participation:
    return Participation.objects.get(procedure=procedure, school__code="ales")


@pytest.fixture
def accountant(procedure: Procedure, albi: Participation) -> User:
    user = User.objects.create_user("accountant@example.org", is_staff=True)
    Role.objects.create(user=user, procedure=procedure, school=albi.school, kind=Role.Kind.ACCOUNTANT)
    return user


@pytest.fixture
def stranger(procedure: Procedure, ales: Participation) -> User:
    """The same post in another school."""
    user = User.objects.create_user("stranger@example.org", is_staff=True)
    Role.objects.create(user=user, procedure=procedure, school=ales.school, kind=Role.Kind.ACCOUNTANT)
    return user


@pytest.fixture
def charge(procedure: Procedure, payer: User, albi: Participation) -> Charge:
    return owed(procedure, payer, albi)


def owed(procedure: Procedure, payer: User, payee: Participation, reference: str = "Roy _Max _fee") -> Charge:
    """A sum that `payer` owes to `payee`."""
    with transaction.atomic():
        return charges.open_charge(
            Account.objects.create(procedure=procedure, payer=payer),
            payee=payee,
            reason=REASON,
            amount=FEE,
            lines=LINES,
            reference=reference,
            needed_for="validation",
        )
