"""Money: charges, transfers, cards, exemptions, the ledger."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Django's registration of the app."""

    name = "payments"
    verbose_name = _("Paiements")
