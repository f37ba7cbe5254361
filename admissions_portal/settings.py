"""Settings of the portal. What differs between installations comes from the environment, or from `.env`:

SECRET_KEY          signs sessions and links (a random one, made on first use and kept in var/); machines that share a
                    database must share it
PORTAL_URL          public address of the portal, to which mails and notices link (http://localhost:8000)
ALLOWED_HOSTS       host names that are answered, separated by commas (the host of PORTAL_URL)
TRUSTED_PROXIES     how many reverse proxies stand before the portal and set X-Forwarded-For and -Proto (0)
DATABASE_URL        postgres://user:password@host/name, with ?host=/folder for a Unix socket
                    (a SQLite file in var/)
REDIS_URL           redis://host/0 or unix:///path?db=0, for broker and cache
                    (files in var/, memory of the process)
MEDIA_S3_BUCKET     bucket for papers and notices (the folder var/media); with it, as boto3 reads them,
                    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and
MEDIA_S3_ENDPOINT   address of a store other than Amazon's
MEDIA_S3_REGION     its region
EMAIL_URL           smtp+tls://user:password@host:587
                    (smtp://localhost:25; in a demonstration nothing leaves the portal)
DEFAULT_FROM_EMAIL  sender of the mails (admissions@ the host of PORTAL_URL)
VAR_DIR             folder for what the portal keeps on this machine (var/)
CLAMD_URL           antivirus: tcp://host:3310 or unix:///run/clamav/clamd.ctl
                    (none: files are opened and judged, not scanned)
LOG_LEVEL           INFO
DEMO                1 for a demonstration: one-click sign-ins, a mailbox page, a test bank; no real candidates
DEBUG               1 for Django's error pages while developing
"""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import parse_qs, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
VAR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
VAR.mkdir(exist_ok=True)

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
ON_A_DESK = DEBUG or DEMO  # plain http on this machine, no real candidates

# --- Where the portal is ------------------------------------------------------------------------------------

PORTAL_URL = env.str("PORTAL_URL", "http://localhost:8000").rstrip("/")
PORTAL_HOST = urlsplit(PORTAL_URL).hostname or "localhost"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PORTAL_HOST, *(["localhost", "127.0.0.1"] if ON_A_DESK else [])])
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
ROOT_URLCONF = "admissions_portal.urls"
WSGI_APPLICATION = "admissions_portal.wsgi.application"

# --- Apps ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Ours, each importing only those before it.
    "journal",
    "accounts",
    "programmes",
    "notifications",
    "documents",
    "payments",
    "applicants",
    "juries",
    "offers",
    "campaign",
    # Sign-in.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # Django's.
    "admissions_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its templates, which templates/django/forms overrides
    "csp",
]

MIDDLEWARE = [
    "journal.clock.ClockMiddleware",  # first: one instant for the whole request
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before all that may answer by itself
    "admissions_portal.gate.Gate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "admissions_portal.private.KeptNowhere",
    "admissions_portal.gate.OnlyByAButton",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "admissions_portal.context.portal",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # as templates/components/field.html says

# --- Database -----------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # A transaction takes SQLite's only write lock when it begins: there it can wait for the lock,
        # later it could only fail.
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    )
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    # Acts send the same statements again and again: the server plans those that a connection has sent some times once.
    DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # an act opens its own transaction
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker, cache and what runs by the clock ---------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")


def broker_at(redis_url: str) -> str:
    """The address of a Redis in Celery's way of writing it: a Unix socket is spelt differently there."""
    address = urlsplit(redis_url)
    if address.scheme != "unix":
        return redis_url
    return f"redis+socket://{address.path}?virtual_host={parse_qs(address.query).get('db', ['0'])[0]}"


if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = broker_at(REDIS_URL)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        # A task takes seconds; one whose worker was killed is given back after two minutes.
        "visibility_timeout": 120,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "filesystem://"
    BROKER_MESSAGES = VAR / "broker"
    BROKER_MESSAGES.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_MESSAGES),
        "data_folder_out": str(BROKER_MESSAGES),
        "control_folder": str(VAR / "broker-queues"),
    }

CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a wake-up that cannot be sent is let go: the schedule below finds the work
CELERY_TASK_ACKS_LATE = True  # every task can be repeated without harm
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker however long it is away
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat")


def every(seconds: int, task: str) -> dict[str, object]:
    """A line of the schedule; a message not taken before the next one is forgotten, so that none pile up."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "seal the journal": every(10, "journal.tasks.seal"),
    "run what is due": every(20, "campaign.tasks.run_due_acts"),
    "send the mails": every(20, "notifications.tasks.deliver_outbox"),
    "check the papers": every(20, "documents.tasks.check_papers"),
    "render the notices": every(20, "documents.tasks.render_notices"),
    "forget sessions": every(24 * 3600, "accounts.tasks.forget_ended_sessions"),
    "sweep the store": every(24 * 3600, "documents.tasks.sweep"),
}

if DEMO:
    CELERY_BEAT_SCHEDULE["play the demonstration"] = every(20, "campaign.tasks.play_demonstration")

# --- Sign-in ------------------------------------------------------------------------------------------------
# Candidates: an address and a mailed code, or a passkey.
# Teams: a password and a code from an application, or a passkey.


def kept_secret() -> str:
    """The installation's own random key: made once, whole from the start, readable by nobody else."""
    path = VAR / "secret-key"
    if not path.exists():
        with NamedTemporaryFile("w", dir=VAR) as made:
            made.write(get_random_secret_key())
            made.flush()
            with suppress(FileExistsError):  # another process was quicker
                os.link(made.name, path)
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret()
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "notifications.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "request_login_code": "accounts.forms.CodeForm",
    "add_email": "accounts.forms.AddAddressForm",
    "change_email": "accounts.forms.ChangeAddressForm",
    "reset_password": "accounts.forms.PasswordLinkForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds; some mailboxes are slow
ACCOUNT_SESSION_REMEMBER = False  # candidates sit at other people's computers
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # whichever way they signed in
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PORTAL_URL).scheme

MFA_FORMS = {
    "activate_totp": "accounts.forms.AppForm",
    "add_webauthn": "accounts.forms.NewKeyForm",
    "login_webauthn": "accounts.forms.KeySignInForm",
    "authenticate_webauthn": "accounts.forms.SecondKeyForm",
    "reauthenticate_webauthn": "accounts.forms.KeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey stands for both factors
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ON_A_DESK
MFA_TOTP_ISSUER = "Portail des admissions"
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute wrong

STAFF_SECOND_FACTOR = not DEMO  # the admin opens only after one

# --- Security of pages --------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's icons are data: images
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],  # a paper is shown beside its dossier
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not ON_A_DESK
SECURE_HSTS_SECONDS = 0 if ON_A_DESK else 365 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not ON_A_DESK
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # the host's other subdomains are not ours to decide about
    "security.W021",  # nor is the browsers' list of hosts that are never reached by http
    "security.W019",  # a paper is shown beside its dossier
]

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Languages and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "admissions_portal.formats"  # English dates are European ones
USE_TZ = True  # instants are stored in UTC
TIME_ZONE = CELERY_TIMEZONE = "Europe/Paris"  # and read and written in the notices' time

# --- Files --------------------------------------------------------------------------------------------------

MEDIA_ROOT = VAR / "media"
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", "")
S3_STORAGE = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": MEDIA_S3_BUCKET,
        "endpoint_url": env.str("MEDIA_S3_ENDPOINT", "") or None,
        "region_name": env.str("MEDIA_S3_REGION", "") or None,
        "default_acl": "private",
        "file_overwrite": False,
    },
}
STORAGES = {
    # Never served by address: the portal checks the right to each file (see `documents`).
    "default": S3_STORAGE if MEDIA_S3_BUCKET else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ON_A_DESK
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CLAMD_URL = env.str("CLAMD_URL", "")

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"  # `manage.py collectstatic` fills it
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = ON_A_DESK  # no collecting at a desk

# --- Mail ---------------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", "dummymail://" if DEMO else "smtp://localhost:25"))
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Portail des admissions <admissions@{PORTAL_HOST}>")

# --- Log ----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "admissions_portal.log.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools")},  # each step of each letter
}
