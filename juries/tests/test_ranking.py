"""The order of a waiting list: as decided, until the jury changes what is not published yet."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.models import Choice
from journal.errors import NotAllowed
from juries.choice_decisions import decide_choice
from juries.choice_publication import publish_decisions
from juries.models import Decision
from juries.ranking import NotRankable, rank_waiting
from juries.steps import Frozen
from juries.tests import hearings
from juries.tests.hearings import choice_of, passed, step_of, worker
from programmes.models import Procedure, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure() -> Procedure:
    made = hearings.heard_procedure()
    made.steps.filter(kind__in=["opinion", "evaluation", "tests"]).delete()
    return made


@pytest.fixture
def admission(procedure: Procedure) -> Step:
    return step_of(procedure, "admission")


@pytest.fixture
def president(procedure: Procedure) -> User:
    return worker(procedure, "president", "data")


@pytest.fixture
def waiting(procedure: Procedure, admission: Step, president: User) -> list[Choice]:
    """Four choices on the waiting list, in the order of their numbers."""
    choices = [passed(procedure, number) for number in (1, 2, 3, 4)]
    for choice in choices:
        decide_choice(choice.pk, admission.pk, outcome="waiting", by=president)
    return choices


def order_of(choices: list[Choice]) -> list[int | None]:
    """The ranks of the choices."""
    ranks = dict(Decision.objects.filter(step__code="admission").values_list("choice", "rank"))
    return [ranks[choice.pk] for choice in choices]


def test_the_others_close_up_around_the_one_that_moves(waiting, admission, president):
    rank_waiting(waiting[3].pk, admission.pk, rank=2, by=president)
    assert order_of(waiting) == [1, 3, 4, 2]


def test_who_is_refused_after_all_leaves_no_gap(waiting, admission, president):
    publish_decisions([Decision.objects.get(choice=waiting[0], step=admission).pk], by=president)
    decide_choice(waiting[1].pk, admission.pk, outcome="refused", by=president)
    assert order_of(waiting) == [1, None, 2, 3]


def test_ranks_that_are_published_stay(waiting, admission, president):
    first = Decision.objects.get(choice=waiting[0], step=admission)
    publish_decisions([first.pk], by=president)
    with pytest.raises(Frozen):
        rank_waiting(waiting[0].pk, admission.pk, rank=2, by=president)
    with pytest.raises(NotRankable, match="de 2 à 4"):
        rank_waiting(waiting[3].pk, admission.pk, rank=1, by=president)
    rank_waiting(waiting[3].pk, admission.pk, rank=2, by=president)
    assert order_of(waiting) == [1, 3, 4, 2]


def test_only_who_waits_has_a_rank_and_only_the_jury_gives_it(procedure, waiting, admission, president):
    decide_choice(waiting[1].pk, admission.pk, outcome="refused", by=president)
    with pytest.raises(NotRankable):
        rank_waiting(waiting[1].pk, admission.pk, rank=1, by=president)
    with pytest.raises(NotAllowed):
        rank_waiting(waiting[0].pk, admission.pk, rank=2, by=worker(procedure, "head", "data"))


def test_another_programmes_list_does_not_move(procedure, waiting, admission, president):
    other = choice_of(passed(procedure, 5, "energy").dossier, "energy")
    decide_choice(other.pk, admission.pk, outcome="waiting", by=worker(procedure, "president", "energy"))
    rank_waiting(waiting[3].pk, admission.pk, rank=1, by=president)
    assert order_of([other]) == [1]


def test_it_is_changed_on_the_page(waiting, admission, president):
    client = Client()
    client.force_login(president)
    address = reverse("admin:juries_choice", args=[admission.pk, waiting[2].pk])
    assert "Changer le rang" in client.get(address).text
    assert client.post(address, {"act": "rank", "rank": "1"}).status_code == 302
    assert order_of(waiting) == [2, 3, 1, 4]
