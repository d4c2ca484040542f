"""What a program of an organisation may ask: scopes, purposes, levels, limits; and how its keys look.

Decides which permissions a client's actor keeps and which fields its level shows; who may admit one is a permission.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from hashlib import sha256
from typing import ClassVar, Final

from sakha.access.rules.actor import Actor
from sakha.access.rules.organisations import OrganisationKind
from sakha.access.rules.roles import Permission, Role
from sakha.vocabulary.refusal import Refusal

SIMULATED_PREFIX: Final = "999"
SECRET_BYTES: Final = 32
TOKEN_LIVES: Final = timedelta(minutes=15)
KEY_LIVES: Final = timedelta(days=365)
MINUTE_LIMIT: Final = 600
DAY_LIMIT: Final = 200_000
_FINGERPRINT_LENGTH: Final = 64  # of SHA-256 in hexadecimal


class ClientScope(StrEnum):
    """What a client may call. A token may carry fewer than the client has, never more."""

    REGISTER_WRITE = "register.write"
    HOUSEHOLD_READ = "household.read"
    AID_CHECK = "aid.check"
    AID_HOLD = "aid.hold"
    NEEDS_READ = "needs.read"
    COVERAGE_WRITE = "coverage.write"
    REFERRAL_READ = "referral.read"
    REFERRAL_WRITE = "referral.write"
    EVIDENCE_WRITE = "evidence.write"
    REGISTRY_SEARCH = "registry.search"
    REGISTRY_SUBSCRIBE = "registry.subscribe"
    REGISTRY_ENROLLED = "registry.enrolled"


class ClientPurpose(StrEnum):
    """What for a client asks: every request is written down with one of its client's purposes."""

    AID = "AID"
    SERVICE = "SERVICE"
    COVERAGE = "COVERAGE"


class ClientLevel(IntEnum):
    """How much an answer shows: the verdict alone; open needs too; the household's file too."""

    VERDICT = 1
    NEEDS = 2
    FILE = 3


class ClientStatus(StrEnum):
    """A suspended client keeps its keys and may call nothing."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


PURPOSE_SENTENCES: Final[Mapping[ClientPurpose, str]] = {
    ClientPurpose.AID: "پیش از کمک",
    ClientPurpose.SERVICE: "برای ارائهٔ خدمت",
    ClientPurpose.COVERAGE: "برای اعلام پوشش",
}
SCOPES_OF_PURPOSE: Final[Mapping[ClientPurpose, frozenset[ClientScope]]] = {
    ClientPurpose.AID: frozenset(ClientScope),
    ClientPurpose.SERVICE: frozenset(ClientScope) - {ClientScope.AID_HOLD},
    ClientPurpose.COVERAGE: frozenset(
        {
            ClientScope.REGISTER_WRITE,
            ClientScope.COVERAGE_WRITE,
            ClientScope.EVIDENCE_WRITE,
            ClientScope.HOUSEHOLD_READ,
            ClientScope.REGISTRY_ENROLLED,
        }
    ),
}
_PERMISSIONS: Final[Mapping[ClientScope, frozenset[Permission]]] = {
    ClientScope.REGISTER_WRITE: frozenset({Permission.WRITE_HOUSEHOLD}),
    ClientScope.HOUSEHOLD_READ: frozenset({Permission.READ_HOUSEHOLD}),
    ClientScope.AID_CHECK: frozenset({Permission.CHECK_AID}),
    ClientScope.AID_HOLD: frozenset({Permission.CHECK_AID, Permission.HOLD_AID, Permission.DELIVER_AID}),
    ClientScope.NEEDS_READ: frozenset({Permission.READ_HOUSEHOLD}),
    ClientScope.COVERAGE_WRITE: frozenset({Permission.IMPORT_FILE, Permission.WRITE_HOUSEHOLD}),
    ClientScope.REFERRAL_READ: frozenset({Permission.READ_HOUSEHOLD}),
    ClientScope.REFERRAL_WRITE: frozenset({Permission.READ_HOUSEHOLD, Permission.WRITE_HOUSEHOLD, Permission.HOLD_AID}),
    ClientScope.EVIDENCE_WRITE: frozenset({Permission.READ_HOUSEHOLD, Permission.WRITE_HOUSEHOLD}),
    ClientScope.REGISTRY_SEARCH: frozenset({Permission.CHECK_AID, Permission.READ_HOUSEHOLD}),
    ClientScope.REGISTRY_SUBSCRIBE: frozenset({Permission.READ_HOUSEHOLD}),
    ClientScope.REGISTRY_ENROLLED: frozenset({Permission.CHECK_AID}),
}


class ClientInvalid(Refusal):
    """What was told of a client does not go together."""

    code: ClassVar[str] = "CLIENT_INVALID"
    sentence: ClassVar[str] = "این برنامه را نمی‌شود چنین ثبت کرد: {reason}"


class ScopeMissing(Refusal):
    """The client, its token or the purpose named does not include this call."""

    code: ClassVar[str] = "SCOPE_MISSING"
    sentence: ClassVar[str] = "این برنامه اجازهٔ این درخواست را ندارد: {scope}"


class PurposeMissing(Refusal):
    """The request names a purpose that the client was not admitted for, or names none of several."""

    code: ClassVar[str] = "PURPOSE_MISSING"
    sentence: ClassVar[str] = "هدف درخواست را با سرآیند Sakha-Purpose بگویید؛ باید از هدف‌های همین برنامه باشد."


class LevelMissing(Refusal):
    """The client's level does not show what was asked for."""

    code: ClassVar[str] = "LEVEL_MISSING"
    sentence: ClassVar[str] = "سطح دسترسی این برنامه برای این پاسخ کافی نیست."


