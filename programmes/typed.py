"""What people type, in the form in which it is kept: with nothing that a column or a reader cannot take."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext

from journal.errors import Refused

LONGEST_REASON = 500  # characters, as the columns that keep one have
LINE_END = re.compile(r"\r\n|[\r\v\f\x85]")
UNKEPT = ("Cc", "Cs")  # Unicode's categories of control characters, and of surrogates
LONGEST_EXPLANATION = 2000  # of what a jury explains, or a school asks a candidate for


class TooLong(Refused):
    """More was typed than is kept."""


def cleaned(value: str) -> str:
    """What was typed, without blanks around it nor characters that cannot be kept, its accents composed.

    What goes: control characters, among them the zero that PostgreSQL refuses, and halves of surrogate pairs, which no
    encoding takes. What ends a line somewhere (an old Mac, a text processor's soft break) ends one here. All else
    stays, though it may not show: joiners hold an emoji together and keep Persian letters apart, marks of direction set
    Arabic names in order.
    """
    lines = LINE_END.sub("\n", value)
    kept = (char for char in lines if char in "\n\t" or unicodedata.category(char) not in UNKEPT)
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
