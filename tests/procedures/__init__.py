"""The procedures' files, fact by fact against their notices: one module for each, and what holds for all."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from django.conf import settings

from programmes.procedure_file import read
from programmes.procedure_file.schema import ProcedureFile, Step
from programmes.rules import PaperRule, Rules
from programmes.words import PARIS

FILES = sorted((Path(settings.BASE_DIR) / "programmes" / "procedures").glob("*.yaml"))


@cache
def procedure_file(code: str) -> ProcedureFile:
    """The file of the procedure of that code, read once."""
    return read(next(path for path in FILES if path.stem == code))


def paris(text: str) -> dt.datetime:
    """A day and an hour of Paris, such as "2026-03-20 23:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS)


def windows_of(file: ProcedureFile) -> dict[str, tuple[dt.datetime | None, dt.datetime | None]]:
    """The calendar: the start and end of each entry."""
    return {entry.code: (entry.starts_at, entry.ends_at) for entry in file.live.calendar}


def step_of(file: ProcedureFile, code: str) -> Step:
    """The step of that code."""
    return next(step for step in file.live.steps if step.code == code)


def paper_of(rules: Rules, code: str) -> PaperRule:
    """The paper of that code, which must be there."""
    paper = rules.paper(code)
    assert paper is not None, code
    return paper


def owed(rules: Rules, **answers: str) -> set[str]:
    """The codes of the papers that a candidate with these answers must give, sooner or later."""
    return {paper.code for paper in rules.papers if paper.required and paper.when.holds(answers)}
