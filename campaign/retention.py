"""Retention: until when a procedure's dossiers are kept. Rule: APP-19."""

from __future__ import annotations

import calendar
import datetime as dt

from django.utils import timezone

from programmes.models import Procedure
from programmes.words import PARIS


def end_of(procedure: Procedure) -> dt.datetime:
    """The last instant of the procedure's calendar: of its windows, results and periods; without any, its creation."""
    instants = [
        *(entry.ends_at for entry in procedure.calendar_entries),
        *procedure.steps.values_list("results_at", flat=True),
        *procedure.periods.values_list("ends_at", flat=True),
    ]
    return max([instant for instant in instants if instant is not None], default=procedure.created_at)


def kept_until(procedure: Procedure) -> dt.datetime:
    """The instant (procedure's time) from which its dossiers are erased."""
    return months_later(end_of(procedure), procedure.retention_months)


def is_over(procedure: Procedure) -> bool:
    """Whether the procedure has kept its dossiers long enough."""
    return procedure.now() >= kept_until(procedure)


def months_later(moment: dt.datetime, months: int) -> dt.datetime:
    """The same hour and day so many months later (Europe/Paris); the last day of a month that has no such day."""
    local = timezone.localtime(moment, PARIS)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day)
