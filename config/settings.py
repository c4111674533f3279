"""Every setting, read from the environment, with safe defaults. The table is in docs/operations.md.

Each may come from a file instead: `NAME_FILE=/run/secrets/name`; a `.env` file beside manage.py is read, too.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from config.admin_theme import UNFOLD  # noqa: F401  read by the theme
from config.bucket import bucket_storage
from config.csp import STRICT
from config.environment import Environment
from config.logs import logging_config

# Before any model is loaded: base classes carry their row type (`models.Manager["Invoice"]`).
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
env.read_env(BASE_DIR / ".env")

# ── Where things are ────────────────────────────────────────────────────────────────────────────────────
# Holds the embedded database, the queue, stored documents and drawn secrets.
DATA_DIR = Path(env.text("DATA_DIR") or BASE_DIR / "var").expanduser().resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRETS_DIR = DATA_DIR / "secrets"
DOCUMENTS_DIR = DATA_DIR / "documents"
PORT = env.whole("PORT", 8000, least=1, most=65535)

# The base of every link in answers, mails, texts and PDFs; the other two override it for their part. Where
# `serve` listened last is kept: a command in another shell writes links that open.
SERVED_ADDRESS = DATA_DIR / "address"
_ADDRESS = f"http://127.0.0.1:{PORT}"
if not env.text("PORT") and SERVED_ADDRESS.is_file():
    _ADDRESS = SERVED_ADDRESS.read_text().strip() or _ADDRESS
PUBLIC_URL = env.base_url("PUBLIC_URL", _ADDRESS)
PORTAL_BASE_URL = env.base_url("PORTAL_BASE_URL", PUBLIC_URL)
# Empty: paging links start with the base the client called.
API_BASE_URL = env.base_url("API_BASE_URL", PUBLIC_URL) if env.text("API_BASE_URL") else ""

# ── Secrets: from the environment, else drawn once ──────────────────────────────────────────────────────
SECRET_KEY = env.secret("SECRET_KEY", SECRETS_DIR)
API_KEY_PEPPER = env.secret("API_KEY_PEPPER", SECRETS_DIR)
# For vendors' credentials in the database, newest first: the first encrypts, all decrypt.
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS") or [env.secret("ENCRYPTION_KEY", SECRETS_DIR)]

# ── Security ────────────────────────────────────────────────────────────────────────────────────────────
DEBUG = env.switch("DEBUG", default=False)
_HTTPS = urlsplit(PUBLIC_URL).scheme == "https"
_OWN_HOSTS = {urlsplit(base).hostname or "" for base in (PUBLIC_URL, PORTAL_BASE_URL, API_BASE_URL) if base}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or sorted(_OWN_HOSTS | {"localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = sorted(
    {f"{urlsplit(base).scheme}://{urlsplit(base).netloc}" for base in (PUBLIC_URL,)}
)
# Addresses or networks (10.0.0.0/8) whose X-Forwarded-* headers are believed.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
# Browsers are led to https, API requests without it are refused (config.api.middleware), probes may ask.
SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", default=_HTTPS)
SECURE_REDIRECT_EXEMPT = [
    r"^(?!admin(/|$)|statements/|invoices/|credit_notes/|payments/|pay/|sign_up/|docs|schema|$)"
]
SECURE_HSTS_SECONDS = env.whole("SECURE_HSTS_SECONDS", 31_536_000 if _HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": STRICT}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
if DEBUG and env.choice("DELIVERY_MODE", ("sandbox", "live"), "sandbox") == "live":
    raise ImproperlyConfigured("DEBUG shows secrets on error pages: it cannot be on with DELIVERY_MODE=live.")

# ── Apps ────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "anymail",
    "axes",
    "csp",
    "django_structlog",
    "customers",
    "statements",
    "notifications",
    "config.apps.RoofConfig",
]
MIDDLEWARE = [
    "config.proxies.TrustedProxies",
    "config.api.middleware.RequestId",
    "config.api.request_line.RequestLine",
    "config.api.request_log.RequestLogged",
    "config.api.middleware.ApiAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.api.middleware.ApiDoor",
    # From here on for browsers only: API requests go from the door straight to their view.
    "config.csp.PolicyByPath",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "customers.admin.middleware.SignedByStaff",
    "django.contrib.messages.middleware.MessageMiddleware",
    "customers.admin.middleware.OwnPasswordFirst",
    "customers.admin.middleware.SetUpOnce",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["ip_address", "username"]]
AXES_LOCKOUT_CALLABLE = "customers.admin.locking.locked"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # its pages do not wear the theme; docs/operations.md has the command
AXES_VERBOSE = False

# ── Database and cache ──────────────────────────────────────────────────────────────────────────────────
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'duebook.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without IMMEDIATE, transactions that read before they write fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # Opening the file and teaching it Django's functions takes longer than most requests.
    DATABASES["default"].setdefault("CONN_MAX_AGE", None)
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the process by default: one web process is all that the embedded mode has.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://duebook")}

# ── Language and time (the company's own zone is a column of Company) ───────────────────────────────────
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [path for path in (BASE_DIR / "static",) if path.is_dir()]
# Serves packaged files from where they are installed: nothing to collect before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DOCUMENTS_DIR
MEDIA_URL = ""  # stored documents have no address of their own: views check who asks
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Printed statements, letters and logos: in a folder, or in a bucket that speaks S3.
STORAGE_BACKEND = env.choice("STORAGE_BACKEND", ("local", "s3"), "local")
STORAGES: dict[str, dict[str, Any]] = {
    "default": bucket_storage(env)
    if STORAGE_BACKEND == "s3"
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DOCUMENTS_DIR)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# ── API: the conventions are reached by name, so that no floor imports the roof ─────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["config.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.WireParser"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.WireJsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.renderers.WireNegotiation",
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.WirePagination",
    "DEFAULT_FILTER_BACKENDS": [
        "config.api.filters.ColumnFilter",
        "config.api.filters.MetadataFilter",
        "config.api.filters.MomentFilter",
        "config.api.filters.SortFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "config.api.openapi.schema.WireSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
API_CONCURRENT_REQUESTS = env.whole("API_CONCURRENT_REQUESTS", 20)  # per key; 0: no limit
API_REQUESTS_PER_SECOND = env.whole("API_REQUESTS_PER_SECOND", 0)  # per key; 0: no limit
API_BAD_KEYS_PER_MINUTE = env.whole("API_BAD_KEYS_PER_MINUTE", 10)  # per address; 0: no limit
PUBLIC_LINKS_PER_MINUTE = env.whole("PUBLIC_LINKS_PER_MINUTE", 60)  # per address; 0: no limit
PUBLIC_LINK_OPENS_PER_MINUTE = env.whole("PUBLIC_LINK_OPENS_PER_MINUTE", 120)  # of one link; 0: no limit
PUBLIC_WRONG_LINKS_PER_HOUR = env.whole("PUBLIC_WRONG_LINKS_PER_HOUR", 20)  # per address; 0: no limit
PUBLIC_CODES_PER_HOUR = env.whole("PUBLIC_CODES_PER_HOUR", 10)  # asked for by one address; 0: no limit
PUBLIC_CODES_OF_ACCOUNT_PER_HOUR = env.whole("PUBLIC_CODES_OF_ACCOUNT_PER_HOUR", 30)  # 0: no limit
PUBLIC_SIGN_UPS_PER_HOUR = env.whole(
    "PUBLIC_SIGN_UPS_PER_HOUR", 20
)  # by one address, or for one account; 0: no limit
# How long a browser may look at an account's links after its visitor has signed in.
PUBLIC_SIGN_IN_HOURS = env.whole("PUBLIC_SIGN_IN_HOURS", 12, least=1, most=720)
VIEW_LOG_DAYS = env.whole("VIEW_LOG_DAYS", 90, least=1, most=3650)  # how long views of statements are kept
API_STATEMENT_SECONDS = env.seconds("API_STATEMENT_SECONDS", 5)  # for one query, on PostgreSQL
API_LOCK_SECONDS = env.seconds("API_LOCK_SECONDS", 3)  # for a row that somebody holds, on PostgreSQL
REQUEST_LOG_DAYS = env.whole("REQUEST_LOG_DAYS", 7)  # how long API requests stay in the log; 0: none is kept
REQUEST_LOG_SECONDS = 1.0  # how long a row may wait in the process for others; 0: written with the request
CLIENT_SHIMS = env.switch("CLIENT_SHIMS", default=True)  # bend answers to what one client library can read
SPECTACULAR_SETTINGS = {
    "TITLE": "Duebook",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["config.api.openapi.document.api_only"],
    "POSTPROCESSING_HOOKS": ["config.api.openapi.document.complete"],
    # It asks every view for a serializer; ours parse by shapes (customers.api.shapes).
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Without a validator: it would be asked over the network. And in forms "Send empty value" is not ticked
    # from the beginning: a change would empty whatever is not filled in.
    "SWAGGER_UI_SETTINGS": """{
      deepLinking: true, docExpansion: "none", validatorUrl: null,
      plugins: [({ React }) => ({ wrapComponents: { ParameterIncludeEmpty: (Original) => (props) =>
        React.createElement(Original, {
          ...props, isIncludedOptions: { ...props.isIncludedOptions, shouldDispatchInit: false },
        }) } })],
    }""",
}

# ── Delivery ────────────────────────────────────────────────────────────────────────────────────────────
# sandbox: nothing leaves the machine, every text is recorded for staff to see. live: on purpose only.
DELIVERY_MODE = env.choice("DELIVERY_MODE", ("sandbox", "live"), "sandbox")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST")  # empty: mail is not connected
EMAIL_PORT = env.whole("EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.switch("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.switch("EMAIL_USE_SSL", default=False)
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("EMAIL_USE_TLS (STARTTLS) and EMAIL_USE_SSL exclude each other.")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "statements@localhost")
# A larger PDF is not attached: the mail carries its link. Mail servers refuse mails of 10 MB and more.
EMAIL_ATTACHMENT_MAX_MB = env.whole("EMAIL_ATTACHMENT_MAX_MB", 7, most=100)
# The same mail to the same address within this time is sent once; 0: every one is sent.
EMAIL_DEBOUNCE_SECONDS = env.whole("EMAIL_DEBOUNCE_SECONDS", 300, most=86_400)
# A mail that cannot be handed over is tried at least so long: greylisting and restarts take hours.
EMAIL_RETRY_HOURS = env.whole("EMAIL_RETRY_HOURS", 24, most=168)
# Keys of a mail vendor behind django-anymail, as JSON: {"POSTMARK_SERVER_TOKEN": "…"}.
ANYMAIL = env.json("ANYMAIL", default={})
TWILIO_BASE_URL = env.base_url("TWILIO_BASE_URL", "https://api.twilio.com")
LOB_BASE_URL = env.base_url("LOB_BASE_URL", "https://api.lob.com")
# What vendors take in a second, over all workers; 0: no limit. Texts are counted in segments.
EMAIL_PER_SECOND = env.rate("EMAIL_PER_SECOND", 0)
TWILIO_PER_SECOND = env.rate("TWILIO_PER_SECOND", 1)
LOB_PER_SECOND = env.rate("LOB_PER_SECOND", 20)
TRACK_OPENS = env.switch("TRACK_OPENS", default=True)
# How long it is kept from where and with which program a mail was opened.
OPEN_LOG_DAYS = env.whole("OPEN_LOG_DAYS", 90, least=1, most=3650)
# How long subject and text of mails and texts are kept; 0: for ever.
MESSAGE_KEEP_DAYS = env.whole("MESSAGE_KEEP_DAYS", 0, most=36_500)
# The hours in which texts may go, both ends included; None: at any time.
SMS_QUIET_HOURS = env.hours("SMS_QUIET_HOURS", "08:00-20:59")
SMS_ONCE_PER_DAY = env.switch("SMS_ONCE_PER_DAY", default=True)
# What waits for the morning goes within this time from the first minute on, not all at once.
SMS_MORNING_SPREAD_SECONDS = env.whole("SMS_MORNING_SPREAD_SECONDS", 300, most=3600)
# A text that its network cannot deliver within this time is dropped: nothing arrives at night.
SMS_VALIDITY_SECONDS = env.whole("SMS_VALIDITY_SECONDS", 14_400, least=1, most=36_000)
SMS_REQUIRE_ENABLED_CONTACT = env.switch("SMS_REQUIRE_ENABLED_CONTACT", default=True)
# How long the letters of a run wait at the print house, so that a wrong run can be stopped.
LETTER_CANCEL_SECONDS = env.whole("LETTER_CANCEL_SECONDS", 3600, most=180 * 86_400)
# How long what vendors reported is kept as it came.
VENDOR_EVENT_KEEP_DAYS = env.whole("VENDOR_EVENT_KEEP_DAYS", 90, least=3, most=36_500)
# News for API consumers. What failed is tried again at this pace, then the endpoint is switched off.
WEBHOOK_RETRY_SECONDS = env.seconds("WEBHOOK_RETRY_SECONDS", 3600)
# The first try and 48 more, an hour apart.
WEBHOOK_MAX_ATTEMPTS = env.whole("WEBHOOK_MAX_ATTEMPTS", 49, least=1, most=1000)
WEBHOOK_KEEP_DAYS = env.whole("WEBHOOK_KEEP_DAYS", 30, least=1, most=36_500)
WEBHOOK_ALLOW_HTTP = env.switch("WEBHOOK_ALLOW_HTTP", default=DELIVERY_MODE == "sandbox")
# Closed networks that addresses typed in by users may lead into; everything internal is refused otherwise.
OUTBOUND_ALLOWED_NETS = env.networks("OUTBOUND_ALLOWED_NETS")
PDF_VARIANT = env.choice("PDF_VARIANT", ("plain", "ua", "archive"), "plain")

# ── Work: rows are leased in small batches ──────────────────────────────────────────────────────────────
WORK_BATCH_ROWS = env.whole("WORK_BATCH_ROWS", 20, least=1, most=1000)
WORK_NEW_ROW_SECONDS = env.seconds("WORK_NEW_ROW_SECONDS", 20)  # a task takes no new row after this
WORK_LEASE_SECONDS = env.seconds("WORK_LEASE_SECONDS", 90)
WORK_SWEEP_SECONDS = env.seconds("WORK_SWEEP_SECONDS", 15)
WORK_MAX_ATTEMPTS = env.whole("WORK_MAX_ATTEMPTS", 8, least=1, most=100)
RETRY_FIRST_SECONDS = env.seconds("RETRY_FIRST_SECONDS", 30)  # doubles …
RETRY_MOST_SECONDS = env.seconds("RETRY_MOST_SECONDS", 1800)  # … up to this
VENDOR_CONNECT_SECONDS = env.seconds("VENDOR_CONNECT_SECONDS", 5)
VENDOR_TIMEOUT_SECONDS = env.seconds("VENDOR_TIMEOUT_SECONDS", 30)
# So many hand-overs in a row without a usable answer, and a channel rests, then tries one message at a time.
VENDOR_FAULTS_IN_A_ROW = env.whole("VENDOR_FAULTS_IN_A_ROW", 5, least=1, most=1000)
# After an unclear outcome the vendor is asked for the message, and once more.
LOOK_UP_FIRST_SECONDS = env.seconds("LOOK_UP_FIRST_SECONDS", 10)
LOOK_UP_AGAIN_SECONDS = env.seconds("LOOK_UP_AGAIN_SECONDS", 60)
# How long after the first attempt a vendor's idempotency key may be used again.
SAME_KEY_SECONDS = env.seconds("SAME_KEY_SECONDS", 20 * 3600)
EMAIL_TIMEOUT = VENDOR_TIMEOUT_SECONDS
ANYMAIL = {"REQUESTS_TIMEOUT": (VENDOR_CONNECT_SECONDS, VENDOR_TIMEOUT_SECONDS), **ANYMAIL}
# Days after each declined attempt at which AutoPay tries again; after the last it gives up.
AUTOPAY_RETRY_DAYS = env.days("AUTOPAY_RETRY_DAYS", "3,5,7")

# ── Queue ───────────────────────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
_QUEUE_DIR = DATA_DIR / "queue"
if CELERY_BROKER_URL == "filesystem://":
    for _folder in (_QUEUE_DIR, _QUEUE_DIR / "messages", _QUEUE_DIR / "control"):
        # Who can read the folder can read the messages.
        _folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_QUEUE_DIR / "messages"),
        "data_folder_out": str(_QUEUE_DIR / "messages"),
        "control_folder": str(_QUEUE_DIR / "control"),
        "polling_interval": 0.2,
    }
elif urlsplit(CELERY_BROKER_URL).scheme in ("redis", "rediss", "redis+socket"):
    # Longer than any unit of work by far: Redis hands a message out again after it.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
        # Lets several installations share one Redis.
        "global_keyprefix": env.text("QUEUE_PREFIX"),
    }
else:
    raise ImproperlyConfigured("CELERY_BROKER_URL must begin with redis://, rediss:// or be filesystem://.")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_EAGER_RESULT = False
# A broker that is down must not hold up a request: the sweep finds the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = env.whole("WORK_HARD_LIMIT_SECONDS", 60, least=1)
CELERY_TASK_SOFT_TIME_LIMIT = max(1, CELERY_TASK_TIME_LIMIT * 5 // 6)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# ── Logs ────────────────────────────────────────────────────────────────────────────────────────────────
LOG_FORM = env.choice("LOG_FORM", ("json", "console"), "json")
LOG_LEVEL = env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOGGING = logging_config(form=LOG_FORM, level=LOG_LEVEL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO  # a refusal is an answer, not a fault of ours
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = True
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # config.api.middleware.RequestId has checked it
