"""What the documents name is there: settings, commands with their options, files. A page that lies costs an evening."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

import admissions_portal.settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
READ_BY_BOTO = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
NAME = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def test_the_settings_file_and_the_manual_explain_the_same_settings() -> None:
    assert explained_in_settings() == explained_in_manual()


def test_every_setting_that_is_read_is_explained_and_no_other() -> None:
    source = (ROOT / "admissions_portal" / "settings.py").read_text()
    read = set(re.findall(rf'\benv\.\w+\(\s*"({NAME})"', source))
    assert read == explained_in_settings() - READ_BY_BOTO


@each_document
def test_every_make_target_that_a_document_names_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(document))) <= targets


@each_document
def test_every_command_that_a_document_names_exists_with_its_options(document: Path) -> None:
    commands = get_commands()
    for name, arguments in re.findall(r"manage\.py ([a-z_]+)([^\n`|#]*)", code_of(document)):
        assert name in commands, name
        app = commands[name]
        assert isinstance(app, str)
        parser = load_command_class(app, name).create_parser("manage.py", name)
        named = set(re.findall(r"--[a-z][a-z-]*", arguments))
        assert named <= set(parser._option_string_actions), f"{name}{arguments}"


@each_document
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    assert not [link for link in linked if not (document.parent / link).exists()]


def explained_in_settings() -> set[str]:
    """The names in the docstring of the settings."""
    explained = re.findall(rf"^ *({NAME})\b(?: and ({NAME}))?", admissions_portal.settings.__doc__ or "", re.MULTILINE)
    return {name for names in explained for name in names if name}


def explained_in_manual() -> set[str]:
    """The names in the manual's table of settings: its first column, and the keys that its second one mentions."""
    manual = (ROOT / "docs" / "production.md").read_text()
    table = manual.partition("## Settings")[2].partition("\n## ")[0]
    names = re.findall(rf"`({NAME})`(?=[^|]*\|[^|]*\|$)", table, re.MULTILINE)
    return {*names, *re.findall(rf"`({NAME}_KEY(?:_ID)?)`", table)}


def code_of(document: Path) -> str:
    """What a document shows as code: spans, fenced and indented blocks."""
    return "\n".join(re.findall(r"`[^`\n]+`|^ {4}.*$|(?<=```\n)[^`]+", document.read_text(), re.MULTILINE))
