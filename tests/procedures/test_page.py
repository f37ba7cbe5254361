"""The page that explains the format: it names each key that is read and no other, and its example loads."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from programmes.loading import store
from programmes.procedure_file import read_text

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "procedure-file.md"
READERS = ROOT / "programmes" / "procedure_file"
READING = {"need", "may", "leave"}  # of `Table`: what asks for a key of a table of the file


@pytest.mark.django_db
def test_the_example_can_be_copied_as_it_stands() -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    file = read_text(example, name="example.yaml")
    assert file.warnings == ()
    assert store(file, rehearsal=True).code == file.code


def test_the_keys_of_each_table_are_explained_together() -> None:
    """A key that no table of the page has beside its like is one that no office will ever write."""
    explained = tables_of_the_page()
    for reader, keys in keys_by_reader().items():
        assert any(keys <= table for table in explained), f"{reader}: {sorted(keys)}"


def test_no_key_is_explained_that_nobody_reads() -> None:
    """Each line of the page is asked for by a reader whose other keys stand in the same table."""
    read = keys_by_reader().values()
    for table in tables_of_the_page():
        assert table == set().union(*(keys for keys in read if keys <= table)), sorted(table)


def test_what_is_called_needed_is_needed() -> None:
    """An office that leaves out what the page calls free must not be told that it is missing, nor the reverse."""
    asked = keys_by_reader(asking="need")
    tables = zip(tables_of_the_page(), tables_of_the_page(needed="yes"), tables_of_the_page(needed=""), strict=True)
    for keys, needed, free in tables:
        of_others = [table for table in tables_of_the_page() if table != keys]
        readers = [name for name, read in keys_by_reader().items() if read <= keys and read not in of_others]
        demanded = set().union(*(asked.get(reader, set()) for reader in readers))
        assert needed <= demanded, sorted(needed - demanded)
        assert not free & demanded, sorted(free & demanded)


def test_the_reading_of_the_readers_finds_what_they_read() -> None:
    """Else the two tests above could be content with nothing."""
    readers = keys_by_reader()
    assert {"code", "title", "calendar", "papers", "fee"} <= readers["the whole file"]
    assert readers["money_part._exemption"] == {"label", "when", "paper"}


def keys_by_reader(*, asking: str = "") -> dict[str, set[str]]:
    """The keys that each function of the readers asks for, in any way or in that one; those of the outermost table are
    asked by several.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(READERS.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for table, key in keys_asked(function, {asking} if asking else READING):
                    reader = "the whole file" if table == "file" else f"{path.stem}.{function.name}"
                    found.setdefault(reader, set()).add(key)
    return {reader: keys for reader, keys in found.items() if keys != {"fr", "en"}}


def keys_asked(function: ast.FunctionDef, ways: set[str]) -> list[tuple[str, str]]:
    """The tables of which a function asks for keys in one of these ways, by the names of its variables, with them."""
    found = []
    for call in ast.walk(function):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=table), attr=attribute), args=[ast.Constant(value=str(key)), *_]
            ) if attribute in ways:
                found.append((table, key))
    return found


def tables_of_the_page(*, needed: str | None = None) -> list[set[str]]:
    """The keys in the first column of each table that begins with « key »: all, or those whose second says `needed`."""
    tables = re.findall(r"^\| key \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE.read_text(), re.MULTILINE)
    rows = [[line.split("|")[1:3] for line in table.splitlines()] for table in tables]
    return [
        {key for named, said in table if needed in (None, said.strip()) for key in re.findall(r"`(\w+)`", named)}
        for table in rows
    ]
