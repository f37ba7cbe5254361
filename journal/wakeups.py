"""Wake-ups: telling the workers, after a commit, that there is something for them.

A wake-up carries nothing. What there is to do stands in the database, where the periodic tasks look for it
too: so a broker that is down delays work, loses none, and never fails the act that has just been done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

_silent: ContextVar[bool] = ContextVar("silent", default=False)

SOON = 60  # seconds after which nobody needs the wake-up any more: the periodic task has been by


@dataclass(frozen=True)
class WakeUp:
    """A message for one task; two for the same task are equal."""

    task: Any

    def __call__(self) -> None:
        try:
            self.task.apply_async(expires=SOON, retry=False)
        except OperationalError as reason:
            log.warning("No wake-up for %s: %s", self.task.name, reason)


def wake_on_commit(task: Any) -> None:
    """Have a worker run the Celery `task` soon after the current transaction commits.

    However often one transaction asks for it, it is said once: a publication that queues a thousand mails
    wakes one task.
    """
    if _silent.get():
        return
    wake = WakeUp(task)
    waiting = transaction.get_connection().run_on_commit
    if all(callback != wake for _savepoints, callback, _robust in waiting):
        transaction.on_commit(wake, robust=True)


@contextmanager
def without_wakeups() -> Iterator[None]:
    """Say nothing to the workers during the block: what is left for them is found by the periodic tasks.

    For commands that do thousands of acts, on machines that may have no broker at all.
    """
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)
