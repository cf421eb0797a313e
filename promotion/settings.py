"""Settings of the site, read from the environment (or an ignored .env file).

Every value has a default that is safe to serve to this machine alone; docs/deployment.md lists
what a public server sets. A value that cannot be understood stops the start with its name.
"""

import os
import re
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(BASE_DIR / ".env")


def env_str(name, default=""):
    """Return a text setting as it was given.

    Read from the environment itself: django-environ takes a value that begins with "$" for the
    name of another variable.
    """
    return os.environ.get(name, "").strip() or default


def env_list(name):
    """Return a comma-separated setting as a list without empty entries."""
    return [entry.strip() for entry in env_str(name).split(",") if entry.strip()]


def env_bool(name, default):
    """Return a yes/no setting; raise ImproperlyConfigured for anything else.

    django-environ reads every unknown word as False, which would turn a typing error in a
    protection into its absence.
    """
    value = env_str(name).lower()
    if not value:
        return default
    if value in {"on", "true", "yes", "1"}:
        return True
    if value in {"off", "false", "no", "0"}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def env_int(name, default, minimum=0):
    """Return a whole-number setting; raise ImproperlyConfigured for anything else."""
    value = env_str(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}.")
    return int(value)


def env_emails(name):
    """Return comma-separated mail addresses; raise ImproperlyConfigured for anything else."""
    addresses = env_list(name)
    try:
        for address in addresses:
            validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name} must be mail addresses with commas between.") from error
    return addresses


def env_number(name, pattern, example):
    """Return a registration number; raise ImproperlyConfigured for one of another form."""
    value = env_str(name)
    if value and not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} must be of the form {example}, not {value!r}.")
    return value


def kept_secret_key(path):
    """Return the key kept in `path`, making it on first use so that sessions survive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


VAR_DIR = Path(env_str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_str("SECRET_KEY") or kept_secret_key(VAR_DIR / "secret_key")

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or LOOPBACK_HOSTS
# Plain HTTP is only for the machine itself: naming any other host turns HTTPS on unless refused.
HTTPS = env_bool("HTTPS", not set(ALLOWED_HOSTS) <= set(LOOPBACK_HOSTS))
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "promotion.apps.PromotionConfig",
    "companies.apps.CompaniesConfig",
    "parks.apps.ParksConfig",
    "promotion.reference.apps.ReferenceConfig",
    "promotion.apps.PromotionAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "django_countries",
    "csp",
    "django_filters",
    "django_htmx",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "promotion.urls"
WSGI_APPLICATION = "promotion.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "promotion.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": environ.Env.db_url_config(
        env_str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'site.sqlite3'}")
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets the public read while staff write; an immediate transaction waits for its turn at
    # the start instead of failing half-way with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # An import of 100,000 rows keeps other writers waiting for about half a minute: what they
        # write is to be saved late rather than refused.
        "timeout": 120,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CACHES = {"default": environ.Env.cache_url_config(env_str("CACHE_URL", "locmemcache://"))}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Spreadsheets on their way in: never under MEDIA_ROOT, which is public.
PENDING_IMPORT_ROOT = VAR_DIR / "imports"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env_str("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env_bool("HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD = HTTPS and env_bool("HSTS_PRELOAD", True)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Whether a proxy stands in front that itself sets X-Forwarded-Proto and adds to X-Forwarded-For:
# only then are they to be trusted.
BEHIND_PROXY = env_bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# The names that official Chinese publications use.
COUNTRIES_OVERRIDE = {
    "HK": {"name": _("中国香港")},
    "MO": {"name": _("中国澳门")},
    "TW": {"name": _("中国台湾")},
}

# Left out, no mail is sent, and the pages say so.
EMAIL_URL = env_str("EMAIL_URL", "consolemail://" if DEBUG else "dummymail://")
try:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
except (ImproperlyConfigured, ValueError) as error:
    raise ImproperlyConfigured("EMAIL_URL must be an address such as smtp+tls://…") from error
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("EMAIL_FROM", "noreply@localhost")
if env_str("EMAIL_URL") and not env_str("EMAIL_FROM"):
    raise ImproperlyConfigured("EMAIL_FROM must be set where EMAIL_URL is.")

# Who is told when an enquiry comes in; left out, the desk whose mailbox the home district names.
INQUIRY_NOTIFY = env_emails("INQUIRY_NOTIFY")
# Within how many working days enquiries are promised an answer; 0 promises nothing.
INQUIRY_REPLY_WORKING_DAYS = env_int("INQUIRY_REPLY_WORKING_DAYS", 0)
INQUIRY_RETENTION_MONTHS = env_int("INQUIRY_RETENTION_MONTHS", 24, minimum=1)
# From one address; a company's whole office may share it.
INQUIRIES_PER_HOUR = env_int("INQUIRIES_PER_HOUR", 10, minimum=1)

# How long a signed link to a page that is not public yet can be opened.
PREVIEW_DAYS = env_int("PREVIEW_DAYS", 7, minimum=1)
# A plan without a date is unconfirmed once nobody has repeated it for so long.
UNDATED_CLAIM_DAYS = env_int("UNDATED_CLAIM_DAYS", 365, minimum=1)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
MAX_PICTURE_BYTES = env_int("MAX_PICTURE_BYTES", 10_000_000, minimum=1)
MAX_PICTURE_PIXELS = env_int("MAX_PICTURE_PIXELS", 40_000_000, minimum=1)
MAX_DOCUMENT_BYTES = env_int("MAX_DOCUMENT_BYTES", 5_000_000, minimum=1)
MAX_SHEET_BYTES = env_int("MAX_SHEET_BYTES", 30_000_000, minimum=1)
MAX_SHEET_EXPANDED_BYTES = env_int("MAX_SHEET_EXPANDED_BYTES", 500_000_000, minimum=1)
MAX_SHEET_ROWS = env_int("MAX_SHEET_ROWS", 200_000, minimum=1)
# As many as a cell of Excel holds.
MAX_SHEET_CELL_CHARACTERS = env_int("MAX_SHEET_CELL_CHARACTERS", 32_767, minimum=1)
# What one request checks and writes at once, well before its visitor gives up; more goes to the
# import worker.
MAX_SHEET_ROWS_IN_REQUEST = env_int("MAX_SHEET_ROWS_IN_REQUEST", 2_000, minimum=1)

# How long an upload waits for its confirmation.
PENDING_IMPORT_HOURS = env_int("PENDING_IMPORT_HOURS", 24, minimum=1)
# Off where something else starts `manage.py run_imports`, such as a timer of the system.
START_IMPORT_WORKER = env_bool("START_IMPORT_WORKER", True)

# What the footer shows once the site has been filed; the law wants both on a public site.
ICP_NUMBER = env_number(
    "ICP_NUMBER", r"[一-鿿]ICP备[0-9]{5,10}号(-[0-9]{1,3})?", "沪ICP备00000000号-1"
)
PUBLIC_SECURITY_NUMBER = env_number(
    "PUBLIC_SECURITY_NUMBER", r"[一-鿿]公网安备 ?[0-9]{14}号", "沪公网安备00000000000000号"
)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A page that is not there is the visitor's affair, and its address may say who they are.
        "django.request": {"level": "ERROR"},
    },
}
