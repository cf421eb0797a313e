"""Settings of the site, read from the environment (or an ignored .env file).

Every value has a default that is safe to serve to this machine alone; docs/deployment.md lists
what a public server sets. A value that cannot be understood stops the start with its name.
"""

import contextlib
import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from promotion.environment import (
    SQLITE,
    env_address,
    env_bool,
    env_bucket,
    env_cache,
    env_choice,
    env_contacts,
    env_database,
    env_emails,
    env_hosts,
    env_int,
    env_list,
    env_module,
    env_networks,
    env_number,
    env_origins,
    env_path,
    env_sender,
    env_str,
    env_time_zone,
    read_file,
)
from promotion.operations.logs import FORMATTERS, JoiningHandler

BASE_DIR = Path(__file__).resolve().parent.parent

read_file(BASE_DIR / ".env")


def kept_secret_key(path):
    """Return the key kept in `path`, making it on first use so that sessions survive a restart.

    It is there whole or not at all, also when several processes start at once or the disk is full.
    Raises ImproperlyConfigured for an empty file, and for one that cannot be made or read.
    """
    try:
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(file.fileno())
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be made or read: {error.strerror}. VAR_DIR must be a folder that the "
            "site may write to."
        ) from error
    if not key:
        raise ImproperlyConfigured(f"{path} is empty: put the key back, or remove the file.")
    return key


VAR_DIR = (env_path("VAR_DIR") or BASE_DIR / "var").resolve()
try:
    # The database may lie in it, with what enquirers wrote: not for other users of the machine.
    VAR_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(f"VAR_DIR must be a folder that can be made: {error}.") from error

# A hundred years, which no date is moved out of the calendar by.
MOST_DAYS = 36_500
MOST_MONTHS = 1_200

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_str("SECRET_KEY") or kept_secret_key(VAR_DIR / "secret_key")
# Keys used before: what was signed with them goes on being taken.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env_hosts("ALLOWED_HOSTS", LOOPBACK_HOSTS)
# Plain HTTP is only for the machine itself: naming any other host turns HTTPS on unless refused.
HTTPS = env_bool("HTTPS", not set(ALLOWED_HOSTS) <= set(LOOPBACK_HOSTS))
CSRF_TRUSTED_ORIGINS = env_origins("CSRF_TRUSTED_ORIGINS")

# import_export and rest_framework are used without being applications here: they would load every
# format and every database's driver before the first page, for pages of theirs that we do not use.
INSTALLED_APPS = [
    "promotion.apps.PromotionConfig",
    "companies.apps.CompaniesConfig",
    "parks.apps.ParksConfig",
    "promotion.reference.apps.ReferenceConfig",
    "promotion.audit.apps.AuditConfig",
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
    "drf_spectacular",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    # After those whose admin pages it replaces.
    "promotion.accounts.apps.AccountsConfig",
]

MIDDLEWARE = [
    "promotion.operations.requests.RequestLog",
    "promotion.defences.BrowserDefences",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "promotion.operations.refusals.ServerRefusals",
    "promotion.defences.RequestSize",
    "promotion.operations.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "promotion.auditing.AuditMiddleware",
    "promotion.accounts.middleware.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "promotion.defences.MethodRefusals",
]

ROOT_URLCONF = "promotion.urls"
WSGI_APPLICATION = "promotion.wsgi.application"

TEMPLATE_LOADERS = [
    "promotion.template_loader.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
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

DATABASES = {"default": env_database("DATABASE_URL", VAR_DIR / "site.sqlite3")}
if DATABASES["default"]["ENGINE"] == SQLITE:
    # A thread goes on with its connection: to open one is to read how eight hundred tables, indexes
    # and triggers are made, and to prepare its queries anew, a quarter and more of a page.
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["OPTIONS"] = {
        # WAL lets the public read while staff write; an immediate transaction waits for its turn at
        # the start instead of failing half-way with "database is locked".
        "transaction_mode": "IMMEDIATE",
        # An import of 100,000 rows keeps other writers waiting for about half a minute: what they
        # write is to be saved late rather than refused.
        "timeout": 120,
        # Each thread has a connection. What it would keep of the file, 2 MiB otherwise, the system
        # keeps once for all of them.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-256;"
        ),
        # Of how many queries each of them keeps the programs, some of which are long: the usual 128
        # take 1.4 MiB more a thread, and save no time that could be measured.
        "cached_statements": 16,
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # How many connections each process shares among its threads; 0 lets each thread keep its own,
    # which are more than a server of the usual size takes: 4 workers of 64 threads may want 256.
    DATABASE_POOL = env_int("DATABASE_POOL", 8)
    if DATABASE_POOL:
        if DATABASES["default"].get("CONN_MAX_AGE", 0) != 0:
            raise ImproperlyConfigured(
                "DATABASE_URL must be without conn_max_age unless DATABASE_POOL is 0."
            )
        DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
            "min_size": 0,
            "max_size": DATABASE_POOL,
            # For how long a request waits for its turn, and when a lost server is tried again.
            "timeout": 5,
            "reconnect_timeout": 2,
        }
    else:
        DATABASES["default"].setdefault("CONN_MAX_AGE", 60)

