"""What happened to a household, in the words in which subscribers are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sakha.exchange.rules.subscribing import EventType
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind


class FeedEvent(StrEnum):
    """The events of our own webhooks."""

    NEED_OPENED = "need.opened"
    AID_HELD = "aid.held"
    AID_DELIVERED = "aid.delivered"
    AID_RELEASED = "aid.released"
    HOUSEHOLD_REGISTERED = "household.registered"
    HOUSEHOLD_CHANGED = "household.changed"
    MEMBER_JOINED = "household.member_joined"


# What a subscription of the standard is told of by which of our events.
DCI_EVENTS: Final[Mapping[FeedEvent, EventType]] = {
    FeedEvent.HOUSEHOLD_REGISTERED: EventType.REGISTER,
    FeedEvent.MEMBER_JOINED: EventType.NEW_MEMBER,
    FeedEvent.HOUSEHOLD_CHANGED: EventType.UPDATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event of the feed; `id` is the cursor."""

    id: int
    kind: FeedEvent
    at: datetime
    household_code: str
    need_kind: NeedKind | None
    period: int | None
    quantity: int | None


def write_event(event: EventLine) -> dict[str, Any]:
    """The body of a webhook: no name, no place, no identifier; the receiver asks for the rest if it may."""
    data: dict[str, Any] = {"household": event.household_code}
    if event.need_kind is not None:
        data |= {"kind": event.need_kind.name, "period": event.period, "unit": NEED_KINDS[event.need_kind].unit.value}
    if event.quantity is not None:
        data["quantity"] = event.quantity
    return {"type": event.kind.value, "timestamp": event.at.isoformat(), "cursor": event.id, "data": data}
