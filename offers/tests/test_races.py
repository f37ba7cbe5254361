"""Two acts at once on PostgreSQL: a reply in the last second against the end of its period.

A reply holds its dossier, and so does the end of the period: whoever comes second sees what the first has done. The
twin shows what happens when nobody holds it.
"""

from __future__ import annotations

import datetime as dt

import pytest

from applicants.models import Dossier, DossierQuerySet
from applicants.tests.scenario import procedure_at
from applicants.tests.test_races import both
from journal.clock import at_one_instant, instant
from journal.errors import Closed
from offers.allocation import Reply
from offers.models import ReplyRecord
from offers.periods import close_period, open_period
from offers.replies import reply_to_offer
from offers.tests.market import JURY_DAY, market, period, seat_of, stand_at, start, struck
from programmes.models import Procedure

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def procedure() -> Procedure:
    return procedure_at(JURY_DAY)


@pytest.fixture
def zoe(procedure: Procedure) -> Dossier:
    """Someone with an offer, at the end of the first period."""
    dossiers = market(procedure, {"albi": "z", "ales": "z"}, {"z": "albi ales"}, {"albi": 1, "ales": 1})
    start(procedure, 1)
    stand_at(procedure, period(procedure, 1).ends_at)
    return dossiers["z"]


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: dossiers are read without being locked."""
    monkeypatch.setattr(DossierQuerySet, "select_for_update", lambda self, **_how: self, raising=False)


def accept(dossier: Dossier, moment: dt.datetime) -> ReplyRecord:
    """The candidate's answer, in the last second of the period."""
    with at_one_instant(moment - dt.timedelta(seconds=1)):
        return reply_to_offer(dossier.pk, Reply.ACCEPT, by=dossier.candidate.user)


def close(procedure: Procedure, moment: dt.datetime) -> None:
    with at_one_instant(moment):
        close_period(period(procedure, 1).pk)


def test_a_reply_under_way_is_counted_by_the_end_of_the_period(procedure: Procedure, zoe: Dossier) -> None:
    moment = instant()
    replied, closed = both(lambda: accept(zoe, moment), lambda: close(procedure, moment))
    assert isinstance(replied, ReplyRecord)
    assert closed is None
    assert seat_of(zoe) == ("albi", "awaiting")


def test_a_reply_that_comes_when_the_period_is_closing_is_refused(procedure: Procedure, zoe: Dossier) -> None:
    moment = instant()
    closed, replied = both(lambda: close(procedure, moment), lambda: accept(zoe, moment))
    assert closed is None
    assert isinstance(replied, Closed)
    assert not ReplyRecord.objects.exists()
    assert struck(zoe) == {"albi": "silent", "ales": "silent"}


@pytest.mark.usefixtures("no_lock")
def test_without_the_lock_a_reply_is_recorded_that_nobody_counts(procedure: Procedure, zoe: Dossier) -> None:
    moment = instant()
    _, replied = both(lambda: close(procedure, moment), lambda: accept(zoe, moment))
    assert isinstance(replied, ReplyRecord)
    assert struck(zoe) == {"albi": "silent", "ales": "silent"}


def test_two_workers_open_a_period_once(procedure: Procedure) -> None:
    market(procedure, {"albi": "z"}, {"z": "albi"}, {"albi": 1})
    moment, first = instant(), period(procedure, 1)

    def open_it() -> None:
        with at_one_instant(moment):
            open_period(first.pk)

    assert both(open_it, open_it) == (None, None)
    assert first.offers.count() == 1
