"""Reading a page as a person does: characters instead of their references, plain spaces and apostrophes."""

from __future__ import annotations

import html

from django.http import HttpResponseBase

TYPOGRAPHY = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'"})


class Page(str):
    """The words of a page, with its tags; what is looked for may be typed or set."""

    __slots__ = ()

    def __contains__(self, words: object) -> bool:
        return isinstance(words, str) and super().__contains__(words.translate(TYPOGRAPHY))


def read(answer: HttpResponseBase) -> Page:
    """The words of a page that was answered."""
    return Page(html.unescape(answer.content.decode()).translate(TYPOGRAPHY))  # type: ignore[attr-defined]
