"""How long the rehearsals take: each procedure played from its first day to its last.

    python -m bench.rehearsals                           (all, with 200 candidates each)
    python -m bench.rehearsals --candidates 40 CODE

Each is played alone, in a process and a database of its own: a file of SQLite in a temporary folder, or, where
DATABASE_URL names one, a database beside that one, thrown away at the end. Wall time counts what other programmes take
from the machine; processor time does not. Status 1 if one does not end well, or takes longer than it may.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

LONGEST = 90  # seconds for 200 candidates, on two processors of which one is busy with this


def main() -> int:
    """Play each, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("procedures", nargs="*", metavar="CODE", help="all of those that have a file")
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    if wanted.alone:
        print(json.dumps(figures_of(wanted.procedures[0], wanted.candidates)))
        return 0
    is_well = True
    for code in wanted.procedures or codes():
        is_well &= told(code, wanted.candidates)
    return 0 if is_well else 1


def codes() -> list[str]:
    """The procedures that have a file."""
    return sorted(path.stem for path in Path("programmes/procedures").glob("*.yaml"))


def told(code: str, candidates: int) -> bool:
    """Play one in a process of its own, and print what it took; whether it ended well and in time."""
    command = [sys.executable, "-m", "bench.rehearsals", code, f"--candidates={candidates}", "--alone"]
    played = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if played.returncode:
        print(f"{code:22}  did not end well")
        return False
    took = json.loads(played.stdout.splitlines()[-1])
    is_in_time: bool = took["wall"] <= LONGEST * max(candidates, 200) / 200
    print(
        f"{code:22}  {candidates} candidates  {took['wall']:6.1f} s wall  {took['processor']:6.1f} s processor  "
        f"{took['queries']:,} queries  {candidates / took['processor']:.1f} candidates a second"
        + ("" if is_in_time else "  TOO LONG"),
        flush=True,
    )
    return is_in_time


def figures_of(code: str, candidates: int) -> dict[str, float]:
    """Rehearse in a fresh database of this process, and say what it took: seconds, and queries."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import override_settings

    queries = 0

    def count(execute, *asked):  # type: ignore[no-untyped-def]
        nonlocal queries
        queries += 1
        return execute(*asked)

    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/db.sqlite3"  # and not in memory
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            began, began_work = time.perf_counter(), processor_time()
            with connection.execute_wrapper(count):
                call_command("rehearse", code, candidates=candidates, json=True, stdout=io.StringIO())
            wall, processor = time.perf_counter() - began, processor_time() - began_work
        finally:
            connection.creation.destroy_test_db("", verbosity=0)
    return {"wall": wall, "processor": processor, "queries": queries}


def processor_time() -> float:
    """The seconds of processor time that this process and those that it has started took."""
    own, children = os.times()[:2], os.times()[2:4]
    return sum(own) + sum(children)


if __name__ == "__main__":
    sys.exit(main())
