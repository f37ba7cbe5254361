"""Incidents: a banner that the office puts on every page of a procedure, and takes down again. Rule: ALL-07."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from journal.errors import Refused
from journal.record import record
from programmes.models import Procedure
from programmes.roles import OFFICE, require_role
from programmes.text import Text
from programmes.typed import cleaned

LONGEST_BANNER = 400  # characters


class WrongBanner(Refused):
    """The words of the banner cannot be shown like this."""


@transaction.atomic
def show_incident(procedure_id: int, *, fr: str, en: str, by: User) -> Procedure:
    """Show these words, in French and in English, on every page of the procedure, in place of any shown before.

    Raises:
        NotAllowed: `by` does not work for the procedure's office.
        WrongBanner: one of the languages is missing, or the words are too long.
    """
    procedure = _lock(procedure_id, by)
    words = Text(cleaned(fr), cleaned(en))
    if not words.fr or not words.en:
        raise WrongBanner(gettext("Écrivez le message dans les deux langues : chacun lit le portail dans la sienne."))
    if max(len(words.fr), len(words.en)) > LONGEST_BANNER:
        raise WrongBanner(
            gettext("Le message ne peut pas avoir plus de %(limit)s caractères.") % {"limit": LONGEST_BANNER}
        )
    procedure.incident = words
    procedure.save(update_fields=["incident"])
    record("incident.shown", procedure, by=by)
    return procedure


@transaction.atomic
def end_incident(procedure_id: int, *, by: User) -> Procedure:
    """Take the banner down; where there is none nothing happens.

    Raises:
        NotAllowed: `by` does not work for the procedure's office.
    """
    procedure = _lock(procedure_id, by)
    if procedure.incident:
        procedure.incident = Text("", "")
        procedure.save(update_fields=["incident"])
        record("incident.ended", procedure, by=by)
    return procedure


def _lock(procedure_id: int, by: User) -> Procedure:
    procedure = Procedure.objects.select_for_update(of=("self",), no_key=True).get(pk=procedure_id)
    require_role(by, procedure, OFFICE)
    return procedure
