"""Seats: admission lists, periods, offers, replies, enrolment."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffersConfig(AppConfig):
    """Django's registration of the app."""

    name = "offers"
    verbose_name = _("Intégration")

    def ready(self) -> None:
        """Register what follows from the facts that other apps state, and what holds a paper."""
        import_module("offers.arrivals")
        import_module("offers.departures")
        import_module("offers.enrolment")
        import_module("offers.place_confirmation")
        import_module("offers.places")
