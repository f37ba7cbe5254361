"""How much a dossier owes, by programmes and scholarship, and what is owed beside what was paid.

Rules: APP-11, APP-12.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicants.fee_amounts import Basis, complement_lines, covered, lines, still_owed, total
from programmes.rules import ALWAYS, FeeRule, Means, Reduction
from programmes.text import Text

REDUCTION = Reduction(label=Text("Boursier", ""), when=ALWAYS, paper="award", amount=2200, further=1100)
FEE = FeeRule(amount=7700, further=2200, means=(Means.CARD,), reference="", reduction=REDUCTION)

cents = st.integers(min_value=1, max_value=100_000)
bases = st.builds(Basis, programmes=st.integers(min_value=1, max_value=12), is_reduced=st.booleans())


@st.composite
def fees(draw: st.DrawFn) -> FeeRule:
    """A fee whose reduction is a reduction."""
    amount, further = draw(cents), draw(st.integers(min_value=0, max_value=50_000))
    reduced = replace(REDUCTION, amount=draw(st.integers(1, amount)), further=draw(st.integers(0, further)))
    return replace(FEE, amount=amount, further=further, reduction=draw(st.sampled_from([None, reduced])))


@pytest.mark.parametrize(
    ("programmes", "is_reduced", "euros"),
    [(0, False, 0), (1, False, 77), (2, False, 99), (5, False, 165), (1, True, 22), (2, True, 33), (5, True, 66)],
)
def test_the_notice(programmes: int, is_reduced: bool, euros: int) -> None:
    assert total(FEE, Basis(programmes, is_reduced)) == euros * 100


def test_a_claim_where_nothing_is_reduced_changes_nothing() -> None:
    assert total(replace(FEE, reduction=None), Basis(2, is_reduced=True)) == 9900


@given(fees(), bases)
def test_each_programme_more_costs_the_same(fee: FeeRule, basis: Basis) -> None:
    price = fee.reduction if basis.is_reduced and fee.reduction else fee
    one_more = Basis(basis.programmes + 1, basis.is_reduced)
    assert total(fee, one_more) - total(fee, basis) == price.further


@given(fees(), bases, st.lists(bases, max_size=4))
def test_a_complement_is_never_negative_and_makes_up_the_whole(fee: FeeRule, now: Basis, paid_for: list[Basis]) -> None:
    owed = still_owed(fee, now, paid_for)
    assert owed >= 0
    assert covered(fee, paid_for) + owed == max(total(fee, now), covered(fee, paid_for))
    if owed:
        assert sum(amount for _, amount in complement_lines(fee, now, paid_for)) == owed


@given(fees(), st.lists(bases, min_size=1, max_size=8))
def test_whatever_happens_one_pays_for_the_dearest_that_one_asked_for(fee: FeeRule, history: list[Basis]) -> None:
    """A complement is opened and paid at each change: no path costs more, or less, than another."""
    paid_for: list[Basis] = []
    paid = 0
    for now in history:
        if owed := still_owed(fee, now, paid_for):
            paid += owed
            paid_for.append(now)
    assert paid == max(total(fee, basis) for basis in history)


@given(fees(), fees(), st.lists(bases, min_size=1, max_size=4))
def test_amounts_that_change_ask_nothing_of_who_has_paid(before: FeeRule, after: FeeRule, history: list[Basis]) -> None:
    paid_for = [basis for number, basis in enumerate(history) if still_owed(before, basis, history[:number])]
    assert still_owed(after, paid_for[-1], paid_for) == 0


def test_the_lines_say_what_is_counted() -> None:
    assert [(str(label), amount) for label, amount in lines(FEE, Basis(3, is_reduced=True))] == [
        ("Première formation, tarif réduit", 2200),
        ("2 autres formations", 2200),
    ]
    assert [amount for _, amount in complement_lines(FEE, Basis(3), [Basis(3, is_reduced=True)])] == [7700, 4400, -4400]


def test_a_basis_is_kept_and_read_again() -> None:
    assert Basis.of(Basis(4, is_reduced=True).as_json()) == Basis(4, is_reduced=True)
    assert Basis.of({}) == Basis(1)  # of a charge that was opened before bases were kept
