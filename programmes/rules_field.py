"""The column that stores a version's rules, and gives them back as values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.rules import Rules, as_json, from_json

if TYPE_CHECKING:
    JSONColumn = models.JSONField[Rules, Rules]
else:
    JSONColumn = models.JSONField


class RulesField(JSONColumn):
    """A JSON column that reads and writes `Rules`."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Rules:
        return from_json(Rules, json.loads(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(as_json(value), connection, prepared)
