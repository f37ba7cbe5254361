"""Eligibility (recevabilité): which programmes a title opens, and why the others are closed.

Pure: it reads the tables of the rules and nothing else. A foreign title, or another path, is put to the
jury as equivalent to a listed one: that row of the tables then holds, so the same function answers. Rules:
AST-03, AST-04.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from programmes.rules import Equivalence, ProgrammeRule, Rules, Speciality, Title


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a programme is open to a candidate; if not, `reason` is a sentence that says why."""

    open: bool
    reason: str = ""


OPEN = Verdict(open=True)


@dataclass(frozen=True, slots=True)
class Opening:
    """A title that opens a programme, with the specialities of it that do."""

    title: Title
    specialities: tuple[Speciality, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the title opens it whatever its speciality."""
        return self.specialities == self.title.specialities


def verdicts(rules: Rules, title: str, speciality: str) -> dict[str, Verdict]:
    """The verdict of each programme, in the procedure's order, on the speciality of a title (their codes).

    Without a known title and speciality every programme is closed. A procedure without tables opens all.
    Rule: AST-03.
    """
    if not rules.titles:
        return {programme.code: OPEN for programme in rules.programmes}
    held = rules.title(title)
    row = held.speciality(speciality) if held else None
    return {programme.code: _verdict(programme, held, row) for programme in rules.programmes}


def open_programmes(rules: Rules, title: str, speciality: str) -> frozenset[str]:
    """The codes of the programmes that this title and speciality open. Rule: AST-03."""
    return frozenset(code for code, verdict in verdicts(rules, title, speciality).items() if verdict.open)


def openings(rules: Rules, programme: str) -> list[Opening]:
    """What opens the programme of that code: to who is told that it is closed, what would. Rule: AST-03."""
    rows = [
        Opening(title, tuple(row for row in title.specialities if programme in row.programmes))
        for title in rules.titles
    ]
    return [row for row in rows if row.specialities]


def titles_for(rules: Rules, equivalence: str) -> tuple[Title, ...]:
    """The titles among which a candidate chooses: all, or those that the equivalence of that code stands for.

    Rule: AST-04.
    """
    claimed: Equivalence | None = rules.equivalence(equivalence)
    if claimed is None or not claimed.titles:
        return rules.titles
    return tuple(title for title in rules.titles if title.code in claimed.titles)


def _verdict(programme: ProgrammeRule, title: Title | None, row: Speciality | None) -> Verdict:
    if title is None or row is None:
        return Verdict(False, gettext("Indiquez d’abord votre titre et sa spécialité."))
    if programme.code in row.programmes:
        return OPEN
    words = {"title": title.phrase, "programme": programme.label}
    if not any(programme.code in other.programmes for other in title.specialities):
        return Verdict(False, gettext("%(title)s n’est pas recevable à %(programme)s.") % words)
    words |= {"word": title.speciality_word, "speciality": row.label}
    sentence = gettext("%(title)s %(word)s %(speciality)s n’est pas recevable à %(programme)s.")
    return Verdict(False, sentence % words)
