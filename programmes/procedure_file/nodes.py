"""The node tree of a YAML file, every scalar as text, every place with its line.

Plain YAML would read `23:00` as 1380 and `NO` as false, and would lose the lines. So the file is composed
and not loaded; each reader turns a `Place` into a value and raises `Wrong` if it cannot. A table gathers
what its readers raise and goes on, so that all the faults of a file are told at once. The reasons are in
French, for the office.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

import yaml

T = TypeVar("T")
QUOTES = " Un texte qui contient « , » « : » « ? » ou « # » s’écrit entre guillemets."
TYPE_NAMES = {yaml.ScalarNode: "un texte", yaml.SequenceNode: "une liste", yaml.MappingNode: "une table"}


@dataclass(frozen=True, order=True, slots=True)
class Remark:
    """What is wrong, or doubtful, at a line of a file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class Wrong(Exception):
    """What stands at a place cannot be read as what is expected there; the message is the reason."""


class FaultyFile(Exception):
    """A file that cannot be loaded: all its faults, and the warnings met on the way, by line."""

    def __init__(self, faults: list[Remark], warnings: list[Remark]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = sorted(set(faults))
        self.warnings = sorted(set(warnings))


@dataclass(slots=True)
class Source:
    """A file being read: its name, what was found wrong in it, and on which line each place stands."""

    file: str
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    def line_of(self, *path: str) -> int:
        """The line of the place at `path`, or of the nearest place around it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, reason: str, *path: str) -> None:
        """Note a fault: the file will not be loaded."""
        self.faults.append(Remark(self.file, self.line_of(*path), reason))

    def warn(self, reason: str, *path: str) -> None:
        """Note something doubtful that does not keep the file from being loaded."""
        self.warnings.append(Remark(self.file, self.line_of(*path), reason))

    def root(self, text: str) -> Place | None:
        """The whole of `text` as a place; None, and a fault, if it is not YAML or is empty."""
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.faults.append(Remark(self.file, line, f"ce n’est pas du YAML : {error.problem}.{QUOTES}"))
            return None
        except yaml.YAMLError as error:
            self.faults.append(Remark(self.file, 1, f"ce n’est pas du YAML : {error}."))
            return None
        if node is None:
            self.faults.append(Remark(self.file, 1, "le fichier est vide."))
            return None
        return Place(self, (), node, node.start_mark.line + 1)


@dataclass(slots=True)
class Place:
    """A place in the file: what stands there, its line, and the names that lead to it."""

    source: Source
    path: tuple[str, ...]
    node: yaml.Node
    line: int

    def __post_init__(self) -> None:
        self.source.lines[self.path] = self.line

    @property
    def name(self) -> str:
        """The last of the names that lead here: the key of a table's entry."""
        return self.path[-1] if self.path else ""

    def text(self) -> str:
        """The text that stands here, as typed, without the blanks around it."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise Wrong(f"un texte est attendu, et non {TYPE_NAMES[type(self.node)]}.")
        value = str(self.node.value).strip()
        if not value:
            raise Wrong("la valeur est vide.")
        return value

    def places(self) -> list[Place]:
        """The places of the list that stands here."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise Wrong(f"une liste est attendue, et non {TYPE_NAMES[type(self.node)]}.")
        return [self._inner(str(index), child, child) for index, child in enumerate(self.node.value, start=1)]

    def entries(self) -> dict[str, Place]:
        """The entries of the table that stands here, by key; a key given twice is a fault."""
        if not isinstance(self.node, yaml.MappingNode):
            raise Wrong(f"une table (clé : valeur) est attendue, et non {TYPE_NAMES[type(self.node)]}.")
        found: dict[str, Place] = {}
        for key, child in self.node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.fault("une clé doit être un texte.", line)
            elif key.value in found:
                self.fault(f"la clé « {key.value} » est donnée deux fois (déjà ligne {found[key.value].line}).", line)
            else:
                found[key.value] = self._inner(key.value, child, key)
        return found

    def is_table(self) -> bool:
        """Whether a table stands here."""
        return isinstance(self.node, yaml.MappingNode)

    def is_empty(self) -> bool:
        """Whether nothing stands here: in `{fr: un, deux}`, the key « deux » has nothing."""
        return isinstance(self.node, yaml.ScalarNode) and not self.node.value

    def table(self) -> Table:
        """The table that stands here, to be read entry by entry in a `with`, which reports unknown keys."""
        return Table(self)

    def read(self, reader: Callable[[Place], T], instead: T) -> T:
        """What `reader` makes of this place; on `Wrong`, a fault is noted and `instead` stands in."""
        try:
            return reader(self)
        except Wrong as reason:
            self.fault(f"{self.name} : {reason}" if self.name and not self.name.isdigit() else str(reason))
            return instead

    def fault(self, reason: str, line: int | None = None) -> None:
        """Note a fault at this place."""
        self.source.faults.append(Remark(self.source.file, line or self.line, reason))

    def _inner(self, name: str, node: yaml.Node, line_from: yaml.Node) -> Place:
        return Place(self.source, (*self.path, name), node, line_from.start_mark.line + 1)


class Table:
    """The entries of one place, each read once. What was not read when the `with` ends is an unknown key."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.is_readable = place.is_table()
        nothing: dict[str, Place] = {}
        self.entries = place.read(Place.entries, nothing)
        self._known: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for key, entry in self.entries.items():
            if key not in self._known and error is None:
                entry.fault(f"la clé « {key} » est inconnue ici." + (QUOTES if entry.is_empty() else ""))

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def need(self, key: str, reader: Callable[[Place], T], instead: T) -> T:
        """The value of `key`. If it is missing or wrong that is a fault, and `instead` stands in."""
        if key not in self.entries and self.is_readable:
            self.place.fault(
                f"il manque la clé « {key} »" + (f" dans « {self.place.name} »." if self.place.name else ".")
            )
        return self.may(key, reader, instead)

    def leave(self, key: str) -> None:
        """Say that `key` is known here, and read elsewhere."""
        self._known.add(key)

    def may(self, key: str, reader: Callable[[Place], T], default: T) -> T:
        """The value of `key`, or `default` where the file does not give it."""
        self._known.add(key)
        entry = self.entries.get(key)
        return default if entry is None else entry.read(reader, default)


def each(reader: Callable[[Place], T]) -> Callable[[Place], tuple[T, ...]]:
    """A reader of lists whose members `reader` reads; a wrong member is a fault, and is left out."""

    def read_list(place: Place) -> tuple[T, ...]:
        return tuple(_those_read(place.places(), reader))

    return read_list


def by_key(reader: Callable[[Place], T]) -> Callable[[Place], tuple[T, ...]]:
    """A reader of tables whose keys are codes: `reader` gets each entry, whose code is `place.name`."""

    def read_table(place: Place) -> tuple[T, ...]:
        return tuple(_those_read(list(place.entries().values()), reader))

    return read_table


def cells_under(columns: Sequence[str], reader: Callable[[Place], T], instead: T) -> Callable[[Place], dict[str, T]]:
    """A reader of rows: lists with one cell under each of `columns`; `instead` stands in for a wrong cell."""

    def read_row(place: Place) -> dict[str, T]:
        cells = place.places()
        if len(cells) != len(columns):
            raise Wrong(f"{len(columns)} cases sont attendues ({', '.join(columns)}), il y en a {len(cells)}.")
        return {column: cell.read(reader, instead) for column, cell in zip(columns, cells, strict=True)}

    return read_row


def _those_read(places: list[Place], reader: Callable[[Place], T]) -> list[T]:
    values: list[T] = []
    for place in places:
        value: T | None = place.read(reader, None)
        if value is not None:
            values.append(value)
    return values
