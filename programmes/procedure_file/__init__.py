"""The procedure's file: a YAML file that an admissions office can read, copy and change.

    procedure_file = read(Path("programmes/procedures/ast-2026.yaml"))

`nodes` gives the file's tree with lines, `values` reads single values, `live_part` and `rules_part` read
the two halves into the values of `schema` and of `programmes.rules`, `checks` compares the parts with each
other.
"""

from __future__ import annotations

from pathlib import Path

from programmes.procedure_file import schema
from programmes.procedure_file.checks import check
from programmes.procedure_file.live_part import read_live
from programmes.procedure_file.nodes import FaultyFile, Source
from programmes.procedure_file.rules_part import read_rules
from programmes.procedure_file.values import code


def read(path: Path) -> schema.ProcedureFile:
    """The procedure that the file at `path` says.

    Raises:
        FaultyFile: with every fault found, each with its line.
        OSError: the file cannot be opened.
    """
    return read_text(path.read_text(encoding="utf-8", errors="replace"), name=str(path))


def read_text(text: str, *, name: str) -> schema.ProcedureFile:
    """As `read`, from the text itself; `name` is how remarks call the file."""
    source = Source(name)
    root = source.root(text)
    if root is None:
        raise FaultyFile(source.faults, source.warnings)
    with root.table() as file:
        procedure_code = file.need("code", code, "")
        live = read_live(file)
        rules = read_rules(file)
    if file.is_readable:
        check(source, live, rules)
    if source.faults:
        raise FaultyFile(source.faults, source.warnings)
    return schema.ProcedureFile(procedure_code, live, rules, tuple(sorted(source.warnings)))
