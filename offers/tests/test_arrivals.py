"""The rank of somebody refused, and admitted by a correction once lists are public. Rules: AST-16, AST-20, AST-24."""

from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from applicants.endings import withdraw_dossier
from applicants.models import Dossier
from applicants.tests.scenario import events, mails
from applicants.tests.test_races import both
from journal.clock import at_one_instant, instant
from journal.followups import run_pending_facts
from juries.models import Decision
from juries.publication import NotCorrectable, confirm_correction, propose_correction
from notifications.rendering import render
from offers.allocation import Reply
from offers.arrivals import rank_if_admitted
from offers.models import ListEntry
from offers.periods import close_period
from offers.tests.market import answer, end, market, offered, period, play, stand_at, start, struck
from programmes.models import Procedure, Step

Committing = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def people(procedure: Procedure) -> dict[str, Dossier]:
    """Two on the list of Albi, which has one seat and to which Alès is second; `r` is on no list, and so refused."""
    choices = {"x": "albi", "y": "albi", "r": "albi ales"}
    return market(procedure, {"albi": "xy"}, choices, {"albi": 1, "ales": 1})


def decision_on(dossier: Dossier) -> Decision:
    return dossier.decisions.get(step__kind=Step.Kind.ADMISSION)


def correct(dossier: Dossier, outcome: str, office: User, president: User) -> Decision:
    """By the two persons that it takes."""
    decision = decision_on(dossier)
    proposed = propose_correction(decision.pk, outcome=outcome, reason="Une note mal recopiée", by=office)
    return confirm_correction(proposed.pk, by=president)


def ranks(dossier: Dossier) -> dict[str, int]:
    return dict(dossier.list_entries.values_list("pool__programme__code", "rank"))


def test_who_arrives_is_last_on_every_list_chosen_and_moves_nobody(
    procedure: Procedure,
    people: dict[str, Dossier],
    office: User,
    president: User,
    django_capture_on_commit_callbacks: Committing,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        correct(people["r"], "conditional", office, president)
    assert ranks(people["r"]) == {"albi": 3, "ales": 1}
    assert [ranks(people[name])["albi"] for name in "xy"] == [1, 2]
    assert "rank.given" in events(people["r"].pk)
    said = render(mails("rank_given")[0]).text
    assert "IMT Mines Albi, rang 3 ; IMT Mines Alès, rang 1." in said
    start(procedure, 1)
    assert offered(procedure, 1, people) == {"x": "albi", "r": "ales"}


def test_it_follows_once_however_often_it_is_told(people: dict[str, Dossier], office: User, president: User) -> None:
    decision = correct(people["r"], "admitted", office, president)
    for _again in range(2):
        rank_if_admitted(str(decision.pk))
    assert ranks(people["r"]) == {"albi": 3, "ales": 1}
    assert len(mails("rank_given")) == 1


def test_nobody_loses_a_seat_to_who_arrives_and_who_arrives_is_not_called_silent(
    procedure: Procedure, people: dict[str, Dossier], office: User, president: User
) -> None:
    """In the period that had begun without them they wait."""
    play(procedure, 1, {"x": Reply.WITHDRAW, "y": Reply.WAIT}, people)
    start(procedure, 2)
    correct(people["r"], "admitted", office, president)
    run_pending_facts()
    answer(people["y"], Reply.ACCEPT)
    end(procedure, 2)
    assert struck(people["r"]) == {"albi": "", "ales": ""}
    start(procedure, 3)
    assert offered(procedure, 3, people) == {"y": "albi", "r": "ales"}


def test_an_admission_that_could_bring_no_seat_is_refused_with_what_to_do(
    procedure: Procedure, people: dict[str, Dossier], office: User, president: User
) -> None:
    proposed = propose_correction(decision_on(people["r"]).pk, outcome="admitted", reason="Erreur", by=office)
    for number in range(1, 5):
        start(procedure, number)
        if number < 4:
            end(procedure, number)
    with pytest.raises(NotCorrectable, match="Ajoutez d’abord une période"):
        confirm_correction(proposed.pk, by=president)
    assert decision_on(people["r"]).outcome == "refused"


def test_a_seat_taken_back_by_a_correction_does_not_come_back_by_another(
    people: dict[str, Dossier], office: User, president: User
) -> None:
    """It may be another's by then."""
    correct(people["x"], "refused", office, president)
    with pytest.raises(NotCorrectable, match="ne se rétablit pas"):
        correct(people["x"], "admitted", office, president)


def test_nothing_is_corrected_for_somebody_who_has_left(
    people: dict[str, Dossier], office: User, president: User
) -> None:
    proposed = propose_correction(decision_on(people["r"]).pk, outcome="admitted", reason="Erreur", by=office)
    withdraw_dossier(people["r"].pk, by=people["r"].candidate.user)
    with pytest.raises(NotCorrectable, match="retiré"):
        confirm_correction(proposed.pk, by=president)
    assert not mails("result_corrected")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_arrives_while_a_period_closes_is_not_out_for_silence(procedure: Procedure) -> None:
    people = market(procedure, {"albi": "x"}, {"x": "albi", "r": "albi"}, {"albi": 1})
    start(procedure, 1)
    decision = decision_on(people["r"])
    Decision.objects.filter(pk=decision.pk).update(outcome="admitted")  # the correction; what follows is raced
    stand_at(procedure, period(procedure, 1).ends_at)
    moment = instant()

    def arrive() -> None:
        with at_one_instant(moment):
            rank_if_admitted(str(decision.pk))

    def close() -> None:
        with at_one_instant(moment):
            close_period(period(procedure, 1).pk)

    assert both(arrive, close) == (None, None)
    assert struck(people["r"]) == {"albi": ""}
    assert ListEntry.objects.get(dossier=people["x"]).struck_because == "silent"
