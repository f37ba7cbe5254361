"""Two acts at once on PostgreSQL: two who are admitted, or called, to the last seat.

Whoever offers a place counts the seats while the pool is locked. The twin shows one seat given to two people when
nobody locks it.
"""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from accounts.models import User
from applicants.tests.test_races import both
from juries.models import Decision
from offers.models import Place
from offers.place_confirmation import confirm_by_word
from offers.place_endings import decline_place
from offers.places import offer_place
from offers.tests.admitted import (
    BY_STAFF,
    BY_WORD,
    WAITING,
    admit,
    applicant,
    decide,
    owner,
    small,
    worker,
)
from offers.waiting_list import NobodyToCall, call_next
from programmes.models import Pool, Procedure

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def procedure() -> Procedure:
    """One seat in the programme, and one who kept it."""
    return small(*BY_WORD, *BY_STAFF, ("data: [2]", "data: [1]"))


@pytest.fixture
def pool(procedure: Procedure) -> Pool:
    return Pool.objects.get(programme__procedure=procedure, programme__code="data")


@pytest.fixture
def waiting(procedure: Procedure) -> list[Decision]:
    """Two who wait; the only place was given up."""
    place = admit(procedure, 1)
    decisions = [decide(applicant(procedure, number), WAITING) for number in (2, 3)]
    decline_place(place.pk, by=owner(place))
    return decisions


def test_the_last_seat_is_offered_to_one_of_two(waiting: list[Decision]) -> None:
    first, second = waiting
    offered, none = both(lambda: offer_place(first.pk), lambda: offer_place(second.pk))
    assert isinstance(offered, Place)
    assert none is None
    assert Place.objects.standing().count() == 1


def test_without_the_lock_it_is_offered_to_both(waiting: list[Decision], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
    first, second = waiting
    both(lambda: offer_place(first.pk), lambda: offer_place(second.pk))
    assert Place.objects.standing().count() == 2


def test_two_who_call_the_same_person_call_them_once(procedure: Procedure, pool: Pool, waiting: list[Decision]) -> None:
    keepers: list[User] = [worker(procedure, "verifier", "data"), worker(procedure, "office")]
    called, refused = both(*(lambda keeper=keeper: call_next(pool.pk, waiting[0].pk, by=keeper) for keeper in keepers))
    assert isinstance(called, Place)
    assert isinstance(refused, NobodyToCall)


def test_a_place_given_up_while_it_is_confirmed_ends_once(procedure: Procedure) -> None:
    place = admit(procedure, 1)
    both(lambda: confirm_by_word(place.pk, by=owner(place)), lambda: decline_place(place.pk, by=owner(place)))
    place.refresh_from_db()
    assert place.state == Place.State.DECLINED
    assert place.dossier.enrolment.state == "given_up"
