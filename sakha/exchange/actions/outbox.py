"""The outbox: what waits to be sent, in line by household, and what became of each attempt.

A message is claimed in one transaction, sent outside of any, and settled in another: a receiver that is slow holds no
lock, and a worker that dies in between lets the message wait for its lease and no longer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import structlog
from django.db import connection
from procrastinate.contrib.django import app

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import KeyMissing, SealBroken, open_sealed, seal
from sakha.exchange import models
from sakha.exchange.gateways import NotSent, post_guarded
from sakha.exchange.queries.partners import find_partner, named_hosts, own_key
from sakha.exchange.rules.addresses import AddressRefused, Target, read_target
from sakha.exchange.rules.outbox import (
    LEASE,
    Channel,
    MessageState,
    is_taken,
    next_attempt_at,
    short_code,
    sign_webhook,
)
from sakha.exchange.rules.partners import sign_message
from sakha.vocabulary.message_signing import SignatureBad, canonical_of

BODY_KIND: Final = "exchange.body"
WEBHOOK_KIND: Final = "exchange.webhook"
SEND_TASK: Final = "exchange_send"
SEND_QUEUE: Final = "exchange"  # a receiver that drips must hold up nobody else's work
_log = structlog.get_logger()

# Whoever was stopped is sent nothing from that moment on; what waits goes on once it may be told again.
# Nothing overtakes within a household and receiver: whoever is earlier and still waits goes first.
_CLAIM: Final = """
UPDATE exchange_message SET next_at = %(until)s, attempt_count = attempt_count + 1 WHERE id IN (
  SELECT m.id FROM exchange_message m
   WHERE m.state = 'WAITING' AND m.next_at <= %(at)s
     AND EXISTS (SELECT 1 FROM access_client c JOIN access_organisation o ON o.id = c.organisation_id
                  WHERE c.id = m.client_id AND c.status = 'ACTIVE' AND o.suspended_at IS NULL)
     AND (m.household_id IS NULL OR NOT EXISTS (
       SELECT 1 FROM exchange_message earlier
        WHERE earlier.state = 'WAITING' AND earlier.client_id = m.client_id AND earlier.address = m.address
          AND earlier.household_id = m.household_id AND earlier.id < m.id))
   ORDER BY m.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, client_id, channel, name, address, body_sealed, webhook_id, attempt_count
"""

# Ten messages have ten seconds each at most: the lease of the last is not over before it is sent. A run of slow
# receivers ends, so that the worker's other tasks come in between; what is left goes with the next minute's run.
_AT_ONCE: Final = 10
RUN_FOR: Final = timedelta(seconds=60)

Post = Callable[[Target, bytes, Mapping[str, str]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """Something to send. `household_id` puts it in that household's line."""

    client_id: int
    organisation_id: int
    channel: Channel
    action: str
    address: str
    body: Mapping[str, Any] = field(repr=False)
    household_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is being sent."""

    id: int
    client_id: int
    channel: Channel
    name: str
    address: str
    body_sealed: bytes = field(repr=False)
    webhook_id: int | None
    attempt_count: int


def lay_out(*, actor: Actor, at: datetime, message: NewMessage) -> None:
    """Put a message into the outbox, and have it sent once this transaction stands."""
    with acting(actor):
        models.Message.objects.create(
            client_id=message.client_id,
            organisation_id=message.organisation_id,
            channel=message.channel.value,
            name=str(uuid4()),
            action=message.action,
            address=message.address,
            household_id=message.household_id,
            body_sealed=seal_body(message.body),
            created_at=at,
            next_at=at,
        )
        app.configure_task(SEND_TASK, queue=SEND_QUEUE).defer()


def seal_body(body: Mapping[str, Any]) -> bytes:
    """Seal what is sent: it may name people."""
    return seal(key_ring(), json.dumps(body, ensure_ascii=False), kind=BODY_KIND)


def send_due(*, clock: Callable[[], datetime], limit: int, post: Post = post_guarded) -> int:
    """Send what is due until nothing is, the limit or `RUN_FOR` is over; tell how many were taken."""
    sent_count, tried, began_at = 0, 0, clock()
    while tried < limit and clock() - began_at < RUN_FOR:
        claimed = _claim(clock(), min(limit - tried, _AT_ONCE))
        if not claimed:
            break
        for message in claimed:
            sent_count += _send(message, clock, post)
        tried += len(claimed)
    return sent_count


def _claim(at: datetime, limit: int) -> list[Claimed]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "until": at + LEASE, "limit": limit})
        rows = sorted(cursor.fetchall())
    return [Claimed(row[0], row[1], Channel(row[2]), row[3], row[4], bytes(row[5]), row[6], row[7]) for row in rows]


def _send(message: Claimed, clock: Callable[[], datetime], post: Post) -> bool:
    at = clock()
    try:
        target = read_target(message.address, named_hosts=named_hosts())
        body, headers = _write(message, at)
        status = post(target, body, headers)
        code, is_sent = f"HTTP {status}", is_taken(status)
    except (AddressRefused, NotSent) as refusal:
        code, is_sent = refusal.reason, False
    except (SealBroken, KeyMissing, SignatureBad) as refusal:
        code, is_sent = refusal.code, False  # it counts as an attempt: one message holds up nobody else's
    _settle(message, clock(), code=short_code(code), is_sent=is_sent)
    return is_sent


def _write(message: Claimed, at: datetime) -> tuple[bytes, Mapping[str, str]]:
    """The body as it is sent now: signatures are of the moment, so a late message is not too old."""
    ring = key_ring()
    told = json.loads(open_sealed(ring, message.body_sealed, kind=BODY_KIND))
    if message.channel is Channel.WEBHOOK:
        with acting(SYSTEM):
            sealed = models.Webhook.objects.values_list("secret_sealed", flat=True).get(id=message.webhook_id or 0)
        secret = bytes.fromhex(open_sealed(ring, bytes(sealed), kind=WEBHOOK_KIND))
        body = canonical_of(told)
        return body, sign_webhook(secret, name=message.name, at=at, body=body)
    header = {**told["header"], "message_id": message.name, "message_ts": at.isoformat()}
    practice = find_partner(client_id=message.client_id).practice
    envelope = sign_message(own_key(), header, told["message"], practice=practice, at=at)
    return json.dumps(envelope, ensure_ascii=False).encode(), {}


def _settle(message: Claimed, at: datetime, *, code: str, is_sent: bool) -> None:
    again_at = None if is_sent else next_attempt_at(message.attempt_count, at=at)
    with acting(SYSTEM):
        row = models.Message.objects.filter(id=message.id, state=MessageState.WAITING.value)
        if again_at is not None:
            row.update(next_at=again_at, last_code=code)
        else:
            state = MessageState.DELIVERED if is_sent else MessageState.GIVEN_UP
            row.update(state=state.value, settled_at=at, last_code=code)
    event = "exchange_message_sent" if is_sent else "exchange_message_not_sent"
    _log.info(event, message_id=message.id, attempt_count=message.attempt_count, told=code)
