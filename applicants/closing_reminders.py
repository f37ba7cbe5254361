"""Reminders of closing: to those who have not submitted, before the hour at which their draft is lost.

Each goes out once, late rather than never; of several that are late only the nearest to the hour, and none after it.
The hour is the dossier's own: later by an extension, earlier for those whom the procedure asks to apply early.
Rules: AST-11, ALL-07, NE-01 (ours).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from applicants.closings import own_closing
from applicants.contents import Contents, read_each
from applicants.dossiers import home_of, lock_each
from applicants.editing import APPLICATIONS, applications_of
from applicants.given import answers_of_each
from applicants.models import Dossier, Status
from applicants.places import PAPERS, name_of
from journal.record import record_each
from notifications.models import Mail
from notifications.outbox import NewMail, queue_mails
from programmes.models import Procedure

BEFORE_CLOSING = (dt.timedelta(days=7), dt.timedelta(days=2), dt.timedelta(hours=6))
NAMED = 5  # things left to do that a mail names one by one; of more it names the parts of the dossier
AT_ONCE = 100  # dossiers that one transaction holds: their candidates are filling them in at this very hour
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Closing:
    """Until when (UTC) a draft can be submitted, or is asked for; whether it is lost then."""

    at: dt.datetime
    is_final: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due: of which draft and closing, and how long before."""

    dossier: Dossier
    closing: Closing
    before: dt.timedelta

    @property
    def key(self) -> str:
        """What makes the mail unique: another closing hour has reminders of its own."""
        start = key_start(self.dossier.procedure)
        return f"{start}{self.closing.at.isoformat()}:{self.before // HOUR}:{self.dossier.pk}"


def remind_drafts(procedure: Procedure) -> int:
    """Write to those who have not submitted, 7 days, 2 days and 6 hours before the closing hour. A due act.

    Each draft is looked at again under its lock. Returns how many mails were queued.
    """
    due = [reminder.dossier.pk for reminder in _unsent(_drafts_near_closing(procedure), procedure)]
    return sum(_remind(due[start : start + AT_ONCE], procedure) for start in range(0, len(due), AT_ONCE))


def due_before(closes_at: dt.datetime, *, since: dt.datetime, now: dt.datetime) -> dt.timedelta | None:
    """How long before the closing hour the reminder goes out that is due `now`, if one is. Pure.

    None is due to whoever has known of that hour only `since` after its moment, as who began in the last days.
    """
    if now >= closes_at:
        return None
    nearest = min((before for before in BEFORE_CLOSING if now >= closes_at - before), default=None)
    return nearest if nearest is not None and since < closes_at - nearest else None


def closing_of(dossier: Dossier, answers: Mapping[str, str]) -> Closing | None:
    """When a draft closes whose candidate answered so; nothing where it has closed, or where no hour is known.

    By when somebody is advised to apply comes first; when that is over, what holds for everyone.
    """
    window, now = applications_of(dossier), dossier.procedure.now()
    own = own_closing(dossier, answers)
    if own and own.is_shut:
        return None
    found = [Closing(window.ends_at, is_final=True)] if window and window.ends_at else []
    found += [Closing(own.ends_at, own.is_strict)] if own and not own.is_over else []
    first = min(found, key=lambda closing: closing.at, default=None)
    return first if first and first.at > now else None


def key_start(procedure: Procedure) -> str:
    """With what the keys of all reminders of a procedure begin."""
    return f"closing_reminder:{procedure.pk}:"


def _drafts_near_closing(procedure: Procedure) -> list[Dossier]:
    """The drafts of which one can be due: all where an hour of the calendar is near, else those that have their own."""
    now, rules = procedure.now(), procedure.rules
    names = [APPLICATIONS, *(closing.code for closing in rules.closings)] if rules else [APPLICATIONS]
    ends = [entry.ends_at for name in names if (entry := procedure.calendar.get(name)) and entry.ends_at]
    is_near = any(now < end <= now + max(BEFORE_CLOSING) for end in ends)
    near = Q() if is_near else Q(extended_until__gt=now, extended_until__lte=now + max(BEFORE_CLOSING))
    return list(Dossier.objects.filter(near, procedure=procedure, status=Status.DRAFT).order_by("pk"))


