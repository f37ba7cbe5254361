"""Reading a page as a person does: characters instead of their references, plain spaces and apostrophes."""

from __future__ import annotations

import html
import re

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


def shown_on(text: str) -> dict[str, str]:
    """What a browser would send of the answers on a page that was left as it is, and what the page showed."""
    shown = dict(re.findall(r'name="seen-([^"]+)"\s+value="([^"]*)"', text))
    return shown | {f"seen-{code}": answer for code, answer in shown.items()}
