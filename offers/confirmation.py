"""Confirmation: what a place asks of whom it is offered to, how far each thing is, and until when. Pure.

What confirms a place are the papers and the deposit that the rules name; where they name none, the candidate's word.
A thing may be done by the candidate and still wait for the school: it keeps the place, and does not confirm it yet.
Rules: BS-07, NE-05, IIM-06.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from programmes.rules import ConfirmationRule, PaperRule
from programmes.words import PARIS

WORD, DEPOSIT = "word", "deposit"  # what is asked besides papers, which go by their codes


class Progress(enum.StrEnum):
    """How far something that is asked has come."""

    TODO = "todo"
    AGAIN = "again"  # it was there and was turned down
    SENT = "sent"  # the candidate has done it; the school has to look at it
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that confirms a place: a paper by its code, or `WORD`, or `DEPOSIT`."""

    what: str
    label: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Given:
    """What there is for a place so far."""

    papers: Mapping[str, Progress]
    deposit: Progress = Progress.TODO
    word: bool = False


def needs(rule: ConfirmationRule, papers: Sequence[PaperRule], given: Given) -> list[Need]:
    """What confirms a place; `papers` are those that the rule names and that concern the candidate."""
    found = [
        Need(paper.code, str(paper.label), _settled(rule, given.papers.get(paper.code, Progress.TODO)))
        for paper in papers
    ]
    if rule.deposit:
        found.append(Need(DEPOSIT, gettext("L’acompte"), given.deposit))
    if not found:
        found.append(Need(WORD, gettext("Votre confirmation"), Progress.DONE if given.word else Progress.TODO))
    return found


def is_complete(found: Sequence[Need]) -> bool:
    """Whether the place is confirmed by what there is."""
    return all(need.progress == Progress.DONE for need in found)


def waits_for_school(found: Sequence[Need]) -> bool:
    """Whether the candidate has done all, and the school has still to look at some of it: the place is kept."""
    return not is_complete(found) and all(need.progress in (Progress.SENT, Progress.DONE) for need in found)


def end_of_delay(sent_at: dt.datetime, days: int) -> dt.datetime:
    """Until when (UTC, strictly before it) a place offered at `sent_at` can be confirmed: the end of the day, in
    Europe/Paris, that comes `days` days after.

    Rules: NE-05, IIM-06.
    """
    last = sent_at.astimezone(PARIS).date() + dt.timedelta(days=days)
    return end_of_day(last)


def end_of_day(day: dt.date) -> dt.datetime:
    """The instant (UTC) at which `day` is over in Europe/Paris."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), PARIS).astimezone(dt.UTC)


def _settled(rule: ConfirmationRule, progress: Progress) -> Progress:
    """A paper that need not be accepted is done as soon as it is there."""
    return Progress.DONE if progress == Progress.SENT and not rule.papers_checked else progress
