"""Settings: read from the environment, typed, refused at start with a sentence when wrong.

Decides nothing at run time. Safe for production by default; `sakha demo` and `sakha serve` on the embedded
database relax what a laptop needs. Every variable is explained in docs/settings.md (a test compares).
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from csp.constants import NONE, SELF
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sakha.access.rules.redaction import redact_event

SECRET_KEY_LENGTH_MIN = 40


class SmsGateway(StrEnum):
    """Where SMS go: OUTBOX keeps them in the database for operators to see, KAVENEGAR and SMPP send them."""

    OUTBOX = "outbox"
    KAVENEGAR = "kavenegar"
    SMPP = "smpp"


class Settings(BaseSettings):
    """One field a variable; the description is what docs/settings.md prints."""

    model_config = SettingsConfigDict(env_prefix="SAKHA_", extra="ignore", hide_input_in_errors=True)

    database_url: SecretStr = Field(
        validation_alias="DATABASE_URL", description="PostgreSQL as the application's role (postgresql://…)."
    )
    database_owner_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="DATABASE_OWNER_URL",
        description="The same database as its owner; only `sakha migrate` needs it. Never give it to the web process.",
    )
    database_pool_size: int = Field(default=16, ge=1, le=200, description="Connections a web process may hold at most.")
    home: Path = Field(
        default=Path(".sakha"), description="Folder for what an installation makes: assets, embedded database."
    )
    secret_key: SecretStr = Field(description="Signs sessions and forms; at least 40 characters.")
    keys: SecretStr = Field(default=SecretStr(""), description="The key ring as text (see docs/security.md), or empty.")
    keys_file: Path | None = Field(
        default=None, description="File with the key ring, readable by the application alone."
    )
    hosts: str = Field(
        default="localhost,127.0.0.1,[::1]", description="Names under which the site answers, with commas."
    )
    insecure_http: bool = Field(
        default=False, description="true only on a laptop without TLS: cookies travel without the Secure mark."
    )
    proxy_header: bool = Field(
        default=False, description="true behind a proxy that sets X-Forwarded-Proto itself and drops a client's."
    )
    session_hours: int = Field(default=9, ge=1, le=72, description="Hours until a signed-in session ends.")
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token that /metrics asks for; empty: /metrics answers to this host only.",
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )
    is_demonstration: bool = Field(default=False, description="true shows on every page that its people are simulated.")
    map_shapes: Path | None = Field(
        default=None, description="GeoJSON of the provinces' shapes for wide screens; empty: tiles alone."
    )
    sms_gateway: SmsGateway = Field(
        default=SmsGateway.OUTBOX, description="outbox (kept for operators), kavenegar or smpp."
    )
    sms_sender: str = Field(default="", description="Line number from which SMS are sent.")
    kavenegar_url: str = Field(default="https://api.kavenegar.com", description="Address of the Kavenegar interface.")
    kavenegar_key: SecretStr = Field(
        default=SecretStr(""), description="Kavenegar's API key; needed with sms_gateway=kavenegar."
    )
    smpp_address: str = Field(
        default="", description="Host and port of the SMPP server (host:2775); needed with sms_gateway=smpp."
    )
    smpp_system_id: str = Field(default="", description="Account at the SMPP server.")
    smpp_password: SecretStr = Field(default=SecretStr(""), description="Its password, at most eight letters.")
    smpp_tls: bool = Field(default=True, description="false only on a private line: texts travel in the open without.")
    smpp_payload: bool = Field(
        default=False, description="true sends long texts as message_payload instead of parts with a header."
    )
    sms_a_second: float = Field(default=0, ge=0, description="Parts a second that the contract allows; 0: no limit.")
    sms_part_rial: int = Field(default=0, ge=0, description="Price of one part in rials, for forecasts of campaigns.")
    sms_address: str = Field(
        default="", description="Address that texts name, as people type it; empty: the first of SAKHA_HOSTS."
    )
    sms_callback_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Part of the address to which Kavenegar brings texts and deliveries; empty: that door is closed.",
    )
    extract: Path | None = Field(
        default=None, description="Newest welfare extract, a Parquet file or folder; searched again when it is newer."
    )
    extract_deciles: int = Field(default=3, ge=1, le=10, description="Deciles that the standing search looks for.")

    zarinpal_url: str = Field(
        default="https://payment.zarinpal.com", description="Address of the payment gateway (docs/giving.md)."
    )
    zarinpal_merchant: SecretStr = Field(
        default=SecretStr(""), description="Merchant id at the payment gateway; empty: no gifts are taken."
    )
    zarinpal_refunds: bool = Field(
        default=False, description="true where the payment gateway takes refunds by refund.json, as the sandbox does."
    )
    zarinpal_statements: bool = Field(
        default=False,
        description="true where the payment gateway tells its books by statement.json, as the sandbox does.",
    )

    giver_verified_rial: int = Field(
        default=2_000_000_000,
        ge=0,
        description="Most rials of one gift by a person whose identity banks verified (docs/giving.md).",
    )

    client_certificate_header: str = Field(
        default="",
        description="Header in which the proxy tells a client's certificate or its SHA-256 (docs/api.md); empty: none.",
    )
    client_proxies: str = Field(
        default="127.0.0.1,::1", description="Addresses or networks of the proxies whose header counts, with commas."
    )

    banks: Path | None = Field(
        default=None, description="File that names the national data banks and their keys (docs/databanks.md)."
    )

    exchange_name: str = Field(
        default="sakha", pattern="^[A-Za-z0-9._-]{1,60}$", description="Name under which messages to partners are sent."
    )
    exchange_hosts: str = Field(
        default="",
        description="Hosts that may be answered at inner addresses or without TLS, with commas; empty: none.",
    )

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SECRET_KEY_LENGTH_MIN:
            raise ValueError(f"needs at least {SECRET_KEY_LENGTH_MIN} characters")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if urlsplit(value.get_secret_value()).scheme not in {"postgresql", "postgres"}:
            raise ValueError("must begin with postgresql://")
        return value

    def keys_text(self) -> str:
        """Text of the key ring, from the environment or its file."""
        if self.keys.get_secret_value():
            return self.keys.get_secret_value()
        if self.keys_file and self.keys_file.exists():
            return self.keys_file.read_text()
        return ""


def _read_settings() -> Settings:
    try:
        settings = Settings()  # type: ignore[call-arg]  # filled from the environment
    except ValidationError as error:
        lines = [f"  {'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        sys.exit("Sakha can't start, settings are wrong (docs/settings.md):\n" + "\n".join(lines))
    problems = []
    if not settings.keys_text():
        problems.append("  SAKHA_KEYS or SAKHA_KEYS_FILE: no key ring was found; `sakha new-key` makes one")
    if settings.sms_gateway is SmsGateway.KAVENEGAR and not settings.kavenegar_key.get_secret_value():
        problems.append("  SAKHA_KAVENEGAR_KEY: needed while SAKHA_SMS_GATEWAY=kavenegar")
    if settings.sms_gateway is SmsGateway.SMPP and not settings.smpp_address.rpartition(":")[2].isdigit():
        problems.append("  SAKHA_SMPP_ADDRESS: host:port, needed while SAKHA_SMS_GATEWAY=smpp")
    if problems:
        sys.exit("Sakha can't start, settings are wrong (docs/settings.md):\n" + "\n".join(problems))
    return settings


def _connection(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": query,
    }


SAKHA = _read_settings()

SECRET_KEY = SAKHA.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in SAKHA.hosts.split(",") if host.strip()]
ROOT_URLCONF = "sakha.urls"
WSGI_APPLICATION = "sakha.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "procrastinate.contrib.django",
    "django_htmx",
    "lucide",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "sakha.access",
    "sakha.databanks",
    "sakha.registry",
    "sakha.ledger",
    "sakha.scoring",
    "sakha.coordination",
    "sakha.giving",
    "sakha.exchange",
    "sakha.observatory",
    "sakha.entrypoints.kashi",
    "sakha.entrypoints.staff_site",
    "sakha.entrypoints.confirmer_site",
    "sakha.entrypoints.household_site",
    "sakha.entrypoints.donor_site",
    "sakha.entrypoints.public_site",
]

# A worker reads them when it begins, others when they first lay a job down: most commands do neither.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    f"{app}.jobs"
    for app in INSTALLED_APPS
    if Path(__file__).parent.parent.joinpath(*app.split("."), "jobs.py").exists()
]

MIDDLEWARE = [
    "sakha.entrypoints.operations.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sakha.entrypoints.kashi.language.LanguageMiddleware",  # before those that may refuse
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sakha.entrypoints.staff_site.middleware.ActorMiddleware",
]

DATABASES = {"default": _connection(SAKHA.database_url.get_secret_value())}
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": SAKHA.database_pool_size, "timeout": 20}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "sakha.entrypoints.kashi.template_loader.KeptLoader",
                            [
                                "sakha.entrypoints.kashi.template_loader.ComponentLoader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "lucide.templatetags.lucide",
                "sakha.entrypoints.kashi.templatetags.english",
            ],
            "context_processors": [
                "django.template.context_processors.request",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets are drawn with the components too

LANGUAGE_CODE = "fa"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
SAKHA_BUILT_ASSETS = SAKHA.home.resolve() / "built"
STATIC_ROOT = SAKHA.home.resolve() / "static"
STATICFILES_DIRS = [SAKHA_BUILT_ASSETS] if SAKHA_BUILT_ASSETS.exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = SAKHA.session_hours * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not SAKHA.insecure_http
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "sakha.entrypoints.staff_site.refusals.show_form_stale"
SECURE_SSL_REDIRECT = not SAKHA.insecure_http
SECURE_HSTS_SECONDS = 0 if SAKHA.insecure_http else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not SAKHA.insecure_http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SAKHA.proxy_header else None
SECURE_REDIRECT_EXEMPT = [r"^alive$", r"^ready$", r"^metrics$"]  # asked from inside, without TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024  # a charity's largest Excel file

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": SAKHA.log_level},
    "loggers": {
        # an SMS provider's key is part of its address, and httpx logs addresses
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,  # what isn't written is not made up either
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
