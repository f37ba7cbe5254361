"""Leases: how several workers share the rows of a table without doing one twice.

A worker claims some rows for a while, in one short transaction, and works on them outside of any. If it is
killed, the lease lapses and another takes them. What it has done it marks under its own lease, so that a
worker that was too slow, and whose rows were given to another, marks nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q

from journal.clock import instant


class Leased(models.Model):
    """A row on which one worker at a time works."""

    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def finish(self, **changes: Any) -> bool:
        """Write the outcome and give the row back; False, and nothing is written, if the lease went to
        another meanwhile.
        """
        mine = type(self)._default_manager.filter(pk=self.pk, lease=self.lease)
        return bool(mine.update(lease=None, **({"leased_until": None} | changes)))


L = TypeVar("L", bound=Leased)


@transaction.atomic
def claim(rows: models.QuerySet[L], *, at_most: int, lease: dt.timedelta) -> list[L]:
    """Reserve up to `at_most` of `rows` that nobody else works on, in their order, until `lease` from now
    (UTC).
    """
    now, token = instant(), uuid.uuid4()
    free = rows.filter(Q(leased_until=None) | Q(leased_until__lte=now))
    claimed = list(free.select_for_update(skip_locked=True, of=("self",))[:at_most])
    reserved = rows.model._default_manager.filter(pk__in=[row.pk for row in claimed])
    reserved.update(lease=token, leased_until=now + lease)
    for row in claimed:
        row.lease, row.leased_until = token, now + lease
    return claimed
