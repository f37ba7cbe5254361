"""Why something is missing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.typed import LONGEST_EXPLANATION
from programmes.typed_field import TypedField


class ExplanationForm(forms.Form):
    """What the candidate writes; left blank, what was written before is taken back."""

    text = TypedField(
        label=_("Pourquoi vous ne pouvez pas le fournir"),
        max_length=LONGEST_EXPLANATION,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
