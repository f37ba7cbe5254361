"""Forms of the integration's pages: they read what was typed; whether it may be done is for the acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from juries.admin.forms import InstantForm
from programmes.models import Pool, Procedure
from programmes.typed_field import TypedField


class PrepareForm(InstantForm):
    """When the results of the admission appear (Europe/Paris), and whether empty lists are meant."""

    empty_lists_are_meant = forms.BooleanField(
        label=_("Le jury ne classe personne dans les tableaux restés vides"), required=False
    )

    def __init__(self, *args: Any, asks_of_empty: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_of_empty:
            del self.fields["empty_lists_are_meant"]


class PoolField(forms.ModelChoiceField):
    """The seats of a programme and track, with how many there are."""

    def label_from_instance(self, obj: Pool) -> str:
        return f"{obj} ({obj.seats})"


class MoveForm(forms.Form):
    """Seats to move, from where to where, and why."""

    source = PoolField(label=_("De"), queryset=Pool.objects.none(), empty_label=_("Choisissez"))
    target = PoolField(label=_("Vers"), queryset=Pool.objects.none(), empty_label=_("Choisissez"))
    count = forms.IntegerField(label=_("Nombre de places"), min_value=1, initial=1)
    reason = TypedField(
        label=_("Motif"),
        help_text=_("Qui reporte et pourquoi est conservé."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )
    across_schools = forms.BooleanField(label=_("Le jury a décidé d’un report entre deux écoles"), required=False)

    def __init__(self, procedure: Procedure, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools = Pool.objects.filter(programme__procedure=procedure).select_related("programme__school", "track")
        for name in ("source", "target"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = pools
