"""What a payer says of a transfer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TransferForm(forms.Form):
    """The day on which the transfer was ordered."""

    on = forms.DateField(
        label=_("Jour où vous avez ordonné le virement"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Écrivez une date, par exemple 12/03/2026.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "size": 16}),
    )
