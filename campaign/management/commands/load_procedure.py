"""`manage.py load_procedure FILE`: check a procedure's file, and load it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign.loading import WouldHarm, harms, load
from journal.clock import at_one_instant
from journal.errors import Refused
from programmes.loading import ChangedSince, find, what_would_change
from programmes.procedure_file import read
from programmes.procedure_file.nodes import FaultyFile
from programmes.procedure_file.schema import ProcedureFile


class Command(BaseCommand):
    """Speaks French, as the office does. Status 1 when the file is wrong or the load is refused."""

    help = "Vérifie le fichier d’une procédure et le charge."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="le fichier YAML de la procédure")
        parser.add_argument("--rehearsal", action="store_true", help="charger comme répétition")
        parser.add_argument("--replace", action="store_true", help="charger même si la base a été modifiée depuis")
        parser.add_argument("--check", action="store_true", help="vérifier seulement, ne rien changer")

    def handle(self, *args: Any, **options: Any) -> None:
        file = self._read(options["file"])
        rehearsal = options["rehearsal"] or settings.DEMO
        with at_one_instant():
            if options["check"]:
                self._check(file, rehearsal=rehearsal)
            else:
                self._load(file, rehearsal=rehearsal, replace=options["replace"])

    def _read(self, path: Path) -> ProcedureFile:
        try:
            file = read(path)
        except OSError as error:
            raise CommandError(f"{path} : {error.strerror}.") from error
        except FaultyFile as faulty:
            for remark in faulty.warnings:
                self.stderr.write(f"{remark} (avertissement)")
            for remark in faulty.faults:
                self.stderr.write(str(remark))
            raise CommandError("Le fichier n’est pas chargé : corrigez ces lignes.") from faulty
        for remark in file.warnings:
            self.stderr.write(f"{remark} (avertissement)")
        return file

    def _check(self, file: ProcedureFile, *, rehearsal: bool) -> None:
        """Say what a load would change, and what would stop it; nothing is stored."""
        for difference in what_would_change(file, rehearsal=rehearsal):
            self.stdout.write(str(difference))
        procedure = find(file.code, rehearsal=rehearsal)
        reasons = list(harms(procedure, file.live)) if procedure else []
        self._refuse(reasons)
        self.stdout.write("Le fichier est correct. Rien n’a été changé.")

    def _load(self, file: ProcedureFile, *, rehearsal: bool, replace: bool) -> None:
        try:
            procedure = load(file, rehearsal=rehearsal, replace=replace)
        except ChangedSince as changed:
            for difference in changed.differences:
                self.stderr.write(str(difference))
            raise CommandError(f"{changed} Pour charger quand même : --replace.") from changed
        except WouldHarm as harm:
            self._refuse(harm.reasons)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        else:
            version = procedure.current_version.number if procedure.current_version else 0
            self.stdout.write(f"« {procedure.slug} » est chargée, version {version} du règlement.")

    def _refuse(self, reasons: list[str]) -> None:
        for reason in reasons:
            self.stderr.write(reason)
        if reasons:
            raise CommandError("Le fichier n’est pas chargé : des dossiers transmis en souffriraient.")
