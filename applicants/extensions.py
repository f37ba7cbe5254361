"""Extensions: the office gives one candidate more time to complete and submit a draft, and says why. Rule: ALL-07."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.dossiers import home_of, lock
from applicants.editing import APPLICATIONS
from applicants.models import Dossier, Status
from journal.errors import Refused
from journal.record import record
from notifications.outbox import queue_mail
from programmes.roles import OFFICE, require_role
from programmes.typed import reason_typed


class WrongExtension(Refused):
    """There is nothing to extend, or not in this way."""


@transaction.atomic
def grant_extension(dossier_id: UUID, *, until: dt.datetime, reason: str, by: User) -> Dossier:
    """Keep applications open for one candidate until an instant (procedure's time), in place of any granted before.

    Raises:
        Dossier.DoesNotExist: no such dossier.
        NotAllowed: `by` does not work for the procedure's office.
        WrongExtension: the dossier is no draft; no reason; or an instant that gives no more time.
    Rules: AST-02, ALL-07.
    """
    dossier = lock(dossier_id)
    require_role(by, dossier.procedure, OFFICE)
    reason = reason_typed(reason)
    if not reason:
        raise WrongExtension(gettext("Indiquez le motif : il est conservé avec le dossier."))
    if dossier.status != Status.DRAFT:
        raise WrongExtension(gettext("Ce dossier est transmis ou retiré : demandez plutôt une correction au candidat."))
    window = dossier.procedure.calendar.get(APPLICATIONS)
    closes_at = window.ends_at if window else None
    if closes_at is None or until <= max(closes_at, dossier.procedure.now()):
        raise WrongExtension(gettext("Choisissez un instant à venir, après la clôture des candidatures."))
    dossier.extended_until, dossier.extended_because = until, reason
    dossier.save(update_fields=["extended_until", "extended_because"])
    entry = record("dossier.extended", dossier, by=by, until=until.isoformat())
    queue_mail(
        "dossier_extended",
        to=dossier.candidate.user,
        key=f"dossier-extended:{dossier.pk}:{entry.pk}",
        procedure=dossier.procedure,
        name=str(dossier.candidate),
        reference=dossier.reference,
        until=until,
        path=home_of(dossier),
    )
    return dossier
