"""Authenticity: who holds a letter asks whether the portal wrote it.

A number and the code that goes with it are asked for; both stand on the letter. The answer says what it is,
when it was written and for whom by initials, so that a stranger who guessed learns nothing. A letter whose
instant has not come does not exist.
Rule: AST-25.
"""

from __future__ import annotations

import re

from documents.models import Notice


def verified_notice(number: str, code: str) -> Notice | None:
    """The visible notice with that number and that code, however they were typed."""
    bare = _bare(number)
    notice = (
        Notice.objects.select_related("procedure", "school", "recipient", "replaced_by__procedure")
        .filter(number=f"{bare[:4]}-{bare[4:8]}-{bare[8:]}", code=_bare(code))
        .first()
    )
    return notice if notice is not None and notice.is_visible else None


def initials(name: str) -> str:
    """« J.-P. D. » for « Jean-Paul Dupont »: enough for who knows the name, nothing for who does not."""
    return " ".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in name.split())


def _bare(typed: str) -> str:
    return re.sub(r"[\W_]", "", typed).upper()
