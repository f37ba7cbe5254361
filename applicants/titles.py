"""Titles: what the candidate holds or prepares; it opens some programmes, closes others, and says the track.

Rules: AST-03, AST-04, AST-05.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.choices import replace_choices
from applicants.dossiers import lock_own
from applicants.editing import TITLE, ChangedElsewhere, require_editable
from applicants.models import Dossier
from journal.errors import Refused
from journal.record import record
from programmes.eligibility import open_programmes, titles_for
from programmes.models import Programme


class UnknownTitle(Refused):
    """The procedure does not know this title, speciality or equivalence."""


@transaction.atomic
def choose_title(
    dossier_id: UUID, *, title: str, speciality: str, equivalence: str, by: User, seen: str | None = None
) -> list[Programme]:
    """Say which title one holds; choices that it does not open are taken away, and returned.

    `equivalence` is blank for a title of the tables, or says on which ground another is put to the jury as
    equivalent to it. `seen` is what the page showed, as `as_kept` writes it; without it, it is overwritten.

    Raises:
        Dossier.DoesNotExist: not this person's dossier.
        Closed, NotEditable: the dossier is not open.
        UnknownTitle: nothing of the kind in the tables.
        ChangedElsewhere: it is not what was `seen` any more.
        Committed: the first choice would go, and money is on its way to its school, or there.
    Rules: AST-03, AST-04, AST-05.
    """
    dossier = lock_own(dossier_id, by=by)
    require_editable(dossier, TITLE)
    _check(dossier, title, speciality, equivalence)
    if (dossier.title, dossier.speciality, dossier.equivalence) == (title, speciality, equivalence):
        return []
    if seen is not None and seen != as_kept(dossier.title, dossier.speciality, dossier.equivalence):
        raise ChangedElsewhere
    held = dossier.rules.title(title)
    dossier.title, dossier.speciality, dossier.equivalence = title, speciality, equivalence
    dossier.track = dossier.procedure.tracks.get(code=held.track) if held else None
    dossier.save(update_fields=["title", "speciality", "equivalence", "track"])
    record("dossier.title_chosen", dossier, by=by, title=title, speciality=speciality, equivalence=equivalence)
    return _drop_closed_choices(dossier, by=by)


def as_kept(title: str, speciality: str, equivalence: str) -> str:
    """A title as a page tells which it showed: « L3/biology/ »."""
    return f"{title}/{speciality}/{equivalence}"


def _check(dossier: Dossier, title: str, speciality: str, equivalence: str) -> None:
    rules = dossier.rules
    if equivalence and rules.equivalence(equivalence) is None:
        raise UnknownTitle(gettext("Choisissez une des réponses proposées sur votre titre."))
    held = next((known for known in titles_for(rules, equivalence) if known.code == title), None)
    if held is None:
        raise UnknownTitle(gettext("Choisissez un des titres que la procédure prend en compte."))
    if held.speciality(speciality) is None:
        raise UnknownTitle(gettext("Choisissez la spécialité de votre titre dans la liste."))


def _drop_closed_choices(dossier: Dossier, *, by: User) -> list[Programme]:
    still_open = open_programmes(dossier.rules, dossier.title, dossier.speciality)
    closed = [choice.programme for choice in dossier.ranked_choices if choice.programme.code not in still_open]
    if closed:
        kept = [choice for choice in dossier.ranked_choices if choice.programme.code in still_open]
        replace_choices(dossier, [(choice.programme, choice.status) for choice in kept], by=by)
    return closed
