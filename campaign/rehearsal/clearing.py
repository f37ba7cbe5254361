"""Clearing: a rehearsal's people go, with all that they did. The procedure stays, as on the day before it opened.

What the journal says of them stays too. Rule: ALL-02.
"""

from __future__ import annotations

import datetime as dt

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from applicants.models import Dossier
from campaign.forgetting import delete_dossiers
from campaign.rehearsal.staff import domain_of
from documents.models import Folder, Notice, SupportingDocument
from journal.errors import Refused
from journal.record import record
from juries.models import Panel, Publication
from notifications.models import Mail
from offers.models import PeriodSeats, SeatMove
from payments.models import Account, Charge, LedgerLine
from programmes.models import Pool, Procedure


def clear_rehearsal(procedure_id: int) -> None:
    """Remove the people of a rehearsal and what they did; its files once the rows are gone.

    Raises:
        Refused: the procedure is a real one.
    """
    for name in _forget(procedure_id):
        default_storage.delete(name)


@transaction.atomic
def _forget(procedure_id: int) -> list[str]:
    """Delete the rows, those that others point to last; the names of the files that are now nobody's."""
    procedure = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure_id)
    if not procedure.is_rehearsal:
        raise Refused(
            gettext("« %(slug)s » est une vraie procédure : elle ne s’efface pas.") % {"slug": procedure.slug}
        )
    papers = SupportingDocument.objects.filter(folder__procedure=procedure)
    notices = Notice.objects.filter(procedure=procedure)
    files = [*papers.values_list("file", flat=True), *notices.exclude(file="").values_list("file", flat=True)]
    record("rehearsal.cleared", procedure)
    delete_dossiers(Dossier.objects.filter(procedure=procedure))
    LedgerLine.objects.filter(charge__account__procedure=procedure).delete()
    Charge.objects.filter(account__procedure=procedure).delete()
    Account.objects.filter(procedure=procedure).delete()
    Folder.objects.filter(procedure=procedure).delete()
    Mail.objects.filter(procedure=procedure).delete()
    notices.delete()
    Publication.objects.filter(step__procedure=procedure).delete()
    Panel.objects.filter(step__procedure=procedure).delete()
    User.objects.filter(email__endswith=f"@{domain_of(procedure)}").delete()
    _give_seats_back(procedure)
    PeriodSeats.objects.filter(period__procedure=procedure).delete()
    procedure.periods.update(opened_at=None, closed_at=None)
    procedure.clock_offset = dt.timedelta()
    procedure.save(update_fields=["clock_offset"])
    return files


def _give_seats_back(procedure: Procedure) -> None:
    """Undo the moves of seats, the last one first."""
    for move in SeatMove.objects.filter(source__programme__procedure=procedure).order_by("-pk"):
        for pool_id, count in ((move.source_id, move.count), (move.target_id, -move.count)):
            pool = Pool.objects.get(pk=pool_id)
            pool.seats += count
            pool.calls = None if pool.calls is None else pool.calls + count
            pool.save(update_fields=["seats", "calls"])
        move.delete()
