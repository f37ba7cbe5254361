"""The bank accounts that a candidate gives: to be paid back, with the proof; to be debited, with the permission."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applicants.forms.papers import PaperForm
from programmes.iban import NotAnIban, WrongKey, read_iban
from programmes.rules import PaperRule
from programmes.typed_field import TypedField


class AccountField(forms.CharField):
    """An IBAN, however it is typed."""

    default_error_messages = {
        "form": _("Recopiez l’IBAN en entier, par exemple FR76 3000 6000 0112 3456 7890 189."),
        "key": _("Un chiffre de cet IBAN est mal recopié : vérifiez-le sur votre relevé d’identité bancaire."),
    }

    def clean(self, value: Any) -> str:
        """The account number without its blanks."""
        typed: str = super().clean(value)
        try:
            return read_iban(typed)
        except WrongKey:
            raise forms.ValidationError(self.error_messages["key"], code="key") from None
        except NotAnIban:
            raise forms.ValidationError(self.error_messages["form"], code="form") from None


class MandateForm(forms.Form):
    """From which account the instalments are debited, and the permission to do so."""

    account_holder = TypedField(
        label=_("Titulaire du compte à débiter"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    iban = AccountField(
        label=_("IBAN du compte à débiter"),
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    agreed = forms.BooleanField(
        label=_("J’autorise l’école à prélever ces échéances sur ce compte, aux dates indiquées."),
        error_messages={"required": _("Sans votre autorisation, le mandat ne peut pas être enregistré.")},
    )


class RefundForm(PaperForm):
    """The proof, and where the money goes."""

    account_holder = TypedField(
        label=_("Titulaire du compte"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    iban = AccountField(
        label=_("IBAN du compte à créditer"),
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, rule: PaperRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(rule, *args, **kwargs)
        self.fields["file"].label = str(rule.label)
        if rule.help:
            self.fields["file"].help_text = f"{rule.help} {self.fields['file'].help_text}"