CACHES = {"default": env_cache("CACHE_URL", "locmemcache://")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    # A server that has gone is not to hold up whoever asks, a monitor least of all.
    CACHES["default"]["OPTIONS"] = {
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,
        **CACHES["default"].get("OPTIONS", {}),
    }

# How many mebibytes of public pages each worker keeps, as they go over the wire; 0 keeps none.
PAGE_CACHE_MIB = env_int("PAGE_CACHE_MIB", 16)

# What answers the search page: a module with the functions that docs/decisions/search.md names.
SEARCH_BACKEND = env_module("SEARCH_BACKEND", "promotion.search")

# A picture never changes under its name, and only re-encoded ones are given out.
MEDIA_CACHING = "public, max-age=31536000, immutable"
# Where uploads are kept: in a folder of this machine, or in a bucket that several share.
MEDIA_BUCKET = env_bucket("MEDIA_STORE_URL")
STORAGES = {
    "default": {
        "BACKEND": "promotion.operations.bucket.BucketStorage",
        "OPTIONS": MEDIA_BUCKET,
    }
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_FINDERS = ["promotion.operations.static_files.NeededFiles"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# Where browsers find uploads: on the site itself, or on a host that has them from the bucket.
MEDIA_ORIGIN, MEDIA_PATH = env_address("MEDIA_URL", "/media/")
MEDIA_URL = MEDIA_ORIGIN + MEDIA_PATH
MEDIA_ROOT = VAR_DIR / "media"
# The content that load_site loads; another district names a folder of its own.
FIXTURE_DIR = env_path("FIXTURE_DIR") or BASE_DIR / "fixtures"
# Spreadsheets on their way in: never under MEDIA_ROOT, which is public.
PENDING_IMPORT_ROOT = VAR_DIR / "imports"
# Workbooks are read and written alike, whether or not lxml happens to be installed.
os.environ["OPENPYXL_LXML"] = "False"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env_time_zone("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

COMMON_PASSWORDS = BASE_DIR / "promotion" / "accounts" / "common_passwords.txt.gz"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "promotion.accounts.passwords.CommonHereValidator",
        "OPTIONS": {"password_list_path": COMMON_PASSWORDS},
    },
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
]
# What the classified protection scheme asks for on top. Left out, passwords are long and uncommon,
# and neither composed by a pattern nor changed for the sake of it.
FOLLOWS_DENGBAO = env_choice("PASSWORD_RULES", ["", "dengbao"]) == "dengbao"
PASSWORD_MAX_DAYS = 90 if FOLLOWS_DENGBAO else 0
if FOLLOWS_DENGBAO:
    AUTH_PASSWORD_VALIDATORS += [
        {"NAME": "promotion.accounts.passwords.KindsValidator"},
        {"NAME": "promotion.accounts.passwords.NotUsedBeforeValidator"},
    ]
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_RESETS_PER_HOUR = env_int("PASSWORD_RESETS_PER_HOUR", 10, minimum=1)

# Who may not work without a second factor: groups by their names, and superusers. Left out, a
# public site asks it of those who can give others rights; on this machine alone nobody needs it.
SUPERUSERS = "superusers"
SECOND_FACTOR_FOR = env_list("SECOND_FACTOR_FOR") or (
    [SUPERUSERS, "administrator", "管理员"] if HTTPS else []
)
# Under which name the app lists the account.
OTP_TOTP_ISSUER = ALLOWED_HOSTS[0]

LOGIN_REDIRECT_URL = "admin:index"
# How many failed logins lock a name out from one address, and all names from that address.
LOGIN_FAILURES = env_int("LOGIN_FAILURES", 5, minimum=1)
LOGIN_ADDRESS_FAILURES = env_int("LOGIN_ADDRESS_FAILURES", 50, minimum=1)
LOGIN_LOCK_MINUTES = env_int("LOGIN_LOCK_MINUTES", 30, minimum=1, maximum=MOST_DAYS * 24 * 60)
AXES_HANDLER = "promotion.accounts.lockout.FailureCounter"
AXES_LOCKOUT_CALLABLE = "promotion.accounts.lockout.locked_answer"
AXES_CLIENT_IP_CALLABLE = "promotion.limits.client_network"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = LOGIN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_LOCK_MINUTES)
# By promotion/accounts/logins.py: to axes the right password is all of a login.
AXES_RESET_ON_SUCCESS = False
# Whoever goes on trying does not stay locked out for ever: others may share the address.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "code"]
AXES_VERBOSE = False
# Its own pages in the admin are in English; ours stand in promotion/accounts/admin.py.
AXES_ENABLE_ADMIN = False

SESSION_IDLE_MINUTES = env_int("SESSION_IDLE_MINUTES", 30, minimum=1, maximum=MOST_DAYS * 24 * 60)
SESSION_HOURS = env_int("SESSION_HOURS", 12, minimum=1, maximum=MOST_DAYS * 24)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
if HTTPS:
    # With this prefix a browser takes a cookie from this host alone.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SECURE_SSL_REDIRECT = HTTPS
# Monitors on the machine itself ask gunicorn, which speaks plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz/(live|ready)$", r"^metrics$"]
SECURE_HSTS_SECONDS = (
    env_int("HSTS_SECONDS", 31_536_000, maximum=MOST_DAYS * 86_400) if HTTPS else 0
)
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
        "upgrade-insecure-requests": HTTPS,
    }
}
if MEDIA_ORIGIN:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] = [SELF, MEDIA_ORIGIN]

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
except (ImproperlyConfigured, ValueError):
    # Without the reason, which may hold a password.
    raise ImproperlyConfigured("EMAIL_URL must be an address such as smtp+tls://…") from None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_sender("EMAIL_FROM", "noreply@localhost")
