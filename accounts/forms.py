"""Forms of sign-in that are not as allauth has them."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """One form for all: an address alone gets a code by mail; a password, which teams have, is checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # allauth drops the password as soon as accounts are opened without one, as candidates do.
        self.fields["password"] = PasswordField(
            label=_("Mot de passe"), required=False, autocomplete="current-password", show_reset_help=True
        )
