"""Forms of the office's acts: they read what was typed; whether it may be done is for the acts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from juries.admin.forms import InstantInput
from programmes.incidents import LONGEST_BANNER
from programmes.typed import LONGEST_REASON
from programmes.typed_field import TypedField


class AddressForm(forms.Form):
    """Another address for an account, and how the person was recognised."""

    email = forms.EmailField(
        label=_("Nouvelle adresse électronique"), max_length=254, widget=forms.EmailInput(attrs={"size": 40})
    )
    checked_how = TypedField(
        label=_("Comment avez-vous vérifié l’identité de la personne ?"),
        help_text=_("Par exemple : appel au numéro du dossier, et carte d’identité montrée en visioconférence."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JoiningForm(forms.Form):
    """How one made sure that two accounts are one person's."""

    checked_how = TypedField(
        label=_("Comment avez-vous vérifié que c’est la même personne ?"),
        help_text=_("Par exemple : la personne a répondu de ses deux adresses."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExtensionForm(forms.Form):
    """Until when one candidate may still apply (Europe/Paris), and why."""

    until = forms.DateTimeField(label=_("Jusqu’au"), widget=InstantInput())
    reason = TypedField(
        label=_("Motif"),
        help_text=_("Conservé avec le dossier ; le candidat ne le lit pas."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class IncidentForm(forms.Form):
    """The words of a banner, in both languages."""

    fr = TypedField(label=_("Message en français"), max_length=LONGEST_BANNER, widget=forms.Textarea(attrs={"rows": 2}))
    en = TypedField(label=_("Message en anglais"), max_length=LONGEST_BANNER, widget=forms.Textarea(attrs={"rows": 2}))
