"""Reading a page as a person does: characters instead of their references, plain spaces and apostrophes."""

from __future__ import annotations

import html

from django.http import HttpResponseBase

TYPOGRAPHY = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'"})


def read(answer: HttpResponseBase) -> str:
    """The words of a page that was answered, with its tags."""
    return html.unescape(answer.content.decode()).translate(TYPOGRAPHY)  # type: ignore[attr-defined]
