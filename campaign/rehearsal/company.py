"""The company that plays a rehearsal: its procedure and clock, its people and staff, and what was refused to them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import ParamSpec, TypeVar

from django.db.models import Q

from applicants.models import Dossier
from campaign.rehearsal.people import Person, make_people, passer_by
from campaign.rehearsal.staff import Staff, domain_of, hire
from journal.clock import at_one_instant
from journal.errors import Refused
from programmes.models import Period, Pool, Procedure, Step
from programmes.rules import Rules

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment (UTC) of the procedure's time."""

    moment: dt.datetime
    act: Callable[[], object]


@dataclass
class Company:
    """Everyone and everything in a rehearsal. Acts go through `attempt`, which counts what is refused."""

    procedure: Procedure
    people: list[Person]
    staff: Staff
    seed: int
    samples: int  # how many papers of each kind are really checked
    refusals: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    mails_told: Counter[str] = field(default_factory=Counter)
    refusals_told: Counter[str] = field(default_factory=Counter)
    goes_on_after_errors: bool = False  # in a demonstration, where visitors may have done anything meanwhile

    def attempt(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do an act, and return what it returns; None if it is refused, which is part of the play."""
        try:
            return act(*args, **kwargs)
        except Refused as refusal:
            self.refusals[f"{getattr(act, '__name__', act)}: {type(refusal).__name__}"] += 1
            return None

    def did(self, act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
        """Do an act; False if it is refused."""
        before = self.refusals.total()
        self.attempt(act, *args, **kwargs)
        return self.refusals.total() == before

    @contextmanager
    def at(self, moment: dt.datetime, *, is_first: bool = False) -> Iterator[None]:
        """Hold the procedure's clock at `moment` (UTC) during the block; it goes back for the first event only."""
        with at_one_instant() as instant:
            offset = moment - instant
            if is_first or offset > self.procedure.clock_offset:
                self.procedure.clock_offset = offset
                Procedure.objects.filter(pk=self.procedure.pk, is_rehearsal=True).update(clock_offset=offset)
            yield

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        rules = self.procedure.rules
        assert rules is not None
        return rules

    def window(self, key: str) -> tuple[dt.datetime, dt.datetime] | None:
        """The beginning and the end of a window of the calendar that has both."""
        entry = self.procedure.calendar.get(key)
        return (entry.starts_at, entry.ends_at) if entry and entry.starts_at and entry.ends_at else None

    def step(self, kind: str) -> Step | None:
        """The step of that kind."""
        return self.procedure.steps.filter(kind=kind).first()

    def periods(self) -> list[Period]:
        """The periods, in order."""
        return list(self.procedure.periods.order_by("number"))

    def dossiers(self, *conditions: Q) -> list[Dossier]:
        """The dossiers that meet `conditions`, with their candidates, in an order that is always the same."""
        found = Dossier.objects.filter(*conditions, procedure=self.procedure).select_related("candidate__user")
        dossiers = list(found.order_by("candidate__user__email"))
        for dossier in dossiers:
            dossier.procedure = self.procedure  # the same, whose calendar is read already
        return dossiers

    def dossier(self, person: Person) -> Dossier | None:
        """The dossier of a candidate, as it now stands; None before it was begun."""
        return next(iter(self.dossiers(Q(candidate__user__email=person.email))), None)

    def anew(self, dossier: Dossier) -> Dossier:
        """A dossier as it now stands."""
        return self.dossiers(Q(pk=dossier.pk))[0]

    def person(self, dossier: Dossier) -> Person:
        """Whose dossier it is; a visitor of a demonstration has no habits."""
        known = self._by_email.get(dossier.candidate.user.email)
        return known or passer_by(self.seed, dossier.pk.int, dossier.title)

    @cached_property
    def _by_email(self) -> dict[str, Person]:
        return {person.email: person for person in self.people}


def gather(
    procedure: Procedure, *, candidates: int, seed: int, samples: int, where_seats_are_few: bool = False
) -> Company:
    """The company of a rehearsal. The same numbers give the same people.

    With `where_seats_are_few`, most candidates come by the track that has the fewest seats.
    """
    assert procedure.is_rehearsal
    domain, rules = domain_of(procedure), procedure.rules
    assert rules is not None
    favoured = _title_of_few_seats(procedure, rules) if where_seats_are_few else ""
    people = make_people(seed, candidates, rules, domain=domain, favoured=favoured)
    return Company(procedure, people, hire(procedure, domain=domain), seed, samples)


def _title_of_few_seats(procedure: Procedure, rules: Rules) -> str:
    """The title whose track has the fewest seats, but some."""
    seats = Counter[str]()
    for track, count in Pool.objects.filter(programme__procedure=procedure).values_list("track__code", "seats"):
        seats[track] += count
    titles = [title for title in rules.titles if seats[title.track]]
    return min(titles, key=lambda title: seats[title.track]).code if titles else ""


def between(start: dt.datetime, end: dt.datetime, fraction: float) -> dt.datetime:
    """The moment at that fraction of the way, to the second."""
    return (start + (end - start) * fraction).replace(microsecond=0)
