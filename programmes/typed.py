"""What people type, in the form in which it is kept: with nothing that a column or a reader cannot take."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext

from journal.errors import Refused

LONGEST_REASON = 500  # characters, as the columns that keep one have
LONGEST_EXPLANATION = 2000  # of what a jury explains, or a school asks a candidate for


class TooLong(Refused):
    """More was typed than is kept."""


def cleaned(value: str) -> str:
    """What was typed, without blanks around it nor characters that cannot be kept, its accents composed."""
    kept = (char for char in value.replace("\r\n", "\n") if char in "\n\t" or unicodedata.category(char) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def reason_typed(value: str, *, at_most: int = LONGEST_REASON) -> str:
    """The reason that somebody gave for what they do, cleaned; blank if they gave none.

    Raises:
        TooLong: it has more than `at_most` characters.
    """
    reason = cleaned(value)
    if len(reason) > at_most:
        raise TooLong(gettext("Le motif ne peut pas avoir plus de %(limit)s caractères.") % {"limit": at_most})
    return reason
