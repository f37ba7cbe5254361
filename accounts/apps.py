"""People who sign in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Django's registration of the app."""

    name = "accounts"
    verbose_name = _("Comptes")