if env_str("EMAIL_URL") and not env_str("EMAIL_FROM"):
    raise ImproperlyConfigured("EMAIL_FROM must be set where EMAIL_URL is.")

# Who is told when an enquiry comes in; left out, the desk whose mailbox the home district names.
INQUIRY_NOTIFY = env_emails("INQUIRY_NOTIFY")
# Within how many working days enquiries are promised an answer; 0 promises nothing.
INQUIRY_REPLY_WORKING_DAYS = env_int("INQUIRY_REPLY_WORKING_DAYS", 0, maximum=1_000)
INQUIRY_RETENTION_MONTHS = env_int("INQUIRY_RETENTION_MONTHS", 24, minimum=1, maximum=MOST_MONTHS)
# From one address; a company's whole office may share it.
INQUIRIES_PER_HOUR = env_int("INQUIRIES_PER_HOUR", 10, minimum=1)

# From one address, which a whole office may share; a download is a list as a whole.
API_REQUESTS_PER_HOUR = env_int("API_REQUESTS_PER_HOUR", 1_000, minimum=1)
DOWNLOADS_PER_HOUR = env_int("DOWNLOADS_PER_HOUR", 60, minimum=1)

# How long a signed link to a page that is not public yet can be opened.
PREVIEW_DAYS = env_int("PREVIEW_DAYS", 7, minimum=1, maximum=MOST_DAYS)
# A plan without a date is unconfirmed once nobody has repeated it for so long.
UNDATED_CLAIM_DAYS = env_int("UNDATED_CLAIM_DAYS", 365, minimum=1, maximum=MOST_DAYS)

