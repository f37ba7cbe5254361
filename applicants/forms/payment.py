"""What a payer says of a payment made elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models import Payment


class PaidForm(forms.Form):
    """The day on which a transfer was ordered, or a payment made on a page outside of the portal."""

    on = forms.DateField(
        label=_("Jour où vous avez ordonné le virement"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Écrivez une date, par exemple 12/03/2026.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "size": 16}),
    )

    def __init__(self, *args: Any, means: Payment.Means, **kwargs: Any) -> None:
        self.means = means
        if means == Payment.Means.LINK:
            kwargs["auto_id"] = "id_link_%s"
        super().__init__(*args, **kwargs)
        if means == Payment.Means.LINK:
            self.fields["on"].label = _("Jour où vous avez payé")


def paid_forms(today: dt.date, refused: PaidForm | None) -> dict[str, PaidForm]:
    """A form for each means that is announced: as it was refused, or with today's day."""
    blank = {means: PaidForm(initial={"on": today}, means=means) for means in Payment.ANNOUNCED_BY_PAYER}
    shown = blank | ({refused.means: refused} if refused else {})
    return {f"{means}_form": form for means, form in shown.items()}
