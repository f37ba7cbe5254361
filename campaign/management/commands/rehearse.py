"""manage.py rehearse PROCEDURE: play a whole procedure with made-up candidates, and say what came of it."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.rehearsal.company import gather
from campaign.rehearsal.figures import Figures, figures_of
from campaign.rehearsal.opening import cards_taken, open_rehearsal, render_some
from campaign.rehearsal.script import Line, Stage, play
from campaign.rehearsal.soundness import broken_rules
from journal.errors import Refused
from programmes.procedure_file.nodes import FaultyFile


class Command(BaseCommand):
    """Exit status 1 if something that must hold does not hold in the end."""

    help = "Plays a procedure from its first day to its last with made-up people, apart from real data; no mail leaves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The procedure, and how to play it."""
        parser.add_argument("procedure", help="code of the procedure, as in programmes/procedures/CODE.yaml")
        parser.add_argument("--candidates", type=int, default=100, help="how many (100)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same outcome (1)")
        parser.add_argument("--samples", type=int, default=2, help="files of each kind really checked and made (2)")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON, at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, print, verify."""
        if options["candidates"] < 1:
            raise CommandError("A rehearsal needs at least one candidate.")
        try:
            procedure = open_rehearsal(options["procedure"])
        except (Refused, FaultyFile) as refusal:
            raise CommandError(str(refusal)) from refusal
        company = gather(procedure, candidates=options["candidates"], seed=options["seed"], samples=options["samples"])
        is_silent, begun = options["json"], time.monotonic()
        stages: dict[str, Figures] = {}

        def tell(line: Line) -> None:
            if line.ends is None:
                return
            stages[line.ends.code] = figures_of(line.ends.code, company)
            if not is_silent:
                self.print_stage(line.ends, stages[line.ends.code], time.monotonic() - begun)

        with cards_taken(procedure):
            play(company, told=tell)
        files = {
            "papers really checked": dict(sorted(company.checked.items())),
            "letters really made": render_some(procedure, at_most=options["samples"]),
        }
        broken = broken_rules(procedure)
        if is_silent:
            figures = {
                "procedure": procedure.code,
                "candidates": options["candidates"],
                "seed": options["seed"],
                "stages": stages,
                "files": files,
                "sound": {rule: not faults for rule, faults in broken.items()},
            }
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        else:
            self.print_end(files, broken, time.monotonic() - begun)
        if any(broken.values()):
            raise SystemExit(1)

    def print_stage(self, stage: Stage, figures: Figures, seconds: float) -> None:
        """The figures of a stage, a line for each."""
        self.stdout.write(self.style.MIGRATE_HEADING(f"{stage.label} ({seconds:.0f} s)"))
        self.print_figures(figures)

    def print_figures(self, figures: Mapping[str, Any]) -> None:
        """A line for each: tables are written in one line, tables of tables in several."""
        for name, value in figures.items():
            if isinstance(value, Mapping) and any(isinstance(inner, Mapping) for inner in value.values()):
                for key, inner in value.items():
                    self.stdout.write(f"  {name} {key}: {in_words(inner)}")
            else:
                self.stdout.write(f"  {name}: {in_words(value)}")

    def print_end(self, files: Figures, broken: Mapping[str, list[str]], seconds: float) -> None:
        """What was really opened and made, and whether all is sound."""
        self.stdout.write(self.style.MIGRATE_HEADING(f"{'Files and rules'} ({seconds:.0f} s)"))
        self.print_figures(files)
        self.stdout.write("  all other papers were counted as checked; all other letters are made when first read")
        for rule, faults in broken.items():
            style = self.style.ERROR if faults else self.style.SUCCESS
            self.stdout.write(style(f"  {'BROKEN' if faults else 'holds '}  {rule}"))
            for fault in faults[:10]:
                self.stdout.write(f"            {fault}")


def in_words(value: Any) -> str:
    """A figure, or a table of figures, in one line."""
    if not isinstance(value, Mapping):
        return str(value)
    parts = (
        f"{key} {{{in_words(inner)}}}" if isinstance(inner, Mapping) else f"{key} {inner}"
        for key, inner in value.items()
    )
    return ", ".join(parts) or "0"
