"""The windows of a procedure's calendar, and the column that keeps them.

They stand in the procedure's own row, for nearly every act asks whether it comes in time.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext

from journal.errors import Closed
from programmes.rules import as_json, from_json
from programmes.text import Text
from programmes.words import date_and_hour

CALENDARS_KEPT = 64


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A window, or an instant, of the calendar; its hours in UTC once it was stored."""

    code: str
    label: Text
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None

    def __str__(self) -> str:
        return str(self.label) or self.code

    def contains(self, moment: dt.datetime) -> bool:
        """Whether `moment` is in the window: from its start, and strictly before its end."""
        after_start = self.starts_at is None or moment >= self.starts_at
        return after_start and not self.is_over(moment)

    def require_contains(self, moment: dt.datetime) -> None:
        """Raise `Closed`, saying when the window opens or when it closed, unless `moment` is in it. Rule: AST-02."""
        if self.starts_at is not None and moment < self.starts_at:
            raise Closed(gettext("Cette étape ouvre le %(when)s.") % {"when": date_and_hour(self.starts_at)})
        if self.ends_at is not None and moment >= self.ends_at:
            raise Closed(gettext("Cette étape est close depuis le %(when)s.") % {"when": date_and_hour(self.ends_at)})

    def is_over(self, moment: dt.datetime) -> bool:
        """Whether the window has ended at `moment`."""
        return self.ends_at is not None and moment >= self.ends_at


if TYPE_CHECKING:
    JSONColumn = models.JSONField[tuple[CalendarEntry, ...], tuple[CalendarEntry, ...]]
else:
    JSONColumn = models.JSONField


class CalendarField(JSONColumn):
    """A JSON column that reads and writes a tuple of `CalendarEntry`."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> tuple[CalendarEntry, ...] | None:
        return None if value is None else _entries(value)  # nothing where a row is joined that is not there

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(as_json(value), connection, prepared)


@lru_cache(maxsize=CALENDARS_KEPT)
def _entries(text: str) -> tuple[CalendarEntry, ...]:
    """What the column's text says. The same text comes with every procedure read, and says the same each time."""
    return from_json(tuple[CalendarEntry, ...], json.loads(text))
