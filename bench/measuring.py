"""What a request costs: how often it asks the database, and its processor time as a share of a fixed piece of work."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection

TRIES = 3  # of which the quickest counts: a machine is at times busy
OF_TRANSACTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")  # which SQLite is told, and which read nothing


def queries_of(act: Callable[[], object]) -> int:
    """How often `act` asks the database."""
    asked: list[str] = []

    def note(execute: Callable[..., object], sql: str, *arguments: object) -> object:
        asked.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(note):
        act()
    return sum(not sql.startswith(OF_TRANSACTIONS) for sql in asked)


def processor_time(act: Callable[[], object]) -> float:
    """The seconds of processor time that `act` takes."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def unit() -> float:
    """What a candidate's page may take: 25 milliseconds on the machine on which the limit was set."""
    return min(processor_time(piece_of_work) for _ in range(TRIES))


def piece_of_work() -> None:
    """The measure: 25 milliseconds on that machine."""
    words = [f"{number:x}" for number in range(150_000)]
    words.sort()
    "".join(words).encode()
