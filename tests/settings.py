"""The portal's settings, but with quick hashes, plain http and no second factor for staff."""

import os

os.environ.setdefault("SECRET_KEY", "a key for tests")

from admissions_portal.settings import *

# Each process of a parallel run has a cache of its own, as each has a database of its own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STAFF_SECOND_FACTOR = False

if REDIS_URL:
    CACHES["default"]["LOCATION"] = f"{REDIS_URL}?db={WORKER}"
    CELERY_BROKER_URL = broker_at(f"{REDIS_URL}?db={WORKER}")
else:
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {}

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
