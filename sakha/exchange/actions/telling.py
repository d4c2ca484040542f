"""Laying events of the feed into the outbox of whoever wants to be told, each in what it may know today.

A stopped client is told nothing and loses nothing: its place in the feed stays until it may be told again.
Webhooks want the level NEEDS; every household that is told of has it in its log.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import uuid4

import structlog
from django.db import connection
from procrastinate.contrib.django import app

from sakha.access.actions import record_access, record_access_many
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, ClientLevel
from sakha.access.rules.clients import PURPOSE_SENTENCES, ClientPurpose
from sakha.access.rules.sealing import ID_INDEX_KINDS, KeyMissing, SealBroken, blind_indexes, open_sealed
from sakha.exchange import models
from sakha.exchange.actions.outbox import SEND_QUEUE, SEND_TASK, seal_body
from sakha.exchange.queries.feed import FeedLine, newest_event, read_feed
from sakha.exchange.queries.partners import find_partner, own_name
from sakha.exchange.queries.records import household_lines
from sakha.exchange.queries.subscribers import Subscriber, find_subscriber
from sakha.exchange.rules.answers import write_answer_header, write_notification
from sakha.exchange.rules.events import DCI_EVENTS, FeedEvent, write_event
from sakha.exchange.rules.outbox import Channel
from sakha.exchange.rules.records import write_group, write_member
from sakha.exchange.rules.subscribing import EventType
from sakha.vocabulary.identifiers import parse_person_identifier
from sakha.vocabulary.message_signing import SignatureBad

AT_ONCE: Final = 500
_log = structlog.get_logger()
_HOME_OF_PERSON: Final = """
SELECT m.household_id, m.person_id FROM registry_person p
  JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
 WHERE p.id_index = ANY(%s) LIMIT 1
"""


def tell(*, at: datetime) -> int:
    """Lay out what every webhook and subscription is still to be told; tells how many messages that made."""
    newest = newest_event()
    with acting(SYSTEM):
        webhooks = list(models.Webhook.objects.filter(ended_at__isnull=True, cursor__lt=newest).order_by("id"))
        wishes = list(models.Subscription.objects.filter(ended_at__isnull=True, cursor__lt=newest).order_by("id"))
    laid = 0
    for webhook in webhooks:
        laid += _tell_one(partial(_tell_webhook, webhook, newest, at), webhook_id=webhook.pk)
    for wish in wishes:
        laid += _tell_one(partial(_tell_wish, wish, newest, at), subscription_id=wish.pk)
    if laid:
        with acting(SYSTEM):
            app.configure_task(SEND_TASK, queue=SEND_QUEUE).defer()
    return laid


def _tell_one(lay: Callable[[], int], **names: int) -> int:
    """One that can't be told holds up no other; its place stays, so that it is tried again the next minute."""
    try:
        with acting(SYSTEM):
            return lay()
    except (SealBroken, KeyMissing, SignatureBad) as refusal:
        _log.error("exchange_not_told", told=refusal.code, **names)
        return 0


def _tell_webhook(webhook: models.Webhook, newest: int, at: datetime) -> int:
    subscriber = find_subscriber(webhook.client_id)
    if subscriber is None or subscriber.level < ClientLevel.NEEDS:
        return 0
    kinds = [FeedEvent(kind) for kind in webhook.kinds]
    events = read_feed(actor=subscriber.actor, after=webhook.cursor, until=newest, kinds=kinds, limit=AT_ONCE)
    messages = [
        _message(subscriber, at, event, address=webhook.address, body=write_event(event.line), webhook_id=webhook.pk)
        for event in events
    ]
    with acting(SYSTEM):
        # The row is taken first: who ends the webhook now waits, and gives up what is laid out here.
        standing = models.Webhook.objects.filter(id=webhook.pk, ended_at__isnull=True)
        if not standing.update(cursor=_reached(events, newest)):
            return 0
        models.Message.objects.bulk_create(messages, ignore_conflicts=True)
    with acting(subscriber.actor):
        record_access_many(
            actor=subscriber.actor,
            at=at,
            action=AccessAction.READ,
            household_ids=sorted({event.household_id for event in events}),
            purpose=f"{PURPOSE_SENTENCES[ClientPurpose.SERVICE]} · {subscriber.name} · webhook",
        )
    return len(messages)


