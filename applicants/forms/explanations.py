"""Why something is missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applicants.forms.long_text import LongText
from applicants.forms.questions import SEEN
from programmes.typed import LONGEST_EXPLANATION

SEEN_TEXT = SEEN + "text"  # what the page showed


class ExplanationForm(forms.Form):
    """What the candidate writes; left blank, what was written before is taken back."""

    text = LongText(
        label=_("Votre explication"),
        max_length=LONGEST_EXPLANATION,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SEEN_TEXT] = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
