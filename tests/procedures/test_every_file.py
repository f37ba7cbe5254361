"""What holds for every procedure's file: it loads, is bilingual, and survives the database; its names stay in it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from programmes.live_data import differences, flat, read_live
from programmes.loading import store
from programmes.procedure_file.schema import ProcedureFile
from programmes.rules import Rules, as_json, from_json
from programmes.text import Text
from tests.procedures import FILES, procedure_file

ROOT = Path(settings.BASE_DIR)
CODES = [path.stem for path in FILES]

each_file = pytest.mark.parametrize("code", CODES)


@each_file
def test_a_file_is_named_for_its_code(code: str) -> None:
    """`rehearse CODE` looks for the file by its name."""
    assert procedure_file(code).code == code


@each_file
@pytest.mark.django_db
def test_the_database_says_what_the_file_says(code: str) -> None:
    """A column that is written but not read back, or the reverse, would show as a difference."""
    file = procedure_file(code)
    procedure = store(file, rehearsal=False)
    assert differences(flat(read_live(procedure)), flat(file.live)) == []


@pytest.mark.django_db
def test_all_can_be_loaded_side_by_side() -> None:
    """A school of two procedures has one name: else loading one would change the other behind its office’s back."""
    stored = {code: store(procedure_file(code), rehearsal=False) for code in CODES}
    for code, procedure in stored.items():
        assert differences(flat(read_live(procedure)), flat(procedure_file(code).live)) == [], code


@each_file
def test_the_rules_survive_the_database(code: str) -> None:
    """A rule that JSON changes would change for those who apply, not for those who read the file."""
    rules = procedure_file(code).rules
    assert from_json(Rules, json.loads(json.dumps(as_json(rules)))) == rules


@each_file
def test_every_text_is_in_both_languages(code: str) -> None:
    """ALL-01: only names of programmes may be one for both."""
    only_french = [
        path for path, text in texts("", as_json(procedure_file(code).rules)) if text["fr"] and not text["en"]
    ]
    assert all(path.startswith(".programmes") for path in only_french), only_french


@each_file
def test_every_track_of_a_programme_that_recruits_has_seats(code: str) -> None:
    live = procedure_file(code).live
    seats = {programme.code: 0 for programme in live.programmes}
    for pool in live.pools:
        seats[pool.programme] += pool.seats
    assert all(seats.values()), seats


@each_file
def test_candidates_can_reach_someone(code: str) -> None:
    """A question without an address to send it to is a candidate lost."""
    live = procedure_file(code).live
    assert live.contact_email or all(school.email for school in live.schools)


def texts(path: str, value: object) -> list[tuple[str, dict[str, str]]]:
    """The texts in a JSON value, with where they stand."""
    if isinstance(value, dict):
        if set(value) == {"fr", "en"}:
            return [(path, value)]
        return [found for key, inner in value.items() for found in texts(f"{path}.{key}", inner)]
    if isinstance(value, list):
        return [found for number, inner in enumerate(value) for found in texts(f"{path}.{number}", inner)]
    return []


class TestNames:
    """No school, programme or procedure stands in the code: a sixth procedure needs no Python.

    Names (and codes with a hyphen or a digit, which no word has) may not stand in any text of the code. Other codes
    can be common words: they may not be a text of their own, which is how code would ask for one. Comments and
    docstrings may give examples.
    """

    def test_no_python_names_one(self) -> None:
        found = []
        for path in python_files():
            for line, text in strings_in(path):
                found += [f"{path.relative_to(ROOT)}:{line}: {name}" for name in named_in(text)]
        assert not found, found

    def test_no_template_and_no_script_names_one(self) -> None:
        found = []
        for path in [*(ROOT / "templates").rglob("*.*"), *(ROOT / "static" / "js").rglob("*.js")]:
            found += [f"{path.relative_to(ROOT)}: {name}" for name in NAMES if name.search(path.read_text())]
        assert not found, found

    @pytest.mark.parametrize("text", ["Bienvenue à IMT Mines Albi", "ast-2026", "dossiers-ast-2026.zip", "albi"])
    def test_one_that_stood_there_would_be_found(self, text: str) -> None:
        assert named_in(text)

    @pytest.mark.parametrize("text", ["", "albinos", "fast-2026", "communication interne"])
    def test_words_that_only_look_like_one_are_no_names(self, text: str) -> None:
        assert not named_in(text)


def named_in(text: str) -> list[str]:
    """The names in a text of the code, and the code that it is."""
    return [pattern.pattern for pattern in NAMES if pattern.search(text)] + [
        code for code in PLAIN_CODES if code == text
    ]


def python_files() -> Iterator[Path]:
    """The portal's own Python but for its tests."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if not {"tests", "node_modules", "var"} & set(parts) and not parts[0].startswith("."):
            yield path


def strings_in(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a Python file with their lines, docstrings left out."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    said = {id(docstring_of(node)) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def docstring_of(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    """The text with which it begins, if it begins with one."""
    first = node.body[0] if node.body else None
    return first.value if isinstance(first, ast.Expr) else None


def names_of(file: ProcedureFile) -> set[str]:
    """What a procedure, its schools and its programmes are called."""
    live = file.live
    own = [live.title, live.short_title, *(programme.title for programme in live.programmes)]
    return {*(name for text in own for name in both(text)), *(school.name for school in live.schools)}


def both(text: Text) -> set[str]:
    """The French and the English of a text."""
    return {text.fr, text.en} - {""}


def codes_of(file: ProcedureFile) -> set[str]:
    """The codes of a procedure, its schools and its programmes."""
    live = file.live
    return {file.code, *(school.code for school in live.schools), *(programme.code for programme in live.programmes)}


ALL_CODES = {code for path in FILES for code in codes_of(procedure_file(path.stem))}
PLAIN_CODES = {code for code in ALL_CODES if code.isalpha()}
# A name of one word is the common word when it is not capitalised: « Réseaux », but not « réseaux ».
NAMES = [
    re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for name in sorted(
        {name for path in FILES for name in names_of(procedure_file(path.stem))} | (ALL_CODES - PLAIN_CODES)
    )
]
