"""References and codes that people read aloud and type: random letters and digits, none of which is read as another."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 and O, no 1, I and L, no U beside V


def random_letters(length: int) -> str:
    """Letters and digits that nobody can foresee, some five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_reference(year: int) -> str:
    """A reference such as 2026-7K4M-Q2XD: one in 6.5 · 10^11 of its year, so that giving one out waits for nobody."""
    return f"{year}-{random_letters(4)}-{random_letters(4)}"


def reference_typed(typed: str) -> str:
    """The reference that was typed, however its letters were set and parted."""
    letters = letters_typed(typed)
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def letters_typed(typed: str) -> str:
    """The letters and digits that were typed, without what parts them, as capitals."""
    return re.sub(r"[\W_]", "", typed).upper()
