"""Explanations: what is missing can be explained in writing, where the procedure lets a dossier be submitted so.

Staff read what is missing and why, and can still ask for it. Rule: APP-09.
"""

from __future__ import annotations

import dataclasses
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.contents import Contents, read_contents
from applicants.dossiers import lock_own
from applicants.editing import ChangedElsewhere, require_editable
from applicants.models import Explanation
from applicants.readiness import MissingItem
from journal.errors import Refused
from journal.record import record
from programmes.typed import LONGEST_EXPLANATION, cleaned, reason_typed


class NotExplainable(Refused):
    """This is not missing, or nothing can be said in its place."""


@transaction.atomic
def explain_missing(dossier_id: UUID, code: str, text: str, *, by: User, seen: str | None = None) -> None:
    """Say why something is missing (`code` as `applicants.readiness` gives it); a blank text takes that back.

    `seen` is what the page showed; without it, what was written before is overwritten whatever it is.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed, NotEditable: the place where it belongs is not open.
        NotExplainable: it is not missing, or blocks whatever is said.
        TooLong: the text.
        ChangedElsewhere: what was written is not what was `seen` any more.
    Rule: APP-09.
    """
    dossier = lock_own(dossier_id, by=by)
    text = reason_typed(text, at_most=LONGEST_EXPLANATION)
    contents = read_contents(dossier)
    item = explainable_item(contents, code)
    if item is None:
        raise NotExplainable(gettext("Ceci ne manque pas, ou ne peut pas être remplacé par une explication."))
    require_editable(dossier, item.place)
    written = contents.explanations[code].text if code in contents.explanations else ""
    if seen is not None and cleaned(seen) != written != text:
        raise ChangedElsewhere
    if not text:
        dossier.explanations.filter(place=code).delete()
    else:
        Explanation.objects.bulk_create(
            [Explanation(dossier=dossier, place=code, text=text, written_at=dossier.procedure.now())],
            update_conflicts=True,
            unique_fields=["dossier", "place"],
            update_fields=["text", "written_at"],
        )
    record("dossier.explained", dossier, by=by, missing=code, withdrawn=not text)


def explainable_item(contents: Contents, code: str) -> MissingItem | None:
    """What is missing under that code, explained or not, if it can be explained."""
    bare = dataclasses.replace(contents, explanations={})
    return next((item for item in bare.missing if item.code == code and item.is_explainable), None)
