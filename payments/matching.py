"""Matching: which transfer of a bank's statement is whose. Pure.

A line holds what the payer typed as the banks on its way left it: capitals for small letters, no accents, no
underscores, words of their own before and after, words joined, split or cut off. The amount must be right to
the cent; of the reference, the words that tell one payer from another must be there. What is found is
proposed; a person decides.
Rule: AST-10.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

K = TypeVar("K")

SPELT_OUT = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
SHORTEST = 2  # letters of a word that tells anything
SHORTEST_PART = 4  # letters by which a word is known that is joined to others, or cut off
SOME = 3  # payers who must use a word before it can be taken for part of the wording
SHARE = 0.25  # of all payers: the wording that a procedure asks for is everybody's, a family name is not


@dataclass(frozen=True, slots=True)
class Awaited:
    """A sum that is waited for: the text that its transfer should bear, and how many cents."""

    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class Match(Generic[K]):
    """Whose a line may be, the most alike first; `is_sure` when the first stands out."""

    candidates: tuple[K, ...] = ()
    is_sure: bool = False


def match(label: str, amount: int, awaited: Mapping[K, Awaited], wording: frozenset[str]) -> Match[K]:
    """Which of `awaited` a line of `amount` cents may be; `wording` is the words that tell nobody apart.

    Proposed: the amount is right, and a word of the payer's own is there. Sure: all of them are, whole, and
    no other payer comes as close.
    """
    line = words(label)
    scores: dict[K, tuple[int, bool]] = {}
    for key, one in awaited.items():
        own = {word for word in words(one.reference) if len(word) >= SHORTEST} - wording
        score = sum(_likeness(word, line) for word in own)
        if one.amount == amount and score:
            scores[key] = (score, set(own) <= set(line))
    ranked = sorted(scores, key=lambda key: scores[key][0], reverse=True)
    if not ranked:
        return Match()
    stands_out = len(ranked) == 1 or scores[ranked[1]][0] < scores[ranked[0]][0]
    return Match(tuple(ranked), is_sure=scores[ranked[0]][1] and stands_out)


def wording_of(references: Iterable[str]) -> frozenset[str]:
    """The words that many references share: what the procedure asks to be written, not who writes it."""
    each = [frozenset(words(reference)) for reference in references]
    many = max(2, min(len(each), max(SOME, math.ceil(len(each) * SHARE))))
    used = Counter(word for reference in each for word in reference)
    return frozenset(word for word, count in used.items() if count >= many)


@lru_cache(maxsize=10_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in the form in which banks leave them: no case, accents, underscores or marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(SPELT_OUT))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return tuple(re.findall(r"[^\W_]+", bare))


def _likeness(word: str, line: tuple[str, ...]) -> int:
    """2 when the word is on the line, 1 when it is there joined, split or cut off at the end, 0 when it is not."""
    if word in line:
        return 2
    is_cut_off = bool(line) and len(line[-1]) >= SHORTEST_PART and word.startswith(line[-1])
    is_within = len(word) >= SHORTEST_PART and word in "".join(line)
    return int(is_cut_off or is_within)
