"""Whose key it is: the client with its actor, found by a key or by a token made with one; and a body's own clients.

A key is looked for under a scope of its own, in one plain statement.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from sakha.access.models import Client as ClientRow
from sakha.access.queries.scope import acting
from sakha.access.rules import SIGN_IN, Actor, OrganisationKind, organisation_standing, permissions_of, scope_of
from sakha.access.rules.clients import (
    TOKEN_LIVES,
    Client,
    ClientLevel,
    ClientPurpose,
    ClientScope,
    ClientStatus,
    digest_secret,
    permissions_of_scopes,
    role_of_client,
)
from sakha.access.rules.organisations import WITHHELD_PERMISSIONS, WITHHELD_SENTENCES, Standing
from sakha.vocabulary.refusal import Refusal

_SELECT: Final = (
    "SELECT client.id, client.public_id, key.id, client.name, client.purposes, client.scopes, client.level,"
    " client.status, client.is_sandbox, client.minute_limit, client.day_limit, client.certificate_fingerprint,"
    " body.id, body.kind, body.name, body.province, body.county, body.approved_at, body.suspended_at,"
    " body.licence_valid_until"
    " FROM access_client_key AS key JOIN access_client AS client ON client.id = key.client_id"
    " JOIN access_organisation AS body ON body.id = client.organisation_id"
    " WHERE key.revoked_at IS NULL AND key.expires_at > %s AND "
)
_BY_DIGEST: Final = f"{_SELECT} key.secret_digest = %s"
_BY_ID: Final = f"{_SELECT} key.id = %s"
_WITHHELD: Final = "این برنامه اجازهٔ این کار را ندارد."
_ALGORITHM: Final = "HS256"


class ClientUnknown(Refusal):
    """No client or key has this id, or the actor may not see it."""

    code: ClassVar[str] = "CLIENT_UNKNOWN"
    sentence: ClassVar[str] = "این برنامه یا کلید پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key on its client's page: never its letters."""

    id: int
    prefix: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """A client on the page of its organisation."""

    id: int
    public_id: str
    name: str
    organisation_id: int
    organisation_name: str
    purposes: tuple[ClientPurpose, ...]
    scopes: tuple[ClientScope, ...]
    level: ClientLevel
    status: ClientStatus
    is_sandbox: bool
    minute_limit: int
    day_limit: int
    has_certificate: bool
    keys: tuple[KeyLine, ...]


def find_client_by_key(secret: str, *, at: datetime) -> Client | None:
    """The client of a key that is valid now, or None. A suspended one is found too: it is told why it may nothing."""
    return _find(_BY_DIGEST, digest_secret(secret), at)


def make_client_token(client: Client, *, at: datetime, scopes: frozenset[ClientScope]) -> str:
    """A signed token that lives for minutes. It names the key, so that taking the key back ends it."""
    claims = {
        "iss": "sakha",
        "sub": client.public_id,
        "key": client.key_id,
        "scope": " ".join(sorted(scope.value for scope in scopes & client.scopes)),
        "iat": int(at.timestamp()),
        "exp": int((at + TOKEN_LIVES).timestamp()),
    }
    return jwt.encode({"alg": _ALGORITHM, "typ": "at+jwt"}, claims, _signing_key())


def find_client_by_token(token: str, *, at: datetime) -> Client | None:
    """The client of a token that is valid now, with the token's scopes, or None."""
    try:
        claims = jwt.decode(token, _signing_key(), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError):
        return None
    if claims.get("iss") != "sakha" or datetime.fromtimestamp(int(claims["exp"]), UTC) <= at:
        return None
    scopes = frozenset(ClientScope(word) for word in str(claims["scope"]).split())
    return _find(_BY_ID, int(claims["key"]), at, scopes)


def clients_of(*, actor: Actor, limit: int = 50, after: int = 0) -> tuple[ClientCard, ...]:
    """The clients that the actor may see, with their keys, behind the one of this number."""
    with acting(actor):
        rows = ClientRow.objects.select_related("organisation").prefetch_related("keys").filter(id__gt=after)
        return tuple(_card(row) for row in rows.order_by("id")[:limit])


def get_client(*, actor: Actor, client_id: int) -> ClientCard:
    """One client. Raises: ClientUnknown."""
    with acting(actor):
        row = ClientRow.objects.select_related("organisation").prefetch_related("keys").filter(id=client_id).first()
        if row is None:
            raise ClientUnknown(field="client_id")
        return _card(row)


def _card(row: ClientRow) -> ClientCard:
    keys = sorted(row.keys.all(), key=lambda one: one.pk, reverse=True)
    return ClientCard(
        id=row.pk,
        public_id=row.public_id,
        name=row.name,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        purposes=tuple(ClientPurpose(one) for one in row.purposes),
        scopes=tuple(ClientScope(one) for one in row.scopes),
        level=ClientLevel(row.level),
        status=ClientStatus(row.status),
        is_sandbox=row.is_sandbox,
        minute_limit=row.minute_limit,
        day_limit=row.day_limit,
        has_certificate=bool(row.certificate_fingerprint),
        keys=tuple(
            KeyLine(
                id=key.pk,
                prefix=key.prefix,
                created_at=key.created_at,
                expires_at=key.expires_at,
                revoked_at=key.revoked_at,
            )
            for key in keys
        ),
    )


def _signing_key() -> OctKey:
    return OctKey.import_key(salted_hmac("sakha.access.client_token", "", algorithm="sha256").digest())


def _find(
    statement: str, value: bytes | int, at: datetime, scopes: frozenset[ClientScope] | None = None
) -> Client | None:
    with acting(SIGN_IN), connection.cursor() as cursor:
        cursor.execute(statement, [at, value])
        row = cursor.fetchone()
    return None if row is None else _client(row, at, scopes)


def _client(row: tuple[Any, ...], at: datetime, scopes: frozenset[ClientScope] | None) -> Client:
    own = frozenset(ClientScope(one) for one in row[5])
    scopes = own if scopes is None else own & scopes
    return Client(
        id=row[0],
        public_id=row[1],
        key_id=row[2],
        name=row[3],
        actor=_actor(row, at, scopes),
        purposes=frozenset(ClientPurpose(one) for one in row[4]),
        scopes=scopes,
        level=ClientLevel(row[6]),
        status=ClientStatus(row[7]),
        is_sandbox=row[8],
        minute_limit=row[9],
        day_limit=row[10],
        certificate_fingerprint=row[11],
    )


def _actor(row: tuple[Any, ...], at: datetime, scopes: frozenset[ClientScope]) -> Actor:
    organisation_id, kind, name, province, county, approved_at, suspended_at, valid_until = row[12:]
    standing = organisation_standing(
        approved_at=approved_at,
        suspended_at=suspended_at,
        licence_valid_until=valid_until,
        on=timezone.localdate(at),
    )
    role = role_of_client(OrganisationKind(kind))
    withheld = permissions_of(role) - permissions_of_scopes(scopes)
    if standing is not Standing.GOOD:
        withheld |= WITHHELD_PERMISSIONS
    return Actor(
        user_id=None,
        organisation_id=organisation_id,
        role=role,
        scope=scope_of(role),
        province=province,
        county=county,
        display_name=row[3],
        organisation_name=name,
        withheld=withheld,
        withheld_because=WITHHELD_SENTENCES[standing] or _WITHHELD,
    )
