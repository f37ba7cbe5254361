"""Mails of sign-in: allauth decides when one is due, the outbox carries it.

So a demonstration shows codes in its mailbox page, a mail server that is away loses none, and no code is
kept once it has left.
"""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.outbox import queue_mail

KINDS = {
    "account/email/login_code": "sign_in_code",
    "account/email/email_confirmation_signup": "address_code",
    "account/email/email_confirmation": "address_code",
    "account/email/password_reset_key": "password_link",
    "account/email/unknown_account": "unknown_address",
    "account/email/account_already_exists": "known_address",
}
ATTEMPTS = _("Trop d’essais en peu de temps. Attendez quelques minutes, puis recommencez.")
SAID = ("code", "signup_url", "password_reset_url")  # of what allauth knows; the rest are rows and the request


class AccountAdapter(DefaultAccountAdapter):
    """allauth's way into the portal: mails through the outbox, the language of a new account, kinder refusals."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("L’adresse ou le mot de passe n’est pas le bon."),
        "incorrect_code": _("Ce code n’est pas le bon. Recopiez le dernier que vous avez reçu."),
        "too_many_login_attempts": ATTEMPTS,
        "rate_limited": ATTEMPTS,
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of allauth's mails, in the language of the page that asked for it."""
        said = {name: context[name] for name in SAID if name in context}
        with transaction.atomic():
            queue_mail(
                KINDS[template_prefix],
                to=email,
                key=f"sign-in:{uuid.uuid4()}",
                procedure=None,
                language=get_language() or settings.LANGUAGE_CODE,
                secret=True,
                minutes=app_settings.LOGIN_BY_CODE_TIMEOUT // 60,
                **said,
            )

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Open an account, whose owner is written to in the language in which it was opened."""
        user.language = get_language() or settings.LANGUAGE_CODE
        saved: User = super().save_user(request, user, form, commit)
        return saved
