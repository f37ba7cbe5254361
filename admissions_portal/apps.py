"""Puts the portal's own admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin, with the portal's site as the one that every ModelAdmin registers with."""

    default_site = "admissions_portal.admin.PortalAdminSite"
