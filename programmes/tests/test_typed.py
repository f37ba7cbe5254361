"""What people type is kept as its reader would see it, whatever they typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.typed import LONGEST_REASON, TooLong, cleaned, reason_typed

anything = st.text(st.characters(exclude_categories=()))  # halves of surrogate pairs too
ENDS = ("\r\n", "\r", "\v", "\f", "\x85")


@given(anything)
def test_nothing_is_kept_that_a_column_or_a_reader_cannot_take(typed: str) -> None:
    kept = cleaned(typed)
    assert kept == kept.strip() == unicodedata.normalize("NFC", kept)
    assert not [char for char in kept if unicodedata.category(char) == "Cc" and char not in "\n\t"]
    assert kept.encode().decode() == kept


@given(anything)
def test_what_is_kept_stays_as_it_is(typed: str) -> None:
    assert cleaned(cleaned(typed)) == cleaned(typed)


@given(anything)
def test_nothing_else_is_lost(typed: str) -> None:
    """But for what the names say: control characters, surrogates, blanks around; lines end, whatever ends them."""
    for end in ENDS:
        typed = typed.replace(end, "\n")
    expected = "".join(char for char in typed if unicodedata.category(char) not in ("Cc", "Cs") or char in "\n\t")
    assert cleaned(typed) == unicodedata.normalize("NFC", expected).strip()


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_line_elsewhere_ends_one_here(end: str) -> None:
    """A text processor's soft break must not glue two words together."""
    assert cleaned(f"une{end}deux") == "une\ndeux"


@pytest.mark.parametrize("name", ["شیرین\u200cپور", "👩🏽\u200d🔬", "\u202bمحمد\u202c Ali\u200f", "a\u00adb\ufeffc"])
def test_what_does_not_show_and_has_its_reason_stays(name: str) -> None:
    assert cleaned(name) == name


def test_letters_lines_and_accents_are_kept() -> None:
    assert cleaned("  Zoe\u0308\r\nNguy\u1ec5n\0 \u202f山 ") == "Zo\u00eb\nNguy\u1ec5n \u202f山"


@pytest.mark.parametrize("length", [LONGEST_REASON, LONGEST_REASON + 1])
def test_a_reason_may_be_as_long_as_its_column(length: int) -> None:
    """Blanks around it do not count."""
    typed = f"  {'é' * length}  "
    if length > LONGEST_REASON:
        with pytest.raises(TooLong, match=str(LONGEST_REASON)):
            reason_typed(typed)
    else:
        assert reason_typed(typed) == "é" * length
