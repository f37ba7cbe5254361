"""What spans the apps: due acts, changing a procedure, home pages, rehearsal, demo."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    """Django's registration of the app."""

    name = "campaign"
    verbose_name = _("Campagne")
