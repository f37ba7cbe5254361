"""The title that a candidate holds or prepares: of the tables, or put to the jury as equivalent to one of them."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programmes.rules import Rules


class TitleForm(forms.Form):
    """Title, its speciality, and how it comes to stand in the tables.

    Each title has its own list of specialities (`speciality_<n>`), of which only the chosen title's counts; the
    page's script shows that one alone. `cleaned_data` holds `title`, `speciality` and `equivalence`.
    """

    title = forms.ChoiceField(label=_("Quel titre avez-vous, ou préparez-vous cette année ?"), widget=forms.RadioSelect)
    equivalence = forms.ChoiceField(
        label=_("Ce titre figure-t-il tel quel dans la liste ?"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, rules: Rules, chosen: dict[str, str], data: Any = None) -> None:
        """`chosen` holds the title, speciality and equivalence chosen so far, each perhaps empty."""
        super().__init__(data, initial={"title": chosen["title"], "equivalence": chosen["equivalence"]})
        self.rules = rules
        self._choices("title").choices = [(title.code, str(title.label)) for title in rules.titles]
        if rules.equivalences:
            listed = ("", gettext("Oui, c’est un titre français de la liste"))
            self._choices("equivalence").choices = [listed, *((e.code, str(e.label)) for e in rules.equivalences)]
        else:
            del self.fields["equivalence"]
        for number, title in enumerate(rules.titles):
            field = forms.ChoiceField(
                label=gettext("%(title)s : spécialité") % {"title": title.label},
                choices=[("", _("Choisissez une spécialité")), *((s.code, str(s.label)) for s in title.specialities)],
                initial=chosen["speciality"] if title.code == chosen["title"] else "",
                error_messages={"required": _("Choisissez la spécialité de votre titre.")},
            )
            self.fields[f"speciality_{number}"] = field
        self.order_fields(["title", *(f"speciality_{number}" for number in range(len(rules.titles))), "equivalence"])

    def clean(self) -> dict[str, Any]:
        title = self.rules.title(self.cleaned_data.get("title", ""))
        for number, other in enumerate(self.rules.titles):
            if other != title:  # what is chosen in the list of another title does not count
                self.errors.pop(f"speciality_{number}", None)
        if title is None:
            return self.cleaned_data
        speciality = self.cleaned_data.get(f"speciality_{self.rules.titles.index(title)}", "")
        equivalence = self.cleaned_data.get("equivalence", "")
        return {"title": title.code, "speciality": speciality, "equivalence": equivalence}

    @property
    def rows(self) -> list[tuple[forms.BoundField, str, bool]]:
        """Each field with the condition under which it shows, as the page's script reads it, and whether it holds."""
        conditions = {f"speciality_{n}": title.code for n, title in enumerate(self.rules.titles)}
        chosen = self["title"].value()
        return [
            (self[name], json.dumps({"title": [conditions[name]]}), conditions[name] == chosen)
            if name in conditions
            else (self[name], "", True)
            for name in self.fields
        ]

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field
