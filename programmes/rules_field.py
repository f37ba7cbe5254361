"""The column that stores a version's rules, and gives them back as values.

A version never changes, and every act and page reads its rules: each text is therefore turned into values once in the
life of a process.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.rules import Rules, as_json, from_json

VERSIONS_KEPT = 64

if TYPE_CHECKING:
    JSONColumn = models.JSONField[Rules, Rules]
else:
    JSONColumn = models.JSONField


class RulesField(JSONColumn):
    """A JSON column that reads and writes `Rules`."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Rules | None:
        return None if value is None else _rules(value)  # None: joined to a procedure without a version

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(as_json(value), connection, prepared)


@lru_cache(maxsize=VERSIONS_KEPT)
def _rules(text: str) -> Rules:
    return from_json(Rules, json.loads(text))
