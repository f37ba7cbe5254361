"""Forms of sign-in that are not as allauth has them: the portal's names for things, and nothing that breaks them."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import (
    AddEmailForm,
    ChangeEmailForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    SignupForm,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _


class NamesTheAddress(forms.Form):
    """Calls the address what the rest of the portal calls it, and does not say it again inside the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = self.fields["login" if "login" in self.fields else "email"]
        address.label = _("Adresse électronique")
        address.widget.attrs.pop("placeholder", None)


class SignInForm(NamesTheAddress, LoginForm):
    """One form for all: an address alone gets a code by mail; a password, which teams have, is checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # allauth drops the password as soon as accounts are opened without one, as candidates do.
        self.fields["password"] = PasswordField(
            label=_("Mot de passe"), required=False, autocomplete="current-password", show_reset_help=True
        )


class SignUpForm(NamesTheAddress, SignupForm):
    """Open an account."""


class CodeForm(NamesTheAddress, RequestLoginCodeForm):
    """Ask for a code to sign in with."""


class AddAddressForm(NamesTheAddress, AddEmailForm):
    """Add an address to the account."""


class ChangeAddressForm(NamesTheAddress, ChangeEmailForm):
    """Correct the address that a code was sent to."""


class AppForm(ActivateTOTPForm):
    """Prove that the application shows the code that it should."""

    code = forms.CharField(
        label=_("Code que l’application affiche"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class FromAKey(forms.Form):
    """Reads what a passkey says. Whoever posts by hand may write anything there: it is refused like a wrong code."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except (KeyError, TypeError, ValueError):
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))


class NewKeyForm(FromAKey, AddWebAuthnForm):
    """Add a passkey; unless one says otherwise, it signs in by itself, as the account's page promises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class KeySignInForm(FromAKey, LoginWebAuthnForm):
    """Sign in with a passkey alone."""


class SecondKeyForm(FromAKey, AuthenticateWebAuthnForm):
    """Give a passkey as the second factor."""


class KeyAgainForm(FromAKey, ReauthenticateWebAuthnForm):
    """Show a passkey once more before something that needs it."""


class PasswordLinkForm(NamesTheAddress, ResetPasswordForm):
    """Ask for a link to choose a new password."""