class SandboxMixed(Refusal):
    """A sandbox asked for a real person, or a live client for a simulated one."""

    code: ClassVar[str] = "SANDBOX_MIXED"
    sentence: ClassVar[str] = (
        "برنامهٔ آزمایشی تنها با شناسه‌های ساختگی (۹۹۹…) کار می‌کند و برنامهٔ اصلی تنها با شناسه‌های واقعی."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client as it is admitted. A fingerprint binds it to one TLS certificate (SHA-256, hexadecimal)."""

    organisation_id: int
    name: str
    purposes: Collection[ClientPurpose] = (ClientPurpose.AID,)
    scopes: Collection[ClientScope] = (ClientScope.AID_CHECK,)
    level: ClientLevel = ClientLevel.VERDICT
    is_sandbox: bool = False
    minute_limit: int = MINUTE_LIMIT
    day_limit: int = DAY_LIMIT
    certificate_fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client at work: who it is, what it may, and the actor under which the database works for it."""

    id: int
    public_id: str
    key_id: int
    name: str
    actor: Actor
    purposes: frozenset[ClientPurpose]
    scopes: frozenset[ClientScope]
    level: ClientLevel
    status: ClientStatus
    is_sandbox: bool
    minute_limit: int
    day_limit: int
    certificate_fingerprint: str

    @property
    def is_active(self) -> bool:
        """Whether it may call anything now."""
        return self.status is ClientStatus.ACTIVE

    def require_scope(self, scope: ClientScope) -> None:
        """Refuse a call outside of the scopes."""
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope.value)

    def require_level(self, level: ClientLevel) -> None:
        """Refuse a call whose answer needs a higher level."""
        if self.level < level:
            raise LevelMissing

    def require_purpose(self, named: str, scope: ClientScope) -> ClientPurpose:
        """The purpose of this request: the one named, or the only one there is; it must include the scope."""
        purposes = [one for one in self.purposes if one.value == named] if named else list(self.purposes)
        if len(purposes) != 1 or scope not in SCOPES_OF_PURPOSE[purposes[0]]:
            raise PurposeMissing(field="Sakha-Purpose")
        return purposes[0]

    def require_person(self, identifier: str, *, is_demonstration: bool) -> None:
        """Keep simulated and real people apart. A demonstration has simulated people only."""
        is_simulated = identifier.startswith(SIMULATED_PREFIX)
        if is_simulated is not self.is_sandbox and not (is_demonstration and is_simulated):
            raise SandboxMixed(field="national_id")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key when it is made: the only time that its letters are shown."""

    id: int
    secret: str
    expires_at: datetime


def role_of_client(kind: OrganisationKind) -> Role:
    """A charity's program sees what its staff sees; any other body's what an agency sees: its own records."""
    is_charity = kind in {OrganisationKind.CHARITY, OrganisationKind.CHARITY_CENTRE}
    return Role.CHARITY_STAFF if is_charity else Role.AGENCY_STAFF


def permissions_of_scopes(scopes: Collection[ClientScope]) -> frozenset[Permission]:
    """What the scopes allow; the standing of the organisation may take some of it away."""
    return frozenset(permission for scope in scopes for permission in _PERMISSIONS[scope])


def draw_secret(*, is_sandbox: bool) -> tuple[str, str]:
    """Draw a key: its shown beginning and the whole. The word in it lets scanners of source code find leaked keys."""
    shown = f"sakha_{'test' if is_sandbox else 'live'}_{secrets.token_hex(4)}"
    return shown, f"{shown}_{secrets.token_urlsafe(SECRET_BYTES)}"


def digest_secret(secret: str) -> bytes:
    """What is kept of a key. It has 256 random bits: nothing slower than a plain hash is needed."""
    return sha256(secret.encode()).digest()


def require_client(new: NewClient) -> None:
    """Refuse what does not go together."""
    if not new.purposes or not new.scopes:
        raise ClientInvalid(field="scopes", reason="دست‌کم یک هدف و یک دسترسی لازم است.")
    allowed = {scope for purpose in new.purposes for scope in SCOPES_OF_PURPOSE[purpose]}
    if not set(new.scopes) <= allowed:
        raise ClientInvalid(field="scopes", reason="هدف‌ها این دسترسی‌ها را در بر ندارند.")
    if not 0 < new.minute_limit <= new.day_limit:
        raise ClientInvalid(field="minute_limit", reason="سقف دقیقه باید از سقف روز کمتر باشد.")
    fingerprint = new.certificate_fingerprint
    if fingerprint and (len(fingerprint) != _FINGERPRINT_LENGTH or set(fingerprint) - set("0123456789abcdef")):
        raise ClientInvalid(field="certificate_fingerprint", reason="اثر انگشت گواهی باید SHA-256 به هگزادسیمال باشد.")
