"""The countries that a form offers: an ISO 3166 code, and its name in the reader's language.

The names in `countries.csv` are those of Unicode CLDR 47, under the Unicode licence v3.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from programmes.text import Text

# The twenty-seven members of the European Union, since 2020.
EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
NAMES = Path(__file__).with_name("countries.csv")


@cache
def countries() -> dict[str, Text]:
    """The name of each country, by its two-letter code."""
    with NAMES.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: Text(row["fr"], row["en"]) for row in csv.DictReader(lines)}


def country_name(code: str) -> str:
    """The name of the country of that code in the reader's language; the code itself where it is not known."""
    name = countries().get(code)
    return str(name) if name else code


def country_choices() -> list[tuple[str, str]]:
    """Code and name of every country, in the alphabetical order of the reader's language."""
    return list(_choices_in(get_language() or "fr"))


@cache
def _choices_in(language: str) -> tuple[tuple[str, str], ...]:
    named = ((code, name.in_language(language)) for code, name in countries().items())
    return tuple(sorted(named, key=lambda row: _fold(row[1])))


def _fold(name: str) -> str:
    """É sorts with E."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
