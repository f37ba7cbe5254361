"""Who applies: candidates and their dossiers."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicantsConfig(AppConfig):
    """Django's registration of the app."""

    name = "applicants"
    verbose_name = _("Candidatures")

    def ready(self) -> None:
        """Register who may pay what, and what follows from the facts that other apps state."""
        import_module("applicants.deposits")
        import_module("applicants.fees")
        import_module("applicants.instalments")
        import_module("applicants.reactions")
