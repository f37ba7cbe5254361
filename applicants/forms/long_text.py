"""A long text: how long it may be is said, counted as it is typed (js/portal.js), and the browser never cuts it short:
who pastes a page too many is told so, and loses nothing.
"""

from __future__ import annotations

from typing import Any

from django import forms

from programmes.typed_field import TypedField


class LongText(TypedField):
    """A text of several lines, of `max_length` characters at most."""

    widget = forms.Textarea

    @property
    def limit(self) -> int | None:
        """How many characters components/field_count.html says."""
        return self.max_length

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes | {"data-limit": self.max_length}