def _tell_wish(wish: models.Subscription, newest: int, at: datetime) -> int:
    subscriber = find_subscriber(wish.client_id)
    if subscriber is None:
        return 0
    kinds = [kind for kind, word in DCI_EVENTS.items() if word is EventType(wish.event_type)]
    home, person = _home_of(wish)
    if wish.person_index is not None and home is None:
        events: Sequence[FeedLine] = ()
    else:
        reader = SYSTEM if home is not None else subscriber.actor
        events = read_feed(actor=reader, after=wish.cursor, until=newest, kinds=kinds, limit=AT_ONCE, household_id=home)
    messages = []
    for event in events:
        body = _notification(subscriber, wish, event, person, at)
        messages.append(_message(subscriber, at, event, address=wish.address, body=body, subscription_id=wish.pk))
    with acting(SYSTEM):
        standing = models.Subscription.objects.filter(id=wish.pk, ended_at__isnull=True)
        if not standing.update(cursor=_reached(events, newest)):
            return 0
        models.Message.objects.bulk_create(messages, ignore_conflicts=True)
    return len(messages)


def _notification(
    subscriber: Subscriber, wish: models.Subscription, event: FeedLine, person: int | None, at: datetime
) -> dict[str, Any]:
    lines = household_lines(actor=subscriber.actor, at=at, household_ids=[event.household_id])
    line = lines[event.household_id]
    level = min(subscriber.level, type(subscriber.level)(wish.level))
    chosen = next((one for one in line.people if one.id == person), line.people[0] if line.people else None)
    if wish.record_type == "Group" or chosen is None:
        record = write_group(line, level=level, identifiers=[])
    else:
        record = write_member(line, chosen, level=level, identifiers=[])
    with acting(subscriber.actor):
        record_access(
            actor=subscriber.actor,
            at=at,
            action=AccessAction.READ,
            household_id=event.household_id,
            purpose=f"{PURPOSE_SENTENCES[ClientPurpose.SERVICE]} · {subscriber.name} · notify",
            person_count=max(len(line.people), 1),
        )
    receiver = find_partner(client_id=subscriber.client_id).sender_id
    header = write_answer_header(
        action="notify", name="", at=at, sender_id=own_name(), receiver_id=receiver, counts=(1, 1)
    )
    message = write_notification(
        transaction_id=wish.code,
        reference_id=str(event.line.id),
        at=event.line.at,
        event_type=wish.event_type,
        record_type=wish.record_type,
        record=record,
    )
    return {"header": header, "message": message}


def _message(  # noqa: PLR0913 -- a row
    subscriber: Subscriber,
    at: datetime,
    event: FeedLine,
    *,
    address: str,
    body: dict[str, Any],
    webhook_id: int | None = None,
    subscription_id: int | None = None,
) -> models.Message:
    is_webhook = webhook_id is not None
    return models.Message(
        client_id=subscriber.client_id,
        organisation_id=subscriber.actor.organisation_id or 0,
        channel=(Channel.WEBHOOK if is_webhook else Channel.DCI).value,
        name=str(uuid4()),
        action=event.line.kind.value if is_webhook else "notify",
        address=address,
        household_id=event.household_id,
        body_sealed=seal_body(body),
        webhook_id=webhook_id,
        subscription_id=subscription_id,
        event_id=event.line.id,
        created_at=at,
        next_at=at,
    )


def _home_of(wish: models.Subscription) -> tuple[int | None, int | None]:
    """Household and person of a wish about one person, once they are registered.

    Looked up by the digests of every key: while keys are renewed, the wish and the person may carry different ones.
    """
    if wish.person_sealed is None:
        return None, None
    ring = key_ring()
    kind, number = parse_person_identifier(open_sealed(ring, bytes(wish.person_sealed)))
    indexes = blind_indexes(ring, ID_INDEX_KINDS[kind], number)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HOME_OF_PERSON, (indexes,))
        row = cursor.fetchone()
    return (None, None) if row is None else (row[0], row[1])


def _reached(events: Sequence[FeedLine], newest: int) -> int:
    """Where the next time begins: behind the last one told, or at the end where all was told."""
    if len(events) < AT_ONCE:
        return newest
    last: int = events[-1].line.id
    return last
