"""The table of requirements names each line of the notice once, and only tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROWS = re.findall(r"^\| ([A-Z]+-\d{2}) \|(.*)$", (ROOT / "docs" / "requirements.md").read_text(), re.MULTILINE)


LINES = {"AST": 25, "APP": 21, "BS": 7, "NE": 8, "IIM": 8, "ALL": 7}  # how many there are of each


def test_each_line_is_there_once() -> None:
    """Those of the five procedures, and those that hold everywhere."""
    wanted = [f"{of}-{number:02d}" for of, count in LINES.items() for number in range(1, count + 1)]
    assert [row_id for row_id, _ in ROWS] == wanted


def test_each_line_names_tests_or_says_that_it_has_none_and_every_test_named_exists() -> None:
    for row_id, row in ROWS:
        named = re.findall(r"`([\w/]+\.py)::([\w:]+)`", row)
        assert named or row.endswith("| all of it |"), row_id
        for path, name in named:
            assert name in defined_in(ROOT / path), f"{row_id}: {path}::{name}"


def defined_in(path: Path) -> set[str]:
    """The tests that a file defines: functions, and Class::method."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return {name for name in found if "test_" in name}