AUDIT_RETENTION_MONTHS = env_int("AUDIT_RETENTION_MONTHS", 24, minimum=6, maximum=MOST_MONTHS)
# What the entries of the audit log are chained with: kept apart from SECRET_KEY, so that a new one
# of those leaves the chain whole, and from the database, so that who edits that cannot mend it.
AUDIT_KEY = env_str("AUDIT_KEY") or kept_secret_key(VAR_DIR / "audit_key")
AUDIT_FORMER_KEYS = env_list("AUDIT_FORMER_KEYS")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
MAX_PICTURE_BYTES = env_int("MAX_PICTURE_BYTES", 10_000_000, minimum=1)
MAX_PICTURE_PIXELS = env_int("MAX_PICTURE_PIXELS", 40_000_000, minimum=1)
MAX_DOCUMENT_BYTES = env_int("MAX_DOCUMENT_BYTES", 5_000_000, minimum=1)
MAX_SHEET_BYTES = env_int("MAX_SHEET_BYTES", 30_000_000, minimum=1)
MAX_SHEET_EXPANDED_BYTES = env_int("MAX_SHEET_EXPANDED_BYTES", 500_000_000, minimum=1)
MAX_SHEET_ROWS = env_int("MAX_SHEET_ROWS", 200_000, minimum=1)
# What one request may send in all: a sheet, the largest of uploads, or a few pictures.
MAX_REQUEST_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE + max(
    MAX_SHEET_BYTES, MAX_DOCUMENT_BYTES, 3 * MAX_PICTURE_BYTES
)
# As many as a cell of Excel holds.
MAX_SHEET_CELL_CHARACTERS = env_int("MAX_SHEET_CELL_CHARACTERS", 32_767, minimum=1)
# What one request checks and writes at once, well before its visitor gives up; more goes to the
# import worker.
MAX_SHEET_ROWS_IN_REQUEST = env_int("MAX_SHEET_ROWS_IN_REQUEST", 2_000, minimum=1)

# How long an upload waits for its confirmation.
PENDING_IMPORT_HOURS = env_int("PENDING_IMPORT_HOURS", 24, minimum=1, maximum=MOST_DAYS * 24)
# Off where something else starts `manage.py run_imports`, such as a timer of the system.
START_IMPORT_WORKER = env_bool("START_IMPORT_WORKER", True)

# Whom /.well-known/security.txt names for reports of a weakness; left out, there is no such page.
SECURITY_CONTACT = env_contacts("SECURITY_CONTACT")

# Where backups are kept, and whose public keys they are encrypted for.
BACKUP_DIR = env_path("BACKUP_DIR")
BACKUP_RECIPIENTS_FILE = env_path("BACKUP_RECIPIENTS_FILE")

# What the footer shows once the site has been filed; the law wants both on a public site.
ICP_NUMBER = env_number(
    "ICP_NUMBER", r"[一-鿿]ICP备[0-9]{5,10}号(-[0-9]{1,3})?", "沪ICP备00000000号-1"
)
PUBLIC_SECURITY_NUMBER = env_number(
    "PUBLIC_SECURITY_NUMBER", r"[一-鿿]公网安备 ?[0-9]{14}号", "沪公网安备00000000000000号"
)

REST_FRAMEWORK = {
    # Anyone may read, nobody is known, and nothing is taken in.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "promotion.api.schema.KindSchema",
    "EXCEPTION_HANDLER": "promotion.api.answers.refuse",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": _("产业带开放数据"),
    "DESCRIPTION": _(
        "本站公开的记录，只供读取。不知道的是 null；尚未实现的，claim 里写明是计划、预计还是期望，"
        "以及从什么时候起未见证实：引用时请一并写明。"
    ),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "(/en)?/api/v1",
    # Vocabularies stand where they are used, so that none needs a name of its own.
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who may read /metrics: by address, or with this bearer token.
METRICS_ALLOW = env_networks("METRICS_ALLOW", ["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env_str("METRICS_TOKEN")
MIN_FREE_DISK_MB = env_int("MIN_FREE_DISK_MB", 500)
SLOW_QUERY_MS = env_int("SLOW_QUERY_MS", 500, minimum=1)

LOG_FORMAT = env_choice("LOG_FORMAT", ["line", "json"] if DEBUG else ["json", "line"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"site": {"()": FORMATTERS[LOG_FORMAT]}},
    "handlers": {"console": {"()": JoiningHandler, "formatter": "site"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A page that is not there is the visitor's affair, and its address may say who they are.
        "django.request": {"level": "ERROR"},
        "promotion.access": {"level": "INFO"},
    },
}

# Errors are reported elsewhere only where this is set; what a report holds: operations/reports.py.
SENTRY_DSN = env_str("SENTRY_DSN")
if SENTRY_DSN:
    from promotion.operations.reports import start_reporting

    try:
        start_reporting(SENTRY_DSN)
    except ValueError:
        raise ImproperlyConfigured(
            "SENTRY_DSN must be of the form https://key@host/number."
        ) from None
