"""The summons (convocation): where and when a candidate sits the tests.

The site, the mail, the letter and the calendar file all say it from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext, override
from icalendar import Calendar, Event

from accounts.models import User
from applicants.dossiers import home_of
from applicants.models import Dossier
from documents.notices import issue_notice, replace_notices
from journal.record import record
from juries.models import TestSlot
from notifications.context import encode
from notifications.models import Mail
from notifications.outbox import queue_mail
from notifications.rendering import Rendered, render
from programmes.models import Participation
from programmes.text import Text


@dataclass(frozen=True, slots=True)
class Sitting:
    """One test of a summons; `key` tells it from the candidate's others, wherever and whenever it is held."""

    key: str
    test: str
    label: Text
    starts_at: dt.datetime
    ends_at: dt.datetime
    panel: str
    room: str
    remote_url: str


@dataclass(frozen=True, slots=True)
class Summons:
    """The tests of a candidate in the order of the day, and the school that holds them."""

    host: Participation
    sittings: tuple[Sitting, ...]
    sent_at: dt.datetime

    @property
    def is_remote(self) -> bool:
        """Whether every test is held at a distance."""
        return all(sitting.remote_url for sitting in self.sittings)


def summons_of(dossier: Dossier) -> Summons | None:
    """The summons that was sent to a candidate; None before that. Rule: AST-14."""
    slots = dossier.test_slots.exclude(summoned_at=None)
    sent = list(slots.select_related("panel").order_by("starts_at"))
    return read_summons(dossier, sent) if sent else None


def read_summons(dossier: Dossier, slots: Sequence[TestSlot]) -> Summons:
    """The summons that `slots` (at least one, with their panels, in the order of the day) make."""
    host = Participation.objects.select_related("school").get(
        procedure=dossier.procedure_id, school=slots[0].panel.school_id
    )
    labels = {rule.code: rule.label for rule in dossier.rules.tests}
    sittings = tuple(
        Sitting(
            key=key_of(slot),
            test=slot.test,
            label=labels[slot.test],
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            panel=slot.panel.name,
            room=slot.panel.room,
            remote_url=slot.panel.remote_url,
        )
        for slot in slots
    )
    return Summons(host=host, sittings=sittings, sent_at=slots[0].summoned_at or dossier.procedure.now())


def key_of(slot: TestSlot) -> str:
    """What stays the same of a test when it is moved: which test, of which choice, or which further interview."""
    if slot.supplement_id is not None:
        return f"supplement-{slot.supplement_id}"
    return slot.test if slot.choice_id is None else f"{slot.choice_id}-{slot.test}"


def calendar_file(dossier: Dossier, summons: Summons, language: str) -> str:
    """The tests of a summons as the text of a calendar file (.ics), in `language`. Rule: AST-14.

    A test keeps its identity when it is moved, so that a calendar which holds it already moves it too.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Portail des admissions//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    with override(language):
        for sitting in summons.sittings:
            calendar.add_component(_event(dossier, summons, sitting))
    return str(calendar.to_ical(), "utf-8")


def send(dossier: Dossier, slots: Sequence[TestSlot], *, by: User, replaces: bool = False) -> None:
    """Summon a candidate to `slots` (with their panels): mail with its calendar file, and letter.

    Part of an act of planning, in its transaction. `replaces` says that an earlier summons no longer holds.
    Rules: AST-14, AST-25.
    """
    now = dossier.procedure.now()
    slots = sorted(slots, key=lambda slot: slot.starts_at)
    TestSlot.objects.filter(pk__in=[slot.pk for slot in slots]).update(summoned_at=now)
    entry = record(
        "tests.summoned",
        dossier,
        by=by,
        slots=[slot.pk for slot in slots],
        starts_at=slots[0].starts_at.isoformat(),
    )
    key = f"summons:{dossier.pk}:{entry.pk}"
    summons, person = read_summons(dossier, slots), dossier.candidate.user
    facts = facts_of(dossier, summons) | {"replaces": replaces}
    notice = issue_notice(
        "summons",
        key=key,
        procedure=dossier.procedure,
        recipient=person,
        school=summons.host.school,
        **facts,
    )
    replace_notices(f"summons:{dossier.pk}", by=notice)
    queue_mail(
        "summons",
        to=person,
        key=key,
        procedure=dossier.procedure,
        calendar=calendar_file(dossier, summons, person.language),
        **facts | _of_mail(dossier, summons),
    )


def preview(dossier: Dossier, slots: Sequence[TestSlot], language: str) -> Rendered:
    """The mail that will summon a candidate to `slots`, in `language`, to be read before it leaves. Rule: ALL-05."""
    summons = read_summons(dossier, slots)
    return render(
        Mail(
            kind="summons",
            recipient=dossier.candidate.user,
            language=language,
            procedure=dossier.procedure,
            context=encode(facts_of(dossier, summons) | _of_mail(dossier, summons)),
        )
    )


def facts_of(dossier: Dossier, summons: Summons) -> dict[str, Any]:
    """What the mail and the letter say."""
    return {
        "addressee": dossier.candidate.full_name,
        "reference": dossier.reference,
        "day": summons.sittings[0].starts_at,
        "sittings": [
            {item.name: getattr(sitting, item.name) for item in fields(sitting)} for sitting in summons.sittings
        ],
        "is_remote": summons.is_remote,
        "address": summons.host.address,
        "contact": summons.host.email,
    }


def _of_mail(dossier: Dossier, summons: Summons) -> dict[str, Any]:
    return {"school": summons.host.school.name, "path": home_of(dossier)}


def _event(dossier: Dossier, summons: Summons, sitting: Sitting) -> Event:
    event = Event()
    event.add("uid", f"{dossier.pk}-{sitting.key}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("dtstamp", summons.sent_at)
    event.add("sequence", int(summons.sent_at.timestamp()))  # a later summons wins over an earlier one
    event.add("dtstart", sitting.starts_at)
    event.add("dtend", sitting.ends_at)
    event.add(
        "summary",
        gettext("%(test)s – %(school)s") % {"test": sitting.label, "school": summons.host.school.name},
    )
    event.add(
        "location",
        sitting.remote_url or ", ".join(filter(None, [sitting.room, _one_line(summons.host.address)])),
    )
    event.add(
        "description",
        gettext("%(procedure)s, dossier %(reference)s, %(panel)s")
        % {"procedure": dossier.procedure, "reference": dossier.reference, "panel": sitting.panel},
    )
    return event


def _one_line(address: str) -> str:
    return ", ".join(line.strip() for line in address.splitlines() if line.strip())
