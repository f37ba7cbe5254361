"""Judgement: verification, admissibility, tests, marks, publication."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JuriesConfig(AppConfig):
    """Django's registration of the app."""

    name = "juries"
    verbose_name = _("Vérification et jurys")

    def ready(self) -> None:
        """Register what follows from the facts that other apps state."""
        import_module("juries.choice_publication")
        import_module("juries.departures")
