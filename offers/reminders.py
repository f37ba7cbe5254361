"""Reminders to those in play who have not answered, before a period ends. Rule: AST-19."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from notifications.models import Mail
from notifications.outbox import queue_mails
from offers.foresight import about_to_be_removed
from offers.period_mails import mail_to
from offers.periods import current_period, is_last
from offers.standings import offers_of
from programmes.models import Procedure

BEFORE_THE_END = (dt.timedelta(hours=48), dt.timedelta(hours=6))


@transaction.atomic
def remind_silent(procedure: Procedure) -> int:
    """Write to those whom the end of the current period would remove, 48 and 6 hours before it. A due act.

    The mail's key holds the reminder and the period, so each goes out once, late rather than never. Where both are
    late, only the nearer one is sent. Returns how many candidates were written to.
    """
    period = current_period(procedure)
    if period is None:
        return 0
    due = [before for before in BEFORE_THE_END if period.ends_at - procedure.now() <= before]
    if not due:
        return 0
    key = f"reply_reminder:{period.pk}:{min(due) // dt.timedelta(hours=1)}:"
    sent = set(Mail.objects.filter(key__startswith=key).values_list("key", flat=True))
    silent = about_to_be_removed(period)
    if is_last(period):  # nothing more can come to who has no offer: there is nothing to answer
        offers = offers_of(period)
        silent = [dossier for dossier in silent if dossier.pk in offers]
    unreminded = [dossier for dossier in silent if f"{key}{dossier.pk}" not in sent]
    mails = [mail_to(dossier, "reply_reminder", period, key=f"{key}{dossier.pk}") for dossier in unreminded]
    queue_mails(mails, procedure=procedure)
    return len(unreminded)
