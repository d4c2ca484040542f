"""Checks SP DCI envelopes strictly and makes the banks' own; each refusal has the code of the standard."""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from simulation.data_banks.catalogue import Bank
from simulation.data_banks.faults import Fault
from simulation.data_banks.signing import NotSignedError, canonical, sign, verify
from simulation.data_banks.state import STRANGER, State

FRESH_SECONDS = 300
LONGEST_ID = 99
HEADER_NAMES = frozenset(
    ("version", "message_id", "message_ts", "action", "sender_id", "sender_uri", "receiver_id", "total_count",
     "is_msg_encrypted", "meta")
)  # fmt: skip
_LOCALE = re.compile(r"[a-z]{3}")


class EnvelopeRefusedError(Exception):
    """The envelope is not accepted."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Envelope:
    """An accepted envelope."""

    header: dict[str, Any]
    message: dict[str, Any]


def open_envelope(state: State, bank: Bank, body: bytes, action: str) -> Envelope:
    """Accept an envelope or say what is wrong with it, the signature before everything that it protects.

    Raises:
        EnvelopeRefusedError: with the code of the standard.
    """
    try:
        document = json.loads(body)
    except ValueError:
        raise EnvelopeRefusedError("err.request.bad") from None
    if not isinstance(document, dict) or set(document) - {"signature", "header", "message"}:
        raise EnvelopeRefusedError("err.request.bad")
    header, message, signature = document.get("header"), document.get("message"), document.get("signature")
    if not isinstance(header, dict) or not isinstance(message, dict):
        raise EnvelopeRefusedError("err.request.bad")
    if not isinstance(signature, str) or not signature:
        raise EnvelopeRefusedError("err.signature.missing", 401)
    try:
        signed = canonical({"header": header, "message": message})
        signer = verify(bank.practice, state.asker.keys, signed, signature, int(state.clock()))
    except NotSignedError:
        raise EnvelopeRefusedError("err.signature.invalid", 401) from None
    require_header(state, bank, header, action)
    if header["sender_id"] != signer:
        raise EnvelopeRefusedError("err.sender_id.invalid", 401)
    if not state.is_new_message(signer, header["message_id"]):
        raise EnvelopeRefusedError("rjct.message_id.duplicate")
    return Envelope(header, message)


def require_header(state: State, bank: Bank, header: dict[str, Any], action: str) -> None:
    """Check every field of a request's header.

    Raises:
        EnvelopeRefusedError: with the code of the standard.
    """
    wrong = {
        "err.request.bad": bool(set(header) - HEADER_NAMES),
        "rjct.version.invalid": header.get("version", "1.0.0") != "1.0.0",
        "rjct.message_id.invalid": not is_id(header.get("message_id")),
        "rjct.message_ts.invalid": not is_fresh(state, header.get("message_ts")),
        "rjct.action.invalid": header.get("action") != action,
        "err.sender_id.invalid": header.get("sender_id") != state.asker.sender_id,
        "err.receiver_id.invalid": header.get("receiver_id", bank.sender_id) != bank.sender_id,
        "rjct.total_count.invalid": type(header.get("total_count")) is not int,
        "err.encryption.invalid": header.get("is_msg_encrypted", False) is not False,
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            raise EnvelopeRefusedError(code)


def is_id(value: Any) -> bool:
    """Tell whether a value can be an id."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def is_moment(value: Any) -> bool:
    """Tell whether a value is a moment with a zone."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def is_fresh(state: State, value: Any) -> bool:
    """Tell whether a moment is now, or nearly."""
    return is_moment(value) and abs(datetime.fromisoformat(value).timestamp() - state.clock()) <= FRESH_SECONDS


def search_items(bank: Bank, envelope: Envelope) -> list[dict[str, Any]]:
    """Check a search and give its items.

    Raises:
        EnvelopeRefusedError: with the code of the standard.
    """
    items = envelope.message.get("search_request")
    if not is_id(envelope.message.get("transaction_id")) or not isinstance(items, list) or not items:
        raise EnvelopeRefusedError("err.request.bad")
    if envelope.header["total_count"] != len(items):
        raise EnvelopeRefusedError("rjct.total_count.invalid")
    if len(items) > bank.batch:
        raise EnvelopeRefusedError("rjct.total_count.limit_exceeded")
    for item in items:
        require_item(item)
    if len({item["reference_id"] for item in items}) != len(items):
        raise EnvelopeRefusedError("rjct.reference_id.duplicate")
    return items


def require_item(item: Any) -> None:
    """Check what every item must have, whatever it asks.

    Raises:
        EnvelopeRefusedError: with the code of the standard.
    """
    if not isinstance(item, dict) or not is_id(item.get("reference_id")):
        raise EnvelopeRefusedError("rjct.reference_id.invalid")
    if not is_moment(item.get("timestamp")):
        raise EnvelopeRefusedError("rjct.timestamp.invalid")
    if not _LOCALE.fullmatch(str(item.get("locale", "eng"))):
        raise EnvelopeRefusedError("err.request.bad")


def criteria_fault(bank: Bank, item: dict[str, Any]) -> str:
    """Say which code an item's criteria deserve; empty when they are right."""
    criteria = item.get("search_criteria")
    if not isinstance(criteria, dict):
        return "rjct.search_criteria.invalid"
    query, authorize = criteria.get("query"), criteria.get("authorize")
    right = (
        criteria.get("query_type") == "idtype-value"
        and isinstance(query, dict)
        and query.get("type") == "UIN"
        and isinstance(query.get("value"), str)
        and criteria.get("reg_type") == bank.reg_type
        and criteria.get("reg_record_type") == bank.record_type
    )
    if not right:
        return "rjct.search_criteria.invalid"
    purpose = authorize.get("purpose") if isinstance(authorize, dict) else None
    if not isinstance(purpose, dict) or purpose.get("code") not in bank.purposes or not str(purpose.get("text", "")):
        return "rjct.search_criteria.invalid"
    return ""


def seal_envelope(
    state: State, bank: Bank, action: str, message: dict[str, Any], counted: Sequence[Any] = ()
) -> dict[str, Any]:
    """Make an envelope of the bank's own, signed by its practice."""
    now = int(state.clock())
    late = 86_400 if state.faults.has(bank.name, Fault.OLD_MESSAGE) else 0
    header = {
        "version": "1.0.0", "message_id": uuid.uuid4().hex, "message_ts": show_moment(now - late), "action": action,
        "status": "succ", "total_count": len(counted), "completed_count": len(counted),
        "sender_id": bank.sender_id, "receiver_id": state.asker.sender_id, "is_msg_encrypted": False,
    }  # fmt: skip
    key = state.keys[bank.name]
    if state.faults.has(bank.name, Fault.WRONG_SIGNATURE):
        key = replace(key, private=state.keys[STRANGER].private)
    signature = sign(bank.practice, key, canonical({"header": header, "message": message}), now)
    return {"signature": signature, "header": header, "message": message}


def show_moment(now: float) -> str:
    """Write a moment."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")


def acknowledgement(state: State, correlation_id: str, code: str = "") -> dict[str, Any]:
    """Make the acknowledgement: ACK, or ERR with the code."""
    message: dict[str, Any] = {
        "ack_status": "ERR" if code else "ACK",
        "timestamp": show_moment(state.clock()),
        "correlation_id": correlation_id,
    }
    if code:
        message["error"] = {"code": code, "message": "این پیام پذیرفته نشد."}
    return {"message": message}
