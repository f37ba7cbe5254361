"""Authenticity: who holds a letter asks whether the portal wrote it.

A number and the code that goes with it are asked for; both stand on the letter. The answer says what it is,
when it was written and for whom by initials, so that a stranger who guessed learns nothing. A letter whose
instant has not come does not exist.
Rule: AST-25.
"""

from __future__ import annotations

from documents.models import Notice
from programmes.spelling import letters_typed, reference_typed


def verified_notice(number: str, code: str) -> Notice | None:
    """The visible notice with that number and that code, however they were typed."""
    notice = (
        Notice.objects.select_related("procedure", "school", "recipient", "replaced_by__procedure")
        .filter(number=reference_typed(number), code=letters_typed(code))
        .first()
    )
    return notice if notice is not None and notice.is_visible else None


def initials(name: str) -> str:
    """« J.-P. D. » for « Jean-Paul Dupont »: enough for who knows the name, nothing for who does not."""
    return " ".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in name.split())
