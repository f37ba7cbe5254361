"""Puts the portal's own admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin, with the portal's site as the one that every ModelAdmin registers with."""

    default_site = "admissions_portal.admin.PortalAdminSite"

    def ready(self) -> None:
        """Take away what libraries put there, which writes past our acts and shows the secrets of second factors."""
        super().ready()
        from django.contrib.admin import site

        from programmes.desk import DeskAdmin

        for model, desk in list(site._registry.items()):
            if not isinstance(desk, DeskAdmin):
                site.unregister(model)
