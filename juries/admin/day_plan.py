"""The picture of a test day: time down, panels across, one box per slot, to be drawn as SVG by the template."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone

from juries.models import Panel, TestSlot
from programmes.words import PARIS, hour

HEAD, FOOT = 56, 8  # above the first hour, for the panels' names; below the last
GUTTER = 56  # at the left, for the hours
COLUMN, GAP = 148, 8
PER_MINUTE = 1.5
SHORTEST = 20  # a box is never lower than its words


@dataclass(frozen=True, slots=True)
class Box:
    """A slot as it is drawn."""

    x: float
    y: float
    width: float
    height: float
    slot: TestSlot
    time: str
    name: str
    url: str

    @property
    def baseline(self) -> float:
        """Where its words stand."""
        return self.y + min(self.height / 2 + 5, 18)


@dataclass(frozen=True, slots=True)
class Column:
    """A panel as it is drawn."""

    x: float
    panel: Panel


@dataclass(frozen=True, slots=True)
class Hour:
    """A line across at a full hour."""

    y: float
    words: str


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day."""

    day: dt.date
    width: float
    height: float
    columns: list[Column]
    hours: list[Hour]
    boxes: list[Box]

    @property
    def taken(self) -> int:
        """How many slots have a candidate."""
        return sum(1 for box in self.boxes if box.slot.dossier_id)


def day_plans(panels: list[Panel], slots: Iterable[TestSlot], link: Callable[[TestSlot], str]) -> list[DayPlan]:
    """The pictures of the days on which `slots` (with their candidates) lie; `link` says where a taken one
    leads.
    """
    by_day: dict[dt.date, list[TestSlot]] = defaultdict(list)
    for slot in slots:
        by_day[_local(slot.starts_at).date()].append(slot)
    return [_plan(day, panels, by_day[day], link) for day in sorted(by_day)]


def _plan(day: dt.date, panels: list[Panel], slots: list[TestSlot], link: Callable[[TestSlot], str]) -> DayPlan:
    first = min(_local(slot.starts_at) for slot in slots).replace(minute=0)
    last = max(_local(slot.ends_at) for slot in slots)
    places = {panel.pk: GUTTER + number * (COLUMN + GAP) for number, panel in enumerate(panels)}

    def down(moment: dt.datetime) -> float:
        return HEAD + (_local(moment) - first).total_seconds() / 60 * PER_MINUTE

    hours = []
    full = first
    while full <= last:
        hours.append(Hour(down(full), hour(full)))
        full += dt.timedelta(hours=1)
    boxes = [
        Box(
            x=places[slot.panel_id],
            y=down(slot.starts_at),
            width=COLUMN,
            height=max(down(slot.ends_at) - down(slot.starts_at), SHORTEST),
            slot=slot,
            time=f"{_local(slot.starts_at):%H:%M}",
            name=str(slot.dossier.candidate) if slot.dossier else "",
            url=link(slot) if slot.dossier else "",
        )
        for slot in slots
    ]
    return DayPlan(
        day=day,
        width=GUTTER + len(panels) * (COLUMN + GAP),
        height=down(last) + FOOT,
        columns=[Column(places[panel.pk], panel) for panel in panels],
        hours=hours,
        boxes=boxes,
    )


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment, PARIS)
