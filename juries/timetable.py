"""The timetable of the tests: cutting days into slots, and giving candidates one day on which they sit every
test.

Pure: dataclasses in, dataclasses out, no database and no clock. Candidates are alike (each sits every test
once), so the question is how many *sittings*, one slot per test on one day, the free slots can make. For two
tests that is a matching in a bipartite graph, solved exactly; further tests are joined one after the other in
the same way.
Rule: AST-14.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a panel can see one candidate; `key` names it."""

    key: int
    test: str
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime


Sitting = tuple[Slot, ...]


def cut_day(
    start: dt.datetime,
    end: dt.datetime,
    *,
    minutes: int,
    between: int,
    pause: tuple[dt.datetime, dt.datetime] | None,
) -> list[tuple[dt.datetime, dt.datetime]]:
    """The slots of one panel on one day: `minutes` long, `between` minutes apart, none during the pause or
    after the end.
    """
    length, rest = dt.timedelta(minutes=minutes), dt.timedelta(minutes=between)
    slots = []
    begins = start
    while begins + length <= end:
        if pause and begins < pause[1] and begins + length > pause[0]:
            begins = pause[1]
            continue
        slots.append((begins, begins + length))
        begins += length + rest
    return slots


def can_be_sat_together(slots: Sequence[Slot], between: int) -> bool:
    """Whether one candidate can sit all of `slots`: on one day, never two at once, `between` minutes from one
    to the next.
    """
    if len({slot.day for slot in slots}) > 1:
        return False
    rest = dt.timedelta(minutes=between)
    ordered = sorted(slots, key=lambda slot: (slot.starts_at, slot.ends_at))
    return all(before.ends_at + rest <= after.starts_at for before, after in pairwise(ordered))


def make_sittings(tests: Sequence[str], free: Iterable[Slot], *, count: int, between: int) -> list[Sitting]:
    """At most `count` sittings out of the `free` slots, the earliest first; no slot is used twice.

    With one or two tests there are as many as any timetable could have. The order of `free` does not matter.
    """
    by_test: dict[str, list[Slot]] = defaultdict(list)
    for slot in sorted(free, key=_in_time):
        by_test[slot.test].append(slot)
    sittings: list[Sitting] = [(slot,) for slot in by_test[tests[0]]] if tests else []
    if len(tests) == 1:
        return sittings[:count]
    for position, test in enumerate(tests[1:], start=2):
        wanted = count if position == len(tests) else len(sittings)
        sittings = _join(sittings, by_test[test], between, wanted)
    return sorted(sittings, key=lambda sitting: min(_in_time(slot) for slot in sitting))


def _join(sittings: list[Sitting], slots: list[Slot], between: int, wanted: int) -> list[Sitting]:
    """Add one of `slots` to as many of `sittings` as possible, up to `wanted`: a maximum matching by
    augmenting paths.

    Each sitting tries the nearest slots first, so that candidates wait little; it gives way when another has
    no other slot.
    """
    of_day: dict[dt.date, list[int]] = defaultdict(list)
    for position, slot in enumerate(slots):
        of_day[slot.day].append(position)
    reachable: list[list[int]] = []
    taken_by: dict[int, int] = {}

    def find_slot_for(number: int, tried: set[int]) -> bool:
        for slot in reachable[number]:
            if slot in tried:
                continue
            tried.add(slot)
            if slot not in taken_by or find_slot_for(taken_by[slot], tried):
                taken_by[slot] = number
                return True
        return False

    for number, sitting in enumerate(sittings):
        if len(taken_by) == wanted:
            break
        same_day = of_day[sitting[0].day]
        together = [position for position in same_day if can_be_sat_together((*sitting, slots[position]), between)]
        reachable.append(sorted(together, key=lambda position: (_length((*sitting, slots[position])), position)))
        find_slot_for(number, set())
    return [(*sittings[number], slots[slot]) for slot, number in taken_by.items()]


def _length(sitting: Sitting) -> dt.timedelta:
    """From the beginning of the first test to the end of the last."""
    return max(slot.ends_at for slot in sitting) - min(slot.starts_at for slot in sitting)


def _in_time(slot: Slot) -> tuple[dt.datetime, dt.datetime, int]:
    return slot.starts_at, slot.ends_at, slot.key
