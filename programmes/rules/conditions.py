"""Conditions, and the options of a choice: what every other rule is made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

from programmes.text import Text


@dataclass(frozen=True, slots=True)
class Condition:
    """A plain condition: each named answer must be one of the values listed. No entry means always.

    Names are ids of form fields, `title`, `speciality`, `equivalence`, or facts (see `programmes.facts`). A yes/no
    answer is "yes" or "no". What has several values at once, as the programmes chosen, has blanks between them: one
    that is listed is enough.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def holds(self, answers: Mapping[str, str]) -> bool:
        """Whether `answers` (by field id) meet the condition."""
        return all(
            any(value in allowed for value in answers.get(name, "").split(" ")) for name, allowed in self.values.items()
        )


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: Text


def conditions_in(value: object) -> Iterator[Condition]:
    """The conditions anywhere in a value of the rules."""
    if isinstance(value, Condition):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from conditions_in(item)
    elif is_dataclass(value) and not isinstance(value, Text):
        for part in fields(value):
            yield from conditions_in(getattr(value, part.name))
