"""What people type is kept as its reader would see it, whatever they typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.typed import LONGEST_REASON, TooLong, cleaned, reason_typed


@given(st.text())
def test_nothing_is_kept_that_a_column_or_a_reader_cannot_take(typed: str) -> None:
    kept = cleaned(typed)
    assert kept == kept.strip() == unicodedata.normalize("NFC", kept)
    assert not [char for char in kept if unicodedata.category(char) == "Cc" and char not in "\n\t"]


@given(st.text())
def test_what_is_kept_stays_as_it_is(typed: str) -> None:
    assert cleaned(cleaned(typed)) == cleaned(typed)


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
