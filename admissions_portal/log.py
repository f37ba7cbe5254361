"""What the log may not hold: a link that opens something to whoever has it.

Django writes the addresses of requests that it refuses, and a referee without cookies is enough for that.
"""

from __future__ import annotations

import logging
import re

SECRET = re.compile(r"(/(?:appreciation|reset/key)/)[^/\s?]+")  # a referee's link; one to choose a password


class WithoutSecrets(logging.Filter):
    """Takes the secret part out of the addresses in a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET.sub(r"\1…", record.getMessage()), None
        return True
