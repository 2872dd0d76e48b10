"""The only settings file. Every value that differs between hosts is read from the environment
(or a `.env` file) and documented in `.env.example`."""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def required(name, read, what):
    """Reads a variable that production cannot start without."""
    value = read(name, default=None)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. {what} Set it in the environment or in .env "
            "(see .env.example), or set DEBUG=True on your own machine."
        )
    return value


TESTING = "pytest" in sys.modules
DEBUG = env.bool("DEBUG", default=TESTING)

if DEBUG:
    SECRET_KEY = env.str("SECRET_KEY", default="for-development-only-" + "x" * 40)
    ALLOWED_HOSTS = env.list(
        "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]
    )
else:
    SECRET_KEY = required(
        "SECRET_KEY", env.str, "It signs sessions and must be long, random and private."
    )
    ALLOWED_HOSTS = required(
        "ALLOWED_HOSTS", env.list, "It lists the host names the portal answers to."
    )

# For links in texts and mails, which are written where no request tells the address.
SITE_URL = env.str(
    "SITE_URL",
    default=f"http://127.0.0.1:{env.str('PORT', default='8000')}"
    if DEBUG
    else f"https://{ALLOWED_HOSTS[0]}",
).rstrip("/")

INSTALLED_APPS = [
    "umkm_portal",
    "umkm_portal.accounts",
    "umkm_portal.outbox",
    "businesses",
    "missions",
    "missions.meetings",
    "missions.deals",
    "missions.publication",
    "umkm_portal.accounts.apps.OfficialSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "umkm_portal.middleware.refuse_nul",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "umkm_portal.middleware.refuse_large_requests",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "umkm_portal.urls"
WSGI_APPLICATION = "umkm_portal.wsgi.application"

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
            ],
        },
    },
]

# Database: SQLite beside manage.py unless DATABASE_URL names PostgreSQL.
DATABASES = {
    "default": env.db(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'portal.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A write lock taken at BEGIN cannot fail half-way through a transaction.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # Without recursive triggers REPLACE would get past the triggers of append-only tables.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
        ),
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": env.int("DATABASE_POOL_MIN", default=1),
        "max_size": env.int("DATABASE_POOL_MAX", default=8),
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": env.cache("CACHE_URL", default="locmemcache://?max_entries=100000")
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["umkm_portal.accounts.backends.OfficialBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if TESTING:
    # A hash that is slow on purpose would be half of the test run.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_start"
LOGOUT_REDIRECT_URL = "publication:home"

# Signing up and in: by phone or e-mail, with a code or a password. "email*" only satisfies
# allauth's check: its form is replaced by one that takes either (umkm_portal/accounts/forms.py).
ACCOUNT_ADAPTER = "umkm_portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1"]
ACCOUNT_FORMS = {
    "signup": "umkm_portal.accounts.forms.SignupForm",
    "login": "umkm_portal.accounts.forms.LoginForm",
    "confirm_login_code": "umkm_portal.accounts.forms.LoginCodeForm",
    "confirm_email_verification_code": "umkm_portal.accounts.forms.EmailCodeForm",
    "set_password": "umkm_portal.accounts.forms.ChoosePasswordForm",
    "change_password": "umkm_portal.accounts.forms.ChangePasswordForm",
    "verify_phone": "umkm_portal.accounts.forms.PhoneCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Portal Misi Dagang] "
# Many phones share one address of their network, and all of a registration day one wifi.
ACCOUNT_RATE_LIMITS = {
    "signup": "60/m/ip,1000/d/ip",
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "request_login_code": "60/m/ip",
    "verify_phone": "60/m/ip",
    "confirm_email": "60/m/ip",
    # Ours: umkm_portal/accounts/limits.py. The shortest first, for a refused one still counts
    # for those before it.
    "code": "1/m/key,10/h/key",
    "code_from_address": "1/m/key,5/h/key,15/d/key",
    "code_in_known_browser": "1/m/key,10/h/key",
    "change_phone": "5/10m/user",
    "manage_email": "10/10m/user",
}
# The second step: an authenticator app, a passkey, or a recovery code.
MFA_ADAPTER = "umkm_portal.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "umkm_portal.accounts.forms.SecondStepForm",
    "authenticate_webauthn": "umkm_portal.accounts.forms.PasskeyStepForm",
    "login_webauthn": "umkm_portal.accounts.forms.PasskeyLoginForm",
    "activate_totp": "umkm_portal.accounts.forms.AuthenticatorAppForm",
    "add_webauthn": "umkm_portal.accounts.forms.PasskeyForm",
    "edit_webauthn": "umkm_portal.accounts.forms.PasskeyNameForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Portal Misi Dagang"
MFA_TOTP_TOLERANCE = 1
# What must be proven before anything changes is said once, in umkm_portal/accounts/access.py.
MFA_REAUTHENTICATION_REQUIRED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True
if DEBUG and not TESTING:
    MFA_TOTP_INSECURE_BYPASS_CODE = "000000"

# Language, time and numbers
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "umkm_portal" / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["umkm_portal.formats"]

# Static files
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
HASHED_STATIC = not DEBUG and not TESTING
# Files that people send. No web server may serve either folder: see umkm_portal/uploads.
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "media")
PRIVATE_ROOT = env.path("PRIVATE_ROOT", default=BASE_DIR / "private")
ON_DISK = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": env.json(
        "PHOTO_STORAGE",
        default={
            "BACKEND": ON_DISK,
            "OPTIONS": {"location": MEDIA_ROOT, "base_url": "/"},
        },
    ),
    "private": env.json(
        "PRIVATE_STORAGE",
        default={
            "BACKEND": ON_DISK,
            "OPTIONS": {
                "location": PRIVATE_ROOT,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        },
    ),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
if TESTING:
    in_memory = "django.core.files.storage.InMemoryStorage"
    STORAGES |= {
        "default": {"BACKEND": in_memory, "OPTIONS": {"base_url": "/"}},
        "private": {"BACKEND": in_memory, "OPTIONS": {}},
    }
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED_STATIC

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("SMTP_HOST", default="localhost"),
            "port": env.int("SMTP_PORT", default=25),
            "username": env.str("SMTP_USER", default=""),
            "password": env.str("SMTP_PASSWORD", default=""),
            "use_tls": env.bool("SMTP_TLS", default=False),
            # A server that does not answer holds no worker for ever.
            "timeout": 30,
        },
    }
    if env.str("SMTP_HOST", default="") or not DEBUG
    else {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
}

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Portal Misi Dagang <portal@localhost>"
)

