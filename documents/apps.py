"""Files: uploaded papers and their checks; issued notices and their verification."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Django's registration of the app."""

    name = "documents"
    verbose_name = _("Documents")
