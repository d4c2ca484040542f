"""SP DCI v1 as a registry speaks it: headers of answers, acknowledgements, and the message of each answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sakha.exchange.rules.asking import Page, Registry, SearchItem
from sakha.exchange.rules.refusals import ItemRefused
from sakha.vocabulary.dci_words import VERSION

MESSAGE_LENGTH: Final = 999
REG_TYPES: Final = {
    Registry.SOCIAL: "ns:org:RegistryType:Social",
    Registry.BENEFICIARY: "ns:org:RegistryType:IBR",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecords:
    """The records of one page, and how many there are in all."""

    records: tuple[Mapping[str, Any], ...]
    total_count: int
    page: Page


def write_answer_header(
    *, action: str, name: str, at: datetime, sender_id: str, receiver_id: str, counts: tuple[int, int]
) -> dict[str, Any]:
    """The header of an answer; `counts` are the items and how many of them succeeded."""
    total, completed = counts
    return {
        "version": VERSION,
        "message_id": name,
        "message_ts": at.isoformat(),
        "action": action,
        "status": "succ" if completed or not total else "rjct",
        "total_count": total,
        "completed_count": completed,
        "sender_id": sender_id,
        "receiver_id": receiver_id,
        "is_msg_encrypted": False,
    }


def write_ack(*, correlation_id: str, at: datetime) -> dict[str, Any]:
    """The message is taken; an answer follows."""
    return {"message": {"ack_status": "ACK", "timestamp": at.isoformat(), "correlation_id": correlation_id}}


def write_error(*, error: str, reason: str, correlation_id: str, at: datetime) -> dict[str, Any]:
    """Nothing is taken. Both shapes of the standard in one: its own and that of its HTTP errors."""
    told = {"code": error, "message": reason[:MESSAGE_LENGTH]}
    message = {"ack_status": "ERR", "timestamp": at.isoformat(), "correlation_id": correlation_id, "error": told}
    return {"message": message, "errors": [told]}


def write_search_answer(
    *, transaction_id: str, correlation_id: str, answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The message of `on-search`."""
    return {"transaction_id": transaction_id, "correlation_id": correlation_id, "search_response": list(answers)}


def write_found(item: SearchItem, found: FoundRecords, *, registry: Registry, at: datetime) -> dict[str, Any]:
    """What was found for one question; nobody found is a success with no records."""
    return {
        "reference_id": item.reference_id,
        "timestamp": at.isoformat(),
        "status": "succ",
        "data": {
            "version": VERSION,
            "reg_type": REG_TYPES[registry],
            "reg_record_type": item.record_type or item.entity.value,
            "reg_records": list(found.records),
        },
        "pagination": {
            "page_size": found.page.size,
            "page_number": found.page.number,
            "total_count": found.total_count,
        },
        "locale": item.locale,
    }


def write_refused(reference_id: str, refusal: ItemRefused, *, at: datetime) -> dict[str, Any]:
    """That one item can't be answered, and why."""
    return {
        "reference_id": reference_id,
        "timestamp": at.isoformat(),
        "status": "rjct",
        "status_reason_code": refusal.error,
        "status_reason_message": refusal.reason[:MESSAGE_LENGTH],
    }


def write_status_answer(
    *, transaction_id: str, correlation_id: str, txn_type: str, told: Mapping[str, Any]
) -> dict[str, Any]:
    """The message of `txn-on-status`."""
    return {
        "transaction_id": transaction_id,
        "correlation_id": correlation_id,
        "txnstatus_response": {"txn_type": txn_type, "txn_status": dict(told)},
    }


def write_notification(
    *,
    transaction_id: str,
    reference_id: str,
    at: datetime,
    event_type: str,
    record_type: str,
    record: Mapping[str, Any],
) -> dict[str, Any]:
    """The message of `notify`: the standard's files want one object here, not a list."""
    data = {
        "version": VERSION,
        "reg_type": REG_TYPES[Registry.SOCIAL],
        "reg_event_type": event_type,
        "reg_record_type": record_type,
        "reg_records": dict(record),
    }
    event = {"reference_id": reference_id, "timestamp": at.isoformat(), "data": data, "locale": "fas"}
    return {"transaction_id": transaction_id, "notify_event": [event]}
