"""Seats: admission lists, periods, offers, replies, enrolment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffersConfig(AppConfig):
    """Django's registration of the app."""

    name = "offers"
    verbose_name = _("Intégration")
