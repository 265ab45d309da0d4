"""Django's settings. What differs between machines comes from the environment and the state folder."""

import os
import secrets
from datetime import time

from openpars.agencies.rules import PASSWORD_LENGTH
from openpars.engine import address
from openpars.errors import DatabaseUnavailable


def _database() -> dict[str, object]:
    try:
        where = address.owner()
    except DatabaseUnavailable:
        # Verbs that need no database still run; the others meet a clear error at the first connection.
        where = address.Address("", 5432, "openpars", "nobody", "")
    # OPENPARS_ROLE=app: what serves pages holds no privilege on a record.
    if os.environ.get("OPENPARS_ROLE") == "app":
        where = where.as_kind("app")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": where.host,
        "PORT": where.port,
        "NAME": where.database,
        "USER": where.user,
        "PASSWORD": where.password,
        "OPTIONS": {**dict(where.options), "server_side_binding": True, "prepare_threshold": 2},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("OPENPARS_TEST_DATABASE", f"test_{where.database}")},
    }


def _secret_key() -> str:
    kept = address.state_folder() / "session.key"
    if not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return kept.read_text()


DATABASES = {"default": _database()}
SECRET_KEY = _secret_key()
DEBUG = False
DEMONSTRATION = os.environ.get("OPENPARS_DEMONSTRATION") == "1"
"""Whether everybody in the database is invented: each page then says so."""

ALLOWED_HOSTS = os.environ.get("OPENPARS_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
USE_TZ = True
TIME_ZONE = os.environ.get("OPENPARS_ZONE", "America/New_York")
PRISON = os.environ.get("OPENPARS_PRISON", "the county's prison")
"""Whoever is committed is committed to it: the name that orders bear."""
COUNTY = os.environ.get("OPENPARS_COUNTY", "the County of Example")
"""Where offenses are charged to have been committed: complaints name it."""
COURT_BEGINS_AT = time.fromisoformat(os.environ.get("OPENPARS_COURT_BEGINS_AT", "09:00"))
"""The hour of a next date, in the city's time: the court lists by days."""
LANGUAGE_CODE = "en-us"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "openpars.config.urls"
WSGI_APPLICATION = "openpars.config.wsgi.application"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
"""No request of ours is longer, in bytes: the API answers 413, a page 400."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "openpars.translog",
    "openpars.agencies",
    "openpars.records",
    "openpars.agreements",
    "openpars.disclosure",
    "openpars.public",
    "openpars.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "openpars.api.shape.OneShape",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "openpars.portal.noting.EventsNoted",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openpars.portal.sessions.SessionLimits",
    "openpars.portal.audience.AudienceGuard",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "openpars.portal.faults.FaultsNamed",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "openpars.portal.context.page",
            ],
        },
    }
]

# -- who logs in, and for how long (CJIS AC-7, AC-11, AC-12, IA-5, IA-11)
AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "openpars.portal.sessions.StandingBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "portal:log-in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:log-in"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Five wrong passwords lock the account, for that address, until an administrator releases it. Nested: both
# together, or a stranger could lock anybody out from anywhere (reference/deps.md section 8).
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = None
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "openpars.portal.views.doorway.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "openpars.portal.sessions.typed_username"

# -- what a browser is told
# TLS ends before this process; OPENPARS_TLS=1 says that it does.
_TLS = os.environ.get("OPENPARS_TLS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
FORWARDED = os.environ.get("OPENPARS_FORWARDED") == "1"
"""Whether the proxy in front states in X-Forwarded-For from where each request came. Without such a proxy, no: whoever
asks could then state any address."""
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "openpars.portal.views.doorway.csrf_refused"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
EVENTS_URL = os.environ.get("OPENPARS_EVENTS_URL", "")
"""Where boards listen for changes. Empty: this host's name at OPENPARS_EVENTS_PORT."""
EVENTS_PORT = int(os.environ.get("OPENPARS_EVENTS_PORT", "8001"))
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

# -- operations: no request line or exception text with personal values reaches a log
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django would log addresses and exception texts; faults are logged by openpars.portal.faults.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "axes": {"level": "CRITICAL"},
        # A refusal breaks off the pipeline that it comes in; the refusal is what is said.
        "psycopg": {"level": "ERROR"},
    },
}

# -- letters: where mail is handed in. Without a host they wait, and are posted by hand.
EMAIL_HOST = os.environ.get("OPENPARS_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("OPENPARS_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("OPENPARS_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("OPENPARS_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("OPENPARS_SMTP_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("OPENPARS_MAIL_FROM", "solicitor@openpars.example")
LETTERS_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2]

LOG_ORIGIN = os.environ.get("OPENPARS_LOG_ORIGIN", "openpars.example/log")
"""The log's name in its checkpoints: a URL without scheme (c2sp.org/tlog-checkpoint)."""

GATEWAY_CONNECTIONS = int(os.environ.get("OPENPARS_GATEWAY_CONNECTIONS", "8"))
"""How many connections of the gateway a process may hold."""
