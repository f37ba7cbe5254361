"""Whom a candidate asks for an opinion."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from programmes.typed_field import TypedField


class RefereeForm(forms.Form):
    """Name, position, address and language of the person who will be written to."""

    name = TypedField(label=_("Nom et prénom"), max_length=160)
    position = TypedField(
        label=_("Fonction"), help_text=_("Par exemple : responsable de licence, tuteur de stage."), max_length=160
    )
    email = forms.EmailField(
        label=_("Adresse électronique professionnelle"),
        help_text=_("Vérifiez-la bien : le lien n’est envoyé qu’à cette adresse."),
    )
    language = forms.ChoiceField(
        label=_("Langue dans laquelle nous lui écrivons"),
        choices=settings.LANGUAGES,
        initial=settings.LANGUAGE_CODE,
        widget=forms.RadioSelect,
    )
