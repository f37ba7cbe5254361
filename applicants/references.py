"""References that people read aloud and type: random, so that giving one out waits for nobody, and without
look-alikes.
"""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 and O, no 1, I and L


def new_reference(year: int) -> str:
    """A dossier's reference, such as 2026-7K4M-Q2XD: one in 8.5 · 10^11 of its year."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{year}-{letters[:4]}-{letters[4:]}"
