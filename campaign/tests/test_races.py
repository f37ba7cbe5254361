"""Two acts at once on PostgreSQL: a file is loaded while a period opens or closes.

Both hold the periods first and the dossiers then. The twin holds the dossiers while it waits for a period, whose holder
would wait for them.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from applicants.models import Dossier
from applicants.tests.scenario import ast_2026, procedure_at
from applicants.tests.test_races import Attempt, held_open, somebody_waits_for_a_lock
from campaign.loading import load
from offers.tests.market import JURY_DAY, candidate
from programmes.models import Period, Procedure

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dossier() -> Dossier:
    return candidate(procedure_at(JURY_DAY), "zoe", ["albi"])


def edited(procedure: Procedure) -> None:
    """The periods of the database are no longer those of the file: loading it writes them."""
    for period in procedure.periods.all():
        period.ends_at = period.starts_at.replace(minute=30)
        period.save(update_fields=["ends_at"])


def can_hold(dossier: Dossier) -> bool:
    try:
        with transaction.atomic():
            list(Dossier.objects.filter(pk=dossier.pk).select_for_update(nowait=True, no_key=True))
    except DatabaseError:
        return False
    return True


def is_free_while_a_load_waits(dossier: Dossier) -> bool:
    """Whether somebody who holds the first period could go on to the dossier, of whom a load waits for the period."""
    edited(dossier.procedure)
    loading = Attempt(lambda: load(ast_2026(), rehearsal=True, replace=True))
    with held_open(lambda: list(Period.objects.select_for_update(no_key=True).filter(number=1))):
        loading.start()
        while loading.is_alive() and not somebody_waits_for_a_lock():
            loading.join(0.02)
        is_free = can_hold(dossier)
    loading.join(15)
    assert isinstance(loading.result, Procedure), loading.result
    return is_free


def test_a_load_that_waits_for_a_period_holds_no_dossier(dossier: Dossier) -> None:
    assert is_free_while_a_load_waits(dossier)


def test_without_the_periods_first_it_would_hold_them_all(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = QuerySet.select_for_update

    def but_periods(self: QuerySet[Dossier], *_how: object, **how: bool) -> QuerySet[Dossier]:
        is_of_periods = self.model._meta.label == "programmes.Period" and "of" in how
        return self if is_of_periods else whole(self, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(QuerySet, "select_for_update", but_periods)
    assert not is_free_while_a_load_waits(dossier)
