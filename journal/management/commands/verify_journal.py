"""Checks that nobody has altered the journal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.sealing import verify


class Command(BaseCommand):
    """`manage.py verify_journal`: exit status 1 where the chain is broken."""

    help = "Computes the journal’s seals again and compares. Note the last digest elsewhere to compare it later."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify()
        self.stdout.write(f"Sealed: {found.entries} entries in {found.seals} seals.")
        self.stdout.write(f"Last digest: {found.last_digest or 'none'}")
        self.stdout.write(f"Not sealed yet: {found.unsealed} entries.")
        if not found.is_whole:
            raise CommandError("The journal was altered:\n" + "\n".join(f"  {fault}" for fault in found.faults))
        self.stdout.write("The chain is whole.")
