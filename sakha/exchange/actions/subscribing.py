"""Subscriptions of SP DCI: begun, told of, ended. Each is of one client, and ends with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Client, ClientPurpose
from sakha.access.rules.clients import PURPOSE_SENTENCES
from sakha.access.rules.sealing import ID_INDEX_KINDS, blind_index, seal
from sakha.exchange import models
from sakha.exchange.actions.answering import answer_each, require_person_apart
from sakha.exchange.queries.feed import newest_event
from sakha.exchange.rules.outbox import MessageState
from sakha.exchange.rules.refusals import ItemRefused
from sakha.exchange.rules.subscribing import SubscriptionItem
from sakha.vocabulary.identifiers import IdentifierInvalid, parse_person_identifier


def subscribe(
    *, client: Client, at: datetime, purpose: ClientPurpose, items: Sequence[SubscriptionItem], address: str
) -> tuple[list[Mapping[str, Any]], int]:
    """The answers to each wish and how many stand."""
    return answer_each(client, items, lambda item: _begin(client, at, purpose, item, address), at=at)


def unsubscribe(*, client: Client, at: datetime, codes: Sequence[str]) -> tuple[list[Mapping[str, str]], str]:
    """What each code is afterwards, and the standard's reason where not all could be ended ('' if they could).

    What waits to be sent of an ended one is given up.
    """
    told: list[Mapping[str, str]] = []
    reason = ""
    with acting(client.actor):
        rows = {row.code: row for row in models.Subscription.objects.filter(client_id=client.id, code__in=list(codes))}
        for code in codes:
            row = rows.get(code)
            if row is None:
                reason = "rjct.subscription_code.invalid"
                continue
            if row.ended_at is not None:
                reason = reason or "rjct.event.already_unsubscribed"
            told.append({"code": code, "status": "unsubscribe"})
        ending = [row.pk for row in rows.values() if row.ended_at is None]
        models.Subscription.objects.filter(id__in=ending).update(ended_at=at)
        models.Message.objects.filter(subscription_id__in=ending, state=MessageState.WAITING.value).update(
            state=MessageState.GIVEN_UP.value, settled_at=at, last_code="ended"
        )
    return told, reason


def _begin(
    client: Client, at: datetime, purpose: ClientPurpose, item: SubscriptionItem, address: str
) -> Mapping[str, Any]:
    if item.refused is not None or item.event_type is None:
        raise item.refused or ItemRefused(reason="no event", error="rjct.notify_types.invalid")
    index, sealed = _person(client, item)
    try:
        with transaction.atomic():
            row = models.Subscription.objects.create(
                client_id=client.id,
                organisation_id=client.actor.organisation_id or 0,
                code=str(uuid4()),
                event_type=item.event_type.value,
                record_type=item.record_type,
                level=client.level.value,
                person_index=index,
                person_sealed=sealed,
                address=address,
                purpose=item.purpose,
                cursor=newest_event(),
                subscribed_at=at,
            )
    except IntegrityError:
        raise ItemRefused(reason="this subscription stands already", error="rjct.event.already_subscribed") from None
    record_access(
        actor=client.actor,
        at=at,
        action=AccessAction.SEARCH,
        household_id=None,
        purpose=f"{PURPOSE_SENTENCES[purpose]} · {client.name} · subscribe",
        person_count=0 if index is None else 1,
    )
    return _tell_begun(item, row.code, at)


def _tell_begun(item: SubscriptionItem, code: str, at: datetime) -> Mapping[str, Any]:
    told = {
        "code": code,
        "status": "subscribe",
        "timestamp": at.isoformat(),
        "reg_event_type": "" if item.event_type is None else item.event_type.value,
        "notify_record_type": item.record_type,
    }
    return {
        "reference_id": item.reference_id,
        "timestamp": at.isoformat(),
        "status": "succ",
        "subscriptions": [told],
        "locale": item.locale,
    }


def _person(client: Client, item: SubscriptionItem) -> tuple[bytes | None, bytes | None]:
    """Digest and seal of the person, who need not be registered yet. Raises: ItemRefused."""
    if item.person is None:
        return None, None
    try:
        kind, number = parse_person_identifier(item.person.value)
    except IdentifierInvalid:
        raise ItemRefused(reason="this can't be anybody's number", error="rjct.person_id.invalid") from None
    require_person_apart(client, number)
    ring = key_ring()
    return blind_index(ring, ID_INDEX_KINDS[kind], number), seal(ring, number)
