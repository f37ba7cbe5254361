"""What is offered: schools, procedures, calendar, programmes, seats."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    """Django's registration of the app."""

    name = "programmes"
    verbose_name = _("Procédures et formations")
