"""`simulate_offers CASE.json`: plays the periods of offers of a case without a database."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from offers.simulation import WrongCase, read_case, simulate

WRONG_CASE = 2  # exit status


class Command(BaseCommand):
    help = (
        "Joue les périodes de propositions d’un cas décrit en JSON, sans base de données, et imprime le "
        "résultat. Un cas qui ne convient pas : une ligne sur la sortie d’erreur, code de retour 2."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the case's file."""
        parser.add_argument("case", metavar="CAS.json", help="fichier du cas ; - pour l’entrée standard")

    def handle(self, *, case: str, **options: Any) -> None:
        """Print the outcome of the case once all of it is known."""
        try:
            outcome = simulate(read_case(_bytes_of(case)))
        except OSError as error:
            raise CommandError(f"{case} : {error.strerror}", returncode=WRONG_CASE) from error
        except WrongCase as error:
            raise CommandError(str(error), returncode=WRONG_CASE) from error
        self.stdout.write(outcome.as_json())


def _bytes_of(case: str) -> bytes:
    return sys.stdin.buffer.read() if case == "-" else Path(case).read_bytes()
