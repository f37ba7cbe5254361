"""What happened: the append-only, sealed record; and the clock."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    """Django's registration of the app."""

    name = "journal"
    verbose_name = _("Journal")
