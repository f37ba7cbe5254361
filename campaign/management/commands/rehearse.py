"""manage.py rehearse PROCEDURE: play a whole procedure with made-up candidates, and say what came of it."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.rehearsal.company import gather
from campaign.rehearsal.figures import Figures, mails_and_refusals, totals
from campaign.rehearsal.opening import cards_taken, open_rehearsal, render_some
from campaign.rehearsal.script import Line, play
from campaign.rehearsal.soundness import broken_rules
from campaign.rehearsal.stages import Stage
from journal.errors import Refused
from programmes.procedure_file.nodes import FaultyFile


class Command(BaseCommand):
    """Speaks French, as the office does. Status 1 if something that must hold in the end does not."""

    help = "Joue toute une procédure avec des candidats inventés, à l’écart des vrais ; aucun courriel ne part."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The procedure, and how to play it."""
        parser.add_argument("procedure", help="code de la procédure, comme dans programmes/procedures/CODE.yaml")
        parser.add_argument("--candidates", type=int, default=100, help="combien (100)")
        parser.add_argument("--seed", type=int, default=1, help="la même graine donne le même résultat (1)")
        parser.add_argument("--samples", type=int, default=2, help="fichiers de chaque sorte contrôlés ou faits (2)")
        parser.add_argument("--json", action="store_true", help="écrire les chiffres en JSON, à la fin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, print, verify."""
        if options["candidates"] < 1:
            raise CommandError("Il faut au moins un candidat.")
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
            stages[line.ends.code] = line.ends.figures(procedure) | mails_and_refusals(company)
            if not is_silent:
                self.print_stage(line.ends, stages[line.ends.code], time.monotonic() - begun)

        with cards_taken(procedure):
            play(company, told=tell)
        files = {
            "papers really checked": dict(sorted(company.checked.items())),
            "letters really made": render_some(procedure, at_most=options["samples"]),
        }
        broken, sums = broken_rules(procedure), totals(procedure)
        if is_silent:
            figures = {
                "procedure": procedure.code,
                "candidates": options["candidates"],
                "seed": options["seed"],
                "stages": stages,
                "totals": sums,
                "files": files,
                "sound": {rule: not faults for rule, faults in broken.items()},
            }
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        else:
            self.print_title("Totaux", time.monotonic() - begun)
            self.print_figures(sums)
            self.print_end(files, broken, time.monotonic() - begun)
        if any(broken.values()):
            raise SystemExit(1)

    def print_stage(self, stage: Stage, figures: Figures, seconds: float) -> None:
        """The figures of a stage, a line for each."""
        self.print_title(str(stage.label), seconds)
        self.print_figures(figures)

    def print_title(self, title: str, seconds: float) -> None:
        """A title, with the time that it took to come so far."""
        self.stdout.write(self.style.MIGRATE_HEADING(f"{title} ({seconds:.0f} s)"))

    def print_figures(self, figures: Mapping[str, Any]) -> None:
        """A line for each: tables are written in one line, tables of tables in several."""
        for name, value in figures.items():
            label = NAMES.get(name, name)
            if isinstance(value, Mapping) and any(isinstance(inner, Mapping) for inner in value.values()):
                for key, inner in value.items():
                    self.stdout.write(f"  {label} {key} : {in_words(inner)}")
            else:
                self.stdout.write(f"  {label} : {in_words(value)}")

    def print_end(self, files: Figures, broken: Mapping[str, list[str]], seconds: float) -> None:
        """What was really opened and made, and whether all is sound."""
        self.print_title("Fichiers et règles", seconds)
        self.print_figures(files)
        self.stdout.write(
            "  Les autres pièces sont comptées comme contrôlées ; les autres lettres se font quand on les lit."
        )
        for rule, faults in broken.items():
            style = self.style.ERROR if faults else self.style.SUCCESS
            self.stdout.write(style(f"  {'VIOLÉE' if faults else 'tenue '} : {NAMES[rule]}"))
            for fault in faults[:FAULTS_SHOWN]:
                self.stdout.write(f"            {fault}")


def in_words(value: Any) -> str:
    """A figure, or a table of figures, in one line."""
    if not isinstance(value, Mapping):
        return str(value)
    parts = []
    for key, inner in value.items():
        words = f"({in_words(inner)})" if isinstance(inner, Mapping) else inner
        parts.append(f"{NAMES.get(key, key)} {words}")
    return ", ".join(parts) or "0"


FAULTS_SHOWN = 10
NAMES = {  # of the figures and of the rules, as an office reads them; codes stay codes
    "absences": "absences",
    "answered": "répondues",
    "asked": "demandées",
    "checks": "contrôles",
    "charged": "demandés",
    "choices": "candidatures,",
    "corrections": "corrections",
    "decisions": "décisions",
    "definitive": "définitives",
    "dossiers": "dossiers",
    "deposits": "acomptes",
    "enrolments": "admissions",
    "equivalences": "équivalences",
    "exemptions": "exonérations",
    "fees": "frais",
    "first choices": "premiers vœux",
    "given": "donnés",
    "letters really made": "lettres faites pour de bon",
    "lists": "tableaux d’admission",
    "made": "préparés",
    "mails": "courriels",
    "marks": "notes",
    "money": "centimes,",
    "notices": "lettres",
    "offers": "propositions",
    "out of turn": "hors de leur tour",
    "owed": "encore dus",
    "panels": "jurys d’épreuve",
    "papers": "pièces",
    "papers really checked": "pièces contrôlées pour de bon",
    "payments": "paiements",
    "periods": "période",
    "places": "places proposées,",
    "publications": "publications",
    "received": "reçus",
    "referees": "référents",
    "refused acts": "actes refusés",
    "removed": "sortis faute de réponse",
    "replies": "réponses",
    "reviews": "pièces examinées",
    "seats": "places",
    "seats moved": "places reportées",
    "slots": "créneaux",
    "taken": "prises",
    "titles": "titres",
    "to repay": "à rendre",
    "no pool is over filled": "aucune filière ne dépasse ses places",
    "no programme has more places than seats": "aucune formation ne propose plus de places qu’elle n’en a",
    "no offer gets worse": "aucune proposition ne devient moins bonne",
    "everyone is told": "chacun est prévenu par courriel",
    "everyone has a letter": "chacun a sa lettre numérotée",
    "no mail leaves": "aucun courriel ne part",
    "the ledger sums to zero": "les comptes s’équilibrent",
    "nobody is in two places": "personne n’est à deux endroits à la fois",
    "only titles make admissions definitive": "seul le titre accepté rend une admission définitive",
    "the journal verifies": "le journal est intact",
}
