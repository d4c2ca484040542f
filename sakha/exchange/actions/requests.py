"""Taking a request: each message counts once, and its answer is kept so that it can be asked about."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Client
from sakha.access.rules.sealing import open_sealed, seal
from sakha.exchange import models
from sakha.exchange.rules.asking import Registry, StatusQuestion
from sakha.exchange.rules.envelope import Header
from sakha.exchange.rules.refusals import MessageRefused

ANSWER_KIND: Final = "exchange.answer"
KEPT_FOR: Final = timedelta(days=30)
_SWEPT_AT_ONCE: Final = 10_000
_SWEEP_REQUESTS: Final = """
DELETE FROM exchange_request WHERE id IN (
  SELECT id FROM exchange_request WHERE received_at < %s ORDER BY received_at LIMIT %s)
"""
_SWEEP_MESSAGES: Final = """
DELETE FROM exchange_message WHERE id IN (
  SELECT id FROM exchange_message WHERE settled_at < %s ORDER BY id LIMIT %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A message as it is taken."""

    registry: Registry
    action: str
    header: Header
    transaction_id: str
    reference_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TakenRequest:
    """A request that counts, and the name under which we answer it."""

    id: int
    correlation_id: str


def take_request(*, client: Client, at: datetime, request: NewRequest) -> TakenRequest:
    """Let the message count. Raises: MessageRefused where it came before."""
    try:
        with acting(client.actor), transaction.atomic():
            row = models.Request.objects.create(
                client_id=client.id,
                organisation_id=client.actor.organisation_id or 0,
                registry=request.registry.value,
                action=request.action,
                message_id=request.header.message_id,
                transaction_id=request.transaction_id,
                correlation_id=secrets.token_hex(16),
                reference_ids=list(request.reference_ids),
                received_at=at,
            )
    except IntegrityError:
        raise MessageRefused(reason="rjct.message_id.duplicate") from None
    return TakenRequest(row.pk, row.correlation_id)


def keep_answer(*, client: Client, taken: TakenRequest, message: Mapping[str, Any]) -> None:
    """Keep what was answered."""
    sealed = seal(key_ring(), json.dumps(message, ensure_ascii=False), kind=ANSWER_KIND)
    with acting(client.actor):
        models.Request.objects.filter(id=taken.id).update(answer_sealed=sealed)


def find_answer(*, client: Client, question: StatusQuestion) -> Mapping[str, Any] | None:
    """What this client was answered to the transaction it asks about, newest first."""
    with acting(client.actor):
        rows = models.Request.objects.filter(
            client_id=client.id, action__in=_ACTIONS[question.txn_type], answer_sealed__isnull=False
        )
        match question.attribute_type:
            case "transaction_id":
                rows = rows.filter(transaction_id=question.values[0])
            case "correlation_id":
                rows = rows.filter(correlation_id=question.values[0])
            case _:
                rows = rows.filter(reference_ids__overlap=list(question.values))
        row = rows.order_by("-id").first()
    if row is None or row.answer_sealed is None:
        return None
    told: Mapping[str, Any] = json.loads(open_sealed(key_ring(), bytes(row.answer_sealed), kind=ANSWER_KIND))
    return told


def sweep(*, at: datetime) -> int:
    """Forget requests and settled messages after a month: the access log keeps that they were."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SWEEP_REQUESTS, (at - KEPT_FOR, _SWEPT_AT_ONCE))
        swept = cursor.rowcount
        cursor.execute(_SWEEP_MESSAGES, (at - KEPT_FOR, _SWEPT_AT_ONCE))
        return int(swept + cursor.rowcount)


_ACTIONS: Final = {
    "search": ("search",),
    "subscribe": ("subscribe", "unsubscribe"),
    "receipt": ("enrollment-updates",),
}
