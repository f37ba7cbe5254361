"""The titles that open programmes, row by row of the eligibility tables."""

from __future__ import annotations

from dataclasses import dataclass

from programmes.text import Text


@dataclass(frozen=True, slots=True)
class Speciality:
    """A row of an eligibility table: the programmes for which this speciality of a title is accepted."""

    code: str
    label: Text
    programmes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """A title or diploma that the procedure takes into account, and the track by which it lets one enter."""

    code: str
    label: Text
    track: str
    specialities: tuple[Speciality, ...]
    phrase: Text = Text("", "")  # the title as a sentence begins with it: "La Licence"
    speciality_word: Text = Text("", "")  # what joins it to its speciality: "mention"

    def speciality(self, code: str) -> Speciality | None:
        """The row of that code in the title's table."""
        return next((row for row in self.specialities if row.code == code), None)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A way for a title outside the tables to be put to the jury as equivalent to a listed one. Rule: AST-04."""

    code: str
    label: Text
    help: Text = Text("", "")
    titles: tuple[str, ...] = ()  # the titles that it may be equivalent to; none named: all
