"""What allauth asks the portal: how its mails leave, and who may open an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """allauth's way out."""
