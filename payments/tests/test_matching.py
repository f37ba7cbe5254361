"""Matching a bank's lines to those who pay. Rule: AST-10."""

from __future__ import annotations

import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from payments.matching import Awaited, match, wording_of, words

FEE = 7600
WORDING = "{} _{} _admission sur titre 2026"
NAMES = [("Lefèvre", "Zoé"), ("Martin", "Léa"), ("Martinez", "Léa"), ("N'Guyen", "Anh-Thư"), ("Œdipe", "Jean")]
AWAITED = {family: Awaited(WORDING.format(family, given), FEE) for family, given in NAMES}
SHARED = wording_of(one.reference for one in AWAITED.values())

name = st.text("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôöùûüœ", min_size=3, max_size=12).filter(
    lambda text: not set(words(text)) & {"admission", "sur", "titre", "2026"}
)


def as_banks_leave_it(reference: str) -> str:
    """Capitals, no accents, no underscores, the bank's own words around."""
    bare = unicodedata.normalize("NFKD", reference.replace("œ", "oe").replace("Œ", "OE"))
    kept = "".join(char for char in bare if not unicodedata.combining(char)).replace("_", " ")
    return f"VIR SEPA RECU /FRM {kept.upper()} REF 20260312X"


def test_the_wording_is_what_everybody_writes() -> None:
    assert {"admission", "sur", "titre", "2026"} <= SHARED
    assert not {"lefevre", "martin", "zoe"} & SHARED


def test_a_transfer_with_its_reference_is_sure() -> None:
    for family in AWAITED:
        found = match(as_banks_leave_it(AWAITED[family].reference), FEE, AWAITED, SHARED)
        assert found.candidates[0] == family
        assert found.is_sure


def test_a_wrong_amount_is_nobodys() -> None:
    assert not match(as_banks_leave_it(AWAITED["Lefèvre"].reference), 7500, AWAITED, SHARED).candidates


def test_the_wording_alone_is_nobodys() -> None:
    assert not match("VIR ADMISSION SUR TITRE 2026", FEE, AWAITED, SHARED).candidates


def test_a_name_within_another_is_not_sure() -> None:
    only_martin = {"Martin": AWAITED["Martin"]}
    found = match("VIR MARTINEZ LEA ADMISSION SUR TITRE 2026", FEE, only_martin, SHARED)
    assert found.candidates == ("Martin",)
    assert not found.is_sure


def test_a_family_name_alone_is_proposed() -> None:
    found = match("VIR M LEFEVRE PAUL", FEE, AWAITED, SHARED)
    assert found.candidates == ("Lefèvre",)
    assert not found.is_sure


def test_a_word_cut_off_or_joined_is_still_seen() -> None:
    assert match("VIR LEFEVRE ZOE ADMISSION SUR TIT", FEE, AWAITED, SHARED).is_sure
    assert match("VIRLEFEVREZOEADMISSION", FEE, AWAITED, SHARED).candidates == ("Lefèvre",)
    assert match("VIR ZOE LEFE", FEE, AWAITED, SHARED).candidates == ("Lefèvre",)


def test_two_who_write_the_same_are_both_proposed() -> None:
    twins = {1: Awaited(WORDING.format("Roy", "Max"), FEE), 2: Awaited(WORDING.format("Roy", "Max"), FEE)}
    found = match("VIR ROY MAX", FEE, twins, SHARED)
    assert set(found.candidates) == {1, 2}
    assert not found.is_sure


@given(
    st.lists(st.tuples(name, name), min_size=4, max_size=30, unique_by=lambda pair: tuple(words(pair[0]))), st.data()
)
def test_a_transfer_is_never_sure_for_somebody_else(people: list[tuple[str, str]], data: st.DataObject) -> None:
    awaited = {number: Awaited(WORDING.format(*pair), FEE) for number, pair in enumerate(people)}
    shared = wording_of(one.reference for one in awaited.values())
    payer = data.draw(st.sampled_from(sorted(awaited)))
    own = set(words(awaited[payer].reference)) - shared
    assume(own)
    found = match(as_banks_leave_it(awaited[payer].reference), FEE, awaited, shared)
    assert payer in found.candidates
    assert found.candidates[0] == payer or not found.is_sure


@given(st.text(max_size=80), st.integers(min_value=0, max_value=10**7))
def test_any_line_is_read_without_fault(label: str, amount: int) -> None:
    found = match(label, amount, AWAITED, SHARED)
    assert set(found.candidates) <= set(AWAITED)
    assert bool(found.candidates) or not found.is_sure
