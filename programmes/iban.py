"""IBANs: bank account numbers as people type them. Pure."""

from __future__ import annotations

import re

FORM = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)


class NotAnIban(ValueError):
    """What was typed has not the form of an IBAN."""


class WrongKey(NotAnIban):
    """The check digits do not fit the others: one was mistyped."""


def read_iban(typed: str) -> str:
    """The account number, in capitals and without blanks.

    Raises:
        NotAnIban, WrongKey: it is none.
    """
    bare = "".join(typed.split()).upper()
    if not FORM.fullmatch(bare):
        raise NotAnIban(typed)
    if int("".join(str(int(character, 36)) for character in bare[4:] + bare[:4])) % 97 != 1:
        raise WrongKey(typed)
    return bare


def masked(iban: str) -> str:
    """« FR76 …  4567 »: enough to tell one's accounts apart, and nothing that could be used."""
    return f"{iban[:4]} … {iban[-4:]}"
