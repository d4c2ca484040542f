"""Admitting clients, giving and taking back their keys, stopping them for a while."""

import secrets
from datetime import datetime
from typing import ClassVar

import structlog
from django.db import IntegrityError, transaction

from sakha.access.actions.log import record_access
from sakha.access.models import Client, ClientKey
from sakha.access.queries.clients import ClientUnknown
from sakha.access.queries.scope import acting
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.clients import (
    KEY_LIVES,
    ClientStatus,
    NewClient,
    NewKey,
    SandboxMixed,
    digest_secret,
    draw_secret,
    require_client,
)
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal

KEYS_MAX = 4  # the present one, its follower, and one more of each for two places of work
_log = structlog.get_logger()


class TooManyKeys(Refusal):
    """The client has as many valid keys as it may have."""

    code: ClassVar[str] = "TOO_MANY_KEYS"
    sentence: ClassVar[str] = "این برنامه چهار کلید معتبر دارد. نخست یکی را باطل کنید."


def issue_client(*, actor: Actor, at: datetime, client: NewClient) -> int:
    """Admit a client of an organisation and return its id; it has no key yet.

    Raises: PermissionMissing, ClientInvalid, SandboxMixed (the organisation has clients of the other kind).
    """
    actor.require(Permission.ADMIT_CLIENT)
    require_client(client)
    try:
        with acting(actor), transaction.atomic():
            row = Client.objects.create(
                organisation_id=client.organisation_id,
                public_id=f"sakha-{secrets.token_hex(6)}",
                name=clean_text(client.name),
                purposes=sorted(one.value for one in set(client.purposes)),
                scopes=sorted(one.value for one in set(client.scopes)),
                level=client.level.value,
                is_sandbox=client.is_sandbox,
                minute_limit=client.minute_limit,
                day_limit=client.day_limit,
                certificate_fingerprint=client.certificate_fingerprint,
                created_at=at,
            )
            _record(actor, at, f"پذیرش برنامهٔ {row.pk}")
    except IntegrityError as error:
        raise SandboxMixed(field="organisation_id") from error
    return row.pk


def issue_client_key(*, actor: Actor, at: datetime, client_id: int) -> NewKey:
    """Draw a key. Only its digest is kept: whoever loses the letters asks for another.

    Raises: PermissionMissing, ClientUnknown, TooManyKeys.
    """
    actor.require(Permission.KEEP_CLIENT_KEYS)
    with acting(actor):
        client = Client.objects.filter(id=client_id).first()
        if client is None:
            raise ClientUnknown(field="client_id")
        if ClientKey.objects.filter(client=client, revoked_at__isnull=True, expires_at__gt=at).count() >= KEYS_MAX:
            raise TooManyKeys
        prefix, secret = draw_secret(is_sandbox=client.is_sandbox)
        key = ClientKey.objects.create(
            client=client,
            prefix=prefix,
            secret_digest=digest_secret(secret),
            created_at=at,
            expires_at=at + KEY_LIVES,
        )
        _record(actor, at, f"کلید تازه برای برنامهٔ {client_id}")
    _log.info("client_key_issued", client_id=client_id, key_id=key.pk, by=actor.user_id)
    return NewKey(id=key.pk, secret=secret, expires_at=key.expires_at)


def revoke_client_key(*, actor: Actor, at: datetime, key_id: int) -> None:
    """Take a key back: from now on it opens nothing, nor do the tokens made with it. Repeating changes nothing.

    Raises: PermissionMissing, ClientUnknown.
    """
    actor.require(Permission.KEEP_CLIENT_KEYS)
    with acting(actor):
        if not ClientKey.objects.filter(id=key_id).exists():
            raise ClientUnknown(field="key_id")
        if ClientKey.objects.filter(id=key_id, revoked_at__isnull=True).update(revoked_at=at):
            _record(actor, at, f"ابطال کلید {key_id} برنامه")
            _log.info("client_key_revoked", key_id=key_id, by=actor.user_id)


def suspend_client(*, actor: Actor, at: datetime, client_id: int) -> None:
    """Let a client call nothing until it is resumed; its keys stay. Raises: PermissionMissing, ClientUnknown."""
    _change(actor, at, client_id, f"توقف برنامهٔ {client_id}", status=ClientStatus.SUSPENDED.value, suspended_at=at)


def resume_client(*, actor: Actor, at: datetime, client_id: int) -> None:
    """End a suspension. Raises: PermissionMissing, ClientUnknown."""
    _change(actor, at, client_id, f"ادامهٔ برنامهٔ {client_id}", status=ClientStatus.ACTIVE.value, suspended_at=None)


def _change(actor: Actor, at: datetime, client_id: int, purpose: str, **values: object) -> None:
    actor.require(Permission.ADMIT_CLIENT)
    with acting(actor):
        if not Client.objects.filter(id=client_id).update(**values):
            raise ClientUnknown(field="client_id")
        _record(actor, at, purpose)


def _record(actor: Actor, at: datetime, purpose: str) -> None:
    record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=None, purpose=purpose, person_count=0)
