"""The jury's lists: who may be on them, ties, and the decisions that follow. Rules: AST-15, AST-16."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import User
from applicants.models import Status
from applicants.tests.scenario import ast_2026, events, set_clock, staff
from journal.errors import NotAllowed
from juries.models import Decision, Mark, Publication
from juries.publication import cancel_publication
from juries.steps import Frozen
from offers.lists import CannotBeListed, NotReady, TiesNotBroken, prepare_admission, set_list, total
from offers.models import ListEntry
from offers.tests.market import candidate, ids, paper, pool_of, proposed
from programmes.loading import store
from programmes.models import Procedure, Step


def admission_step(procedure: Procedure) -> int:
    return procedure.steps.get(kind="admission").pk


def ranks(procedure: Procedure, school: str) -> list[str]:
    entries = pool_of(procedure, school).entries.order_by("rank")
    return [entry.dossier.candidate.given_names for entry in entries]


def test_the_jury_sets_and_sets_again(procedure: Procedure, president: User) -> None:
    a, b = candidate(procedure, "a", ["albi"], marks=("14", "12")), candidate(procedure, "b", ["albi"])
    pool = pool_of(procedure, "albi")
    set_list(pool.pk, ids([a, b]), by=president)
    set_list(pool.pk, ids([b, a]), by=staff(procedure, "jury"))
    assert ranks(procedure, "albi") == ["B", "A"]
    assert events(pool.pk).count("list.set") == 2


def test_only_the_jury_ranks(procedure: Procedure, office: User, verifier: User) -> None:
    a = candidate(procedure, "a", ["albi"])
    for person in (office, verifier, a.candidate.user):
        with pytest.raises(NotAllowed):
            set_list(pool_of(procedure, "albi").pk, ids([a]), by=person)


def test_marks_propose_the_order_and_leave_out_who_is_eliminated(procedure: Procedure) -> None:
    candidate(procedure, "low", ["albi"], marks=("10", "11"))
    candidate(procedure, "high", ["albi"], marks=("15", "14.5"))
    candidate(procedure, "eliminated", ["albi"], marks=("20", "4"))
    candidate(procedure, "saved", ["albi"], marks=("4.01", "4.01"))
    candidate(procedure, "unmarked", ["albi"], marks=None)
    candidate(procedure, "elsewhere", ["ales"])
    candidate(procedure, "other", ["albi"], track="M1")
    assert proposed(pool_of(procedure, "albi")) == ["high", "low", "saved"]


@pytest.mark.parametrize("how", ["elsewhere", "eliminated", "unmarked", "other track", "withdrawn", "not admissible"])
def test_who_may_not_be_ranked(procedure: Procedure, president: User, how: str) -> None:
    a = candidate(
        procedure,
        "a",
        ["ales"] if how == "elsewhere" else ["albi"],
        marks={"eliminated": ("18", "4"), "unmarked": None}.get(how, ("12", "12")),
        track="M1" if how == "other track" else "L3",
    )
    if how == "withdrawn":
        a.status = Status.WITHDRAWN
        a.save()
    if how == "not admissible":
        a.decisions.update(outcome="not_admissible", reason="niveau")
    with pytest.raises(CannotBeListed, match=a.reference):
        set_list(pool_of(procedure, "albi").pk, ids([a]), by=president)


def test_nobody_is_ranked_twice(procedure: Procedure, president: User) -> None:
    a = candidate(procedure, "a", ["albi"])
    with pytest.raises(CannotBeListed):
        set_list(pool_of(procedure, "albi").pk, ids([a, a]), by=president)


def test_ties_are_broken_by_the_jury_and_not_by_accident(procedure: Procedure, president: User) -> None:
    a = candidate(procedure, "a", ["albi"], marks=("12", "13"))
    b = candidate(procedure, "b", ["albi"], marks=("13", "12"))
    c = candidate(procedure, "c", ["albi"], marks=("13", "12.01"))
    pool = pool_of(procedure, "albi")
    with pytest.raises(TiesNotBroken) as refused:
        set_list(pool.pk, ids([c, a, b]), by=president)
    assert a.reference in str(refused.value)
    assert c.reference not in str(refused.value)
    set_list(pool.pk, ids([c, b, a]), ties_are_broken=True, by=president)
    assert ranks(procedure, "albi") == ["C", "B", "A"]


def test_admission_follows_from_the_lists(procedure: Procedure, president: User) -> None:
    conditional = candidate(procedure, "a", ["albi", "ales"], marks=("14", "12"))
    proven = candidate(procedure, "b", ["albi"])
    refused = candidate(procedure, "c", ["albi"], marks=("11", "4"))
    for kind in ("required-title", "second-semester-transcript"):
        paper(proven, kind, review="accepted")
    set_list(pool_of(procedure, "albi").pk, ids([conditional, proven]), by=president)
    set_list(pool_of(procedure, "ales").pk, ids([conditional]), by=president)
    store(ast_2026(), rehearsal=True, slug="ailleurs")  # whose pools have nothing to do with it
    publication = prepare_admission(admission_step(procedure), by=president)
    assert events(admission_step(procedure)).count("admission.decided") == 1
    outcomes = dict(Decision.objects.filter(step__kind="admission").values_list("dossier_id", "outcome"))
    assert outcomes == {conditional.pk: "conditional", proven.pk: "admitted", refused.pk: "refused"}
    assert not publication.is_public
    assert not ListEntry.objects.visible(procedure).exists()
    set_clock(procedure, "2026-05-28 14:00:00")
    assert ListEntry.objects.visible(procedure).count() == 3


def test_only_the_admission_follows_from_the_lists(procedure: Procedure, president: User) -> None:
    with pytest.raises(Step.DoesNotExist):
        prepare_admission(procedure.steps.get(kind="admissibility").pk, by=president)


def test_an_absence_adds_nothing_to_the_total() -> None:
    assert total([Mark(test="interview", value=Decimal(12)), Mark(test="english", is_absent=True)]) == 12


def test_only_the_presidency_prepares(procedure: Procedure, office: User) -> None:
    candidate(procedure, "a", ["albi"])
    for person in (office, staff(procedure, "jury")):
        with pytest.raises(NotAllowed):
            prepare_admission(admission_step(procedure), by=person)


def test_once_prepared_the_lists_are_frozen_until_it_is_cancelled(procedure: Procedure, president: User) -> None:
    a = candidate(procedure, "a", ["albi"])
    pool, step = pool_of(procedure, "albi"), admission_step(procedure)
    set_list(pool.pk, ids([a]), by=president)
    prepare_admission(step, by=president)
    with pytest.raises(Frozen):
        set_list(pool.pk, [], by=president)
    with pytest.raises(Frozen):
        prepare_admission(step, by=president)
    cancel_publication(step, by=president)
    set_list(pool.pk, [], by=president)
    prepare_admission(step, by=president, empty_lists_are_meant=True)
    assert Decision.objects.get(step=step).outcome == "refused"


def test_a_missing_mark_is_named(procedure: Procedure, president: User) -> None:
    a = candidate(procedure, "a", ["albi"], marks=None)
    with pytest.raises(NotReady, match=a.reference):
        prepare_admission(admission_step(procedure), by=president)


def test_a_list_that_was_forgotten_is_named(procedure: Procedure, president: User) -> None:
    a = candidate(procedure, "a", ["albi", "ales"])
    set_list(pool_of(procedure, "albi").pk, ids([a]), by=president)
    with pytest.raises(NotReady, match="Alès"):
        prepare_admission(admission_step(procedure), by=president)
    assert not Publication.objects.filter(step__kind="admission").exists()


def test_a_mark_lowered_after_the_ranking_is_found(procedure: Procedure, president: User) -> None:
    a = candidate(procedure, "a", ["albi"])
    set_list(pool_of(procedure, "albi").pk, ids([a]), by=president)
    a.marks.filter(test="english").update(value="3")
    with pytest.raises(CannotBeListed, match=a.reference):
        prepare_admission(admission_step(procedure), by=president)
