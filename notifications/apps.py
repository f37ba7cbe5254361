"""Mail: the outbox, its texts, its delivery."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Django's registration of the app."""

    name = "notifications"
    verbose_name = _("Courriels")
