"""Webhooks of a client: told where, given a secret once, ended, and told again from a place in the feed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from sakha.access.queries import acting, key_ring
from sakha.access.rules import Client
from sakha.access.rules.sealing import seal
from sakha.exchange import models
from sakha.exchange.actions.outbox import SEND_QUEUE, SEND_TASK, WEBHOOK_KIND
from sakha.exchange.queries.feed import newest_event
from sakha.exchange.queries.partners import named_hosts
from sakha.exchange.rules.addresses import read_target
from sakha.exchange.rules.events import FeedEvent
from sakha.exchange.rules.outbox import MessageState
from sakha.vocabulary.refusal import Refusal

WEBHOOKS_MAX: Final = 5
SECRET_BYTES: Final = 32


class WebhookInvalid(Refusal):
    """There are too many, the address is told already, or no event is named."""

    code: ClassVar[str] = "WEBHOOK_INVALID"
    sentence: ClassVar[str] = "این وب‌هوک را نمی‌شود ثبت کرد: {reason}"

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="webhook", reason=reason)


class WebhookUnknown(Refusal):
    """This client has no such webhook."""

    code: ClassVar[str] = "WEBHOOK_UNKNOWN"
    sentence: ClassVar[str] = "این وب‌هوک پیدا نشد."


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook when it is made: the only time that its secret is shown."""

    id: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookCard:
    """A webhook as its client sees it."""

    id: int
    address: str
    kinds: tuple[FeedEvent, ...]
    cursor: int
    waiting_count: int
    given_up_count: int


def begin_webhook(*, client: Client, at: datetime, address: str, kinds: Sequence[FeedEvent]) -> NewWebhook:
    """Have events brought from now on. Raises: AddressRefused, WebhookInvalid."""
    read_target(address, named_hosts=named_hosts())
    if not kinds:
        raise WebhookInvalid(reason="no kind of event")
    secret = secrets.token_bytes(SECRET_BYTES)
    newest = newest_event()
    with acting(client.actor):
        standing = models.Webhook.objects.filter(client_id=client.id, ended_at__isnull=True)
        if standing.count() >= WEBHOOKS_MAX:
            raise WebhookInvalid(reason="too many webhooks")
        try:
            with transaction.atomic():
                row = models.Webhook.objects.create(
                    client_id=client.id,
                    organisation_id=client.actor.organisation_id or 0,
                    address=address,
                    secret_sealed=seal(key_ring(), secret.hex(), kind=WEBHOOK_KIND),
                    kinds=sorted({kind.value for kind in kinds}),
                    begun_at=at,
                    cursor=newest,
                )
        except IntegrityError:
            raise WebhookInvalid(reason="this address is told already") from None
    return NewWebhook(row.pk, secret)


def webhooks_of(*, client: Client) -> tuple[WebhookCard, ...]:
    """The client's webhooks."""
    with acting(client.actor):
        rows = models.Webhook.objects.filter(client_id=client.id, ended_at__isnull=True).order_by("id")
        return tuple(
            WebhookCard(
                row.pk,
                row.address,
                tuple(FeedEvent(kind) for kind in row.kinds),
                row.cursor,
                _count(row.pk, MessageState.WAITING),
                _count(row.pk, MessageState.GIVEN_UP),
            )
            for row in rows
        )


def end_webhook(*, client: Client, at: datetime, webhook_id: int) -> None:
    """Bring nothing more; what waits is given up. Raises: WebhookUnknown."""
    with acting(client.actor):
        row = _standing(client, webhook_id)
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        models.Message.objects.filter(webhook_id=row.pk, state=MessageState.WAITING.value).update(
            state=MessageState.GIVEN_UP.value, settled_at=at, last_code="ended"
        )


def replay_webhook(*, client: Client, at: datetime, webhook_id: int, after: int) -> int:
    """Bring again, in their order, the events behind this place that were laid out before. Raises: WebhookUnknown."""
    with acting(client.actor):
        row = _standing(client, webhook_id)
        again = models.Message.objects.filter(webhook_id=row.pk, event_id__gt=after).update(
            state=MessageState.WAITING.value, attempt_count=0, next_at=at, settled_at=None, last_code="replay"
        )
        app.configure_task(SEND_TASK, queue=SEND_QUEUE).defer()
    return again


def _standing(client: Client, webhook_id: int) -> models.Webhook:
    row = models.Webhook.objects.filter(client_id=client.id, id=webhook_id, ended_at__isnull=True).first()
    if row is None:
        raise WebhookUnknown(field="webhook_id")
    return row


def _count(webhook_id: int, state: MessageState) -> int:
    return models.Message.objects.filter(webhook_id=webhook_id, state=state.value).count()