def _unsent(dossiers: Sequence[Dossier], procedure: Procedure) -> list[Reminder]:
    """The reminders that are due of these drafts, and not in the outbox yet."""
    for dossier in dossiers:
        dossier.procedure = procedure  # the same: it is read once
    due = list(_due(dossiers))
    if not due:
        return []
    told = Mail.objects.filter(key__startswith=key_start(procedure)).values_list("key", flat=True)
    keys = set(told)
    return [reminder for reminder in due if reminder.key not in keys]


def _due(dossiers: Sequence[Dossier]) -> Iterator[Reminder]:
    picky = [dossier for dossier in dossiers if dossier.rules.closings]  # whose hour hangs on what was answered
    answers = answers_of_each(picky) if picky else {}
    for dossier in dossiers:
        closing = closing_of(dossier, answers.get(dossier.pk, {}))
        if closing is None:
            continue
        before = due_before(closing.at, since=_known_since(dossier), now=dossier.procedure.now())
        if before is not None:
            yield Reminder(dossier, closing, before)


def _known_since(dossier: Dossier) -> dt.datetime:
    """Since when the candidate has had to reckon with the closing hour: a mail said it then.

    An extension is told when it is granted, which is about the hour at which the draft would else have closed.
    """
    window = dossier.procedure.calendar.get(APPLICATIONS)
    known = [dossier.created_at, dossier.reopened_at]
    known += [window.ends_at] if window and applications_of(dossier) != window else []
    return max(moment for moment in known if moment is not None)


@transaction.atomic
def _remind(keys: Sequence[UUID], procedure: Procedure) -> int:
    """Queue what is still due of these drafts, in as many statements however many they are."""
    drafts = lock_each(Dossier.objects.filter(pk__in=keys, procedure=procedure, status=Status.DRAFT))
    due = _unsent(drafts, procedure)
    if not due:
        return 0
    contents = read_each([reminder.dossier for reminder in due])
    queue_mails(map(_mail, due, contents), procedure=procedure)
    record_each(
        "dossier.reminded",
        [(one.dossier, {"hours": one.before // HOUR, "until": one.closing.at.isoformat()}) for one in due],
    )
    return len(due)


def _mail(reminder: Reminder, contents: Contents) -> NewMail:
    dossier, user = reminder.dossier, reminder.dossier.candidate.user
    with translation.override(user.language):
        left = [item.label for item in contents.missing]
        parts = _parts(contents)
    slug = dossier.procedure.slug
    said = {
        "name": dossier.candidate.full_name,
        "reference": dossier.reference,
        "until": reminder.closing.at,
        "is_final": reminder.closing.is_final,
        "now": _round(reminder.closing.at, dossier.procedure.now()),
        "count": len(left),
        "left": left if len(left) <= NAMED else [],
        "parts": parts[:NAMED],
        "more": max(0, len(parts) - NAMED),
        "path": home_of(dossier) if left else reverse("applicants:review", args=[slug]),
    }
    return NewMail("closing_reminder", user, reminder.key, said)


def _parts(contents: Contents) -> list[str]:
    """The parts of the dossier in which something is left to do, by their names, each once."""
    areas = dict.fromkeys(item.place for item in contents.missing)
    places = dict.fromkeys(PAPERS if place.startswith("paper:") else place for place in areas)
    return [name_of(contents.dossier.rules, place) for place in places]


def _round(until: dt.datetime, now: dt.datetime) -> dt.datetime:
    """From when to count what is left, so that a task that comes a minute late says « 2 jours » all the same: whole
    hours, as long as there are some.
    """
    hours = -(-(until - now) // HOUR)
    return until - hours * HOUR if until - now > HOUR else now
