"""Who applies: candidates and their dossiers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicantsConfig(AppConfig):
    """Django's registration of the app."""

    name = "applicants"
    verbose_name = _("Candidatures")