# Texts to phones, which carry one-time codes: umkm_portal/gateway.py
TEXT_GATEWAY = {
    "backend": env.str("TEXT_GATEWAY", default="console"),
    "url": env.str("TEXT_GATEWAY_URL", default=""),
    "header": env.str("TEXT_GATEWAY_HEADER", default=""),
    "body": env.str(
        "TEXT_GATEWAY_BODY", default='{"to": "{phone}", "message": "{text}"}'
    ),
    "timeout": env.int("TEXT_GATEWAY_TIMEOUT", default=10),
}

# What the task worker does every night: functions without arguments, see businesses/tasks.py
DAILY_JOBS = [
    "businesses.verification.free_nibs_without_check",
    "businesses.verification.remind_of_expiring_checks",
    "businesses.assistance.delete_expired_drafts",
    "businesses.directory.refresh_stale",
    "businesses.directory.reshelve",
    "businesses.retention.enforce_daily",
    "umkm_portal.outbox.tasks.catch_up",
    "umkm_portal.outbox.services.forget_fleeting",
    "missions.joining.promote_everywhere",
    "missions.meetings.expiry.expire_due",
    "missions.meetings.matching.end_dead_runs",
    "missions.meetings.selection.end_dead",
    "missions.meetings.matching.rescore_outdated",
    "missions.meetings.digest.tell_of_new",
]
# What has to be locked before anything of an account is deleted, that all may take it in one order:
# functions of its businesses
LOCKED_BEFORE_AN_ACCOUNT_ENDS = ["missions.locking.lock_missions_of"]
# What happens to a business's affairs before it is closed or deleted: functions of a business
BEFORE_A_BUSINESS_ENDS = [
    "missions.joining.leave_all",
    "missions.meetings.rights.forget",
    "missions.rights.forget",
]
# What of a business outlives it, without its name: others rely on it
KEPT_OF_A_BUSINESS = ["missions.participation"]
# What happens before an accepted participant leaves a mission or is turned away: functions of
# (participation, *, reason, actor)
BEFORE_A_PARTICIPATION_ENDS = ["missions.meetings.requests.end_all_of"]
# Rooms that keep personal data beside what businesses/personal_data.py knows: see there
PERSONAL_DATA = ["missions.personal_data", "missions.meetings.personal_data"]
# Lists of how long other rooms keep what, see businesses/retention.py
RETENTION_PERIODS = [
    "missions.retention.PERIODS",
    "missions.meetings.retention.PERIODS",
]
# More advice for the owner's dashboard: functions of a business, see businesses/next_steps.py
NEXT_STEPS = [
    "missions.meetings.next_steps.next_steps",
    "missions.next_steps.next_steps",
]
# More of what an organiser has to do for a mission: functions of it, see missions/todo.py
TODOS_OF_A_MISSION = ["missions.meetings.todo.todos"]
# What else waits for an official: functions of a user, see businesses/waiting.py
WAITING_FOR_OFFICIALS = ["missions.waiting.applications"]

# Privacy: how to reach the data protection officer (UU 27/2022, article 53)
DPO_CONTACT = env.str("DPO_CONTACT", default="")

# Security
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
PERMISSIONS_POLICY = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
} | {f"publickey-credentials-{action}": ["self"] for action in ("create", "get")}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# HTTPS=False serves production settings over plain http: behind a tunnel, or in browser tests.
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sehat/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Else everybody would have the proxy's address, and share its limits.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# What a request may carry
MAX_REQUEST_BYTES = 25 * 1024**2
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Larger ones wait in a temporary file, which Django deletes when the request ends.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024**2

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It reports every flaw of every file that somebody sends.
    "loggers": {"pypdf": {"level": "CRITICAL"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="INFO"),
    },
}
