"""How the parts are wired: settings, addresses, worker. No rule of admissions is written here."""

from admissions_portal.celery import app as celery_app

__all__ = ["celery_app"]
