"""The worker: what runs outside of a request.

A Celery message is only a wake-up. Whatever it would have caused is found again by a periodic task (see
`CELERY_BEAT_SCHEDULE` in the settings), so a broker that is down delays work and loses none.
"""

import os
from typing import Any

from celery import Celery, Task

from journal.clock import at_one_instant

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admissions_portal.settings")


class TaskAtOneInstant(Task):
    """A task whose every entry and deadline is judged by the instant at which it began, like a request."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with at_one_instant():
            return super().__call__(*args, **kwargs)


app = Celery("admissions_portal", task_cls=TaskAtOneInstant)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
