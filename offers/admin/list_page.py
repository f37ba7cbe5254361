"""One admission list as the jury's page shows it: in the order that was set, proposed by the marks, or just typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext

from applicants.models import Dossier
from juries.admin.wording import title_in_words
from juries.models import Mark, Publication
from juries.steps import publication_of
from offers.lists import marked_dossiers, rankable_by_pool, tied_dossiers, total
from offers.models import ListEntry
from programmes.models import Pool, Step

FIELD = "rank:"  # then the dossier's primary key
RANK = re.compile(r"0*[1-9][0-9]{0,8}")
LONGEST_SHOWN = 20  # characters of what was typed


class WrongOrder(ValueError):
    """What was typed is no order; `str()` says why."""


@dataclass(frozen=True)
class Line:
    """A candidate on the page, with the rank that stands in the box beside the name."""

    dossier: Dossier
    rank: int | None
    title: str
    marks: list[str]
    total: str
    is_tied: bool
    struck: str = ""  # why the entry no longer counts


@dataclass(frozen=True)
class ListPage:
    """What the page of one list shows."""

    step: Step
    pool: Pool
    may_rank: bool
    typed: tuple[UUID, ...] | None = None  # an order that was typed and is not set

    def with_order(self, order: Sequence[UUID]) -> ListPage:
        """The page with an order that is not set yet."""
        return replace(self, typed=tuple(order))

    @cached_property
    def publication(self) -> Publication | None:
        """That of the admission, once it is prepared."""
        return publication_of(self.step)

    @property
    def is_frozen(self) -> bool:
        """Whether the publication is prepared: then nothing changes any more."""
        return self.publication is not None

    @cached_property
    def entries(self) -> list[ListEntry]:
        """The list as it was set; who is on it and no longer admissible is read for it alone."""
        entries = list(self.pool.entries.order_by("rank"))
        gone = [entry for entry in entries if entry.dossier_id not in self.admissible]
        prefetch_related_objects(gone, "dossier__candidate", "dossier__marks")
        for entry in entries:
            entry.dossier = self.admissible.get(entry.dossier_id) or entry.dossier
        return entries

    @cached_property
    def admissible(self) -> dict[UUID, Dossier]:
        """Those declared admissible, in this pool or in another."""
        return {dossier.pk: dossier for dossier in marked_dossiers(self.step.procedure)}

    @cached_property
    def known(self) -> dict[UUID, Dossier]:
        """Who may be ranked, and who is, in the order that the marks propose."""
        rankable = rankable_by_pool(self.admissible.values(), [self.pool])[self.pool.pk]
        return {dossier.pk: dossier for dossier in rankable} | {
            entry.dossier_id: entry.dossier for entry in self.entries
        }

    @property
    def is_proposal(self) -> bool:
        """Whether nothing is set yet: the order is that of the marks."""
        return self.typed is None and not self.entries

    @property
    def is_unsaved(self) -> bool:
        """Whether the order shown is not the one that is set."""
        return self.typed is not None

    @cached_property
    def order(self) -> list[UUID]:
        """The order that the page shows."""
        if self.typed is not None:
            return list(self.typed)
        return [entry.dossier_id for entry in self.entries] or list(self.known)

    @cached_property
    def tied(self) -> list[Dossier]:
        """Those on the list who share their total with another of them."""
        return tied_dossiers(self.known[dossier_id] for dossier_id in self.order)

    @property
    def listed(self) -> list[Line]:
        """Those who are ranked."""
        return [self._line(dossier_id, rank) for rank, dossier_id in enumerate(self.order, start=1)]

    @property
    def left_off(self) -> list[Line]:
        """Those who could be ranked and are not."""
        return [self._line(dossier_id, None) for dossier_id in self.known if dossier_id not in self.order]

    @cached_property
    def not_rankable(self) -> list[Line]:
        """Those declared admissible here whom a mark, or the lack of one, keeps off the list. Rule: AST-15."""
        return [
            self._line_of(dossier, None)
            for dossier in self.admissible.values()
            if dossier.track_id == self.pool.track_id
            and any(choice.programme_id == self.pool.programme_id for choice in dossier.choices.all())
            and dossier.pk not in self.known
        ]

    @property
    def tests(self) -> list[str]:
        """The names of the tests, in the order of the marks."""
        rules = self.step.procedure.rules
        return [str(rule.label) for rule in rules.marked_tests] if rules else []

    def _line(self, dossier_id: UUID, rank: int | None) -> Line:
        return self._line_of(self.known[dossier_id], rank)

    def _line_of(self, dossier: Dossier, rank: int | None) -> Line:
        marks = {mark.test: mark for mark in dossier.marks.all()}
        return Line(
            dossier=dossier,
            rank=rank,
            title=title_in_words(dossier),
            marks=[_mark(marks.get(rule.code)) for rule in dossier.rules.marked_tests],
            total=number_format(total(marks.values()).normalize()) if marks else "",
            is_tied=rank is not None and dossier in self.tied,
            struck=self._struck.get(dossier.pk, ""),
        )

    @cached_property
    def _struck(self) -> dict[UUID, str]:
        return {entry.dossier_id: entry.get_struck_because_display() for entry in self.entries if entry.struck_at}


def order_typed(posted: QueryDict, known: Collection[UUID]) -> list[UUID]:
    """The order that the numbers of the page say; an empty box leaves the candidate off the list.

    `move` ("up:<key>", "down:<key>") then moves one line by one place.

    Raises:
        WrongOrder: something that is not a rank, or one rank twice.
    """
    ranks: dict[int, UUID] = {}
    for dossier_id in known:
        typed = posted.get(f"{FIELD}{dossier_id}", "").strip()
        if not typed:
            continue
        if not RANK.fullmatch(typed):
            raise WrongOrder(gettext("« %(typed)s » n’est pas un rang.") % {"typed": typed[:LONGEST_SHOWN]})
        if int(typed) in ranks:
            raise WrongOrder(gettext("Deux candidats ont le rang %(rank)s.") % {"rank": typed})
        ranks[int(typed)] = dossier_id
    order = [ranks[rank] for rank in sorted(ranks)]
    return _moved(order, posted.get("move", ""))


def _moved(order: list[UUID], move: str) -> list[UUID]:
    direction, _, key = move.partition(":")
    place = next((index for index, dossier_id in enumerate(order) if str(dossier_id) == key), None)
    if place is None:
        return order
    other = place + (1 if direction == "down" else -1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order


def _mark(mark: Mark | None) -> str:
    if mark is None:
        return "–"
    if mark.value is None:
        return gettext("absence excusée") if mark.is_excused else gettext("absent")
    return number_format(mark.value.normalize())
