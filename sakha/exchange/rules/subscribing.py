"""What a subscription asks to be told of, and which events of ours the standard's words mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sakha.exchange.rules.asking import read_purpose
from sakha.exchange.rules.conditions import ByIdentifier, IdentifierType, read_query
from sakha.exchange.rules.envelope import (
    Fields,
    read_batch,
    read_locale,
    read_moment,
    read_name,
    read_part,
    timestamp_of,
)
from sakha.exchange.rules.refusals import ItemRefused, MessageRefused

CODES_MAX: Final = 100


class EventType(StrEnum):
    """What a subscriber can be told of. The first two are the standard's for social registries."""

    REGISTER = "REGISTER"
    NEW_MEMBER = "NewHouseHoldMember"
    UPDATE = "UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionItem:
    """One wish: of one person by identifier, or of every household that the subscriber's body knows."""

    reference_id: str
    event_type: EventType | None
    record_type: str
    locale: str
    purpose: str = ""
    person: ByIdentifier | None = None
    refused: ItemRefused | None = None


def read_subscriptions(message: Fields) -> tuple[str, tuple[SubscriptionItem, ...]]:
    """The transaction and its wishes. Raises: MessageRefused."""
    return read_batch(message, "subscribe_request", _read_item)


def read_unsubscription(message: Fields) -> tuple[str, tuple[str, ...]]:
    """The transaction and the codes that shall end. Raises: MessageRefused."""
    transaction_id = read_name(message.get("transaction_id"), field="transaction_id")
    read_moment(timestamp_of(message))
    codes = message.get("subscription_codes", message.get("sunscription_codes"))
    if not isinstance(codes, list) or not 0 < len(codes) <= CODES_MAX:
        raise MessageRefused(reason="subscription_codes must be a list")
    return transaction_id, tuple(read_name(code, field="subscription_codes") for code in codes)


def _read_item(item: Fields) -> SubscriptionItem:
    read_moment(timestamp_of(item))
    criteria = read_part(item, "subscribe_criteria")
    if "reg_event_type" not in criteria or "filter" not in criteria or "notify_record_type" not in criteria:
        raise MessageRefused(reason="subscribe_criteria must have reg_event_type, filter and notify_record_type")
    event_type, person, refused = None, None, None
    try:
        event_type = _event_type(criteria["reg_event_type"])
        person = _person(criteria.get("filter_type"), criteria["filter"])
    except ItemRefused as refusal:
        refused = refusal
    return SubscriptionItem(
        reference_id=read_name(item.get("reference_id"), field="reference_id"),
        event_type=event_type,
        record_type="Group" if "Group" in str(criteria["notify_record_type"]) else "Member",
        locale=read_locale(item.get("locale")),
        purpose=read_purpose(criteria),
        person=person,
        refused=refused,
    )


def _event_type(told: Any) -> EventType:
    word = told.rpartition(":")[2] if isinstance(told, str) else ""
    for one in EventType:
        if word.lower() == one.value.lower():
            return one
    raise ItemRefused(reason="this event is not told of", error="rjct.notify_types.invalid")


def _person(filter_type: Any, told: Any) -> ByIdentifier | None:
    """The person of the filter; none where the filter is empty: then all that the subscriber's body knows."""
    empty = told in ({}, None) or (isinstance(told, Mapping) and _innermost(told) == {})
    if empty:
        return None
    try:
        query = read_query("idtype-value" if filter_type is None else str(filter_type), told)
    except ItemRefused as refusal:
        raise ItemRefused(reason=refusal.reason, error="rjct.notify_details.invalid") from None
    if not isinstance(query, ByIdentifier) or query.kind not in {IdentifierType.UIN, IdentifierType.NIN}:
        raise ItemRefused(reason="a filter names one person, or nobody", error="rjct.notify_details.invalid")
    return query


def _innermost(told: Any) -> Any:
    for name in ("value", "expression", "query"):
        if isinstance(told, Mapping) and name in told:
            told = told[name]
    return told
