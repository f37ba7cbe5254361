"""What people type, read by a form as it is kept: what a browser or a keyboard adds is no obstacle."""

from __future__ import annotations

from typing import Any

from django import forms

from programmes.typed import cleaned


class TypedField(forms.CharField):
    """A text whose length is that of what is kept.

    A browser sends each end of a line as two characters and counts it as one, and some keyboards write an accent apart
    from its letter: a text that fits the control would be refused. A character that cannot be kept is left out, not
    complained of: nobody sees it to take it away.
    """

    def to_python(self, value: Any) -> str:
        return cleaned(super().to_python(value) or "")
