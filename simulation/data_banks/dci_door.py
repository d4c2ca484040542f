"""The door of the banks that speak SP DCI: search at once or by callback, subscribe and unsubscribe."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from simulation.data_banks.catalogue import Bank
from simulation.data_banks.dci_records import ACTIVE, GRADUATED, records_of
from simulation.data_banks.envelope import (
    Envelope,
    EnvelopeRefusedError,
    acknowledgement,
    criteria_fault,
    is_id,
    open_envelope,
    seal_envelope,
    search_items,
    show_moment,
)
from simulation.data_banks.faults import Fault, kept_part, make_stale
from simulation.data_banks.state import Reply, State, Subscription

CALLBACK_ITEMS = 50
EVENT_KINDS = frozenset(("DEATH", "BIRTH", "MARRIAGE", "MOVE"))


@dataclass(frozen=True, slots=True)
class Callback:
    """A message that the bank will send later."""

    bank: Bank
    url: str
    envelope: dict[str, Any]
    times: int = 1


SendLater: TypeAlias = Callable[[Callback], None]


def answer_dci(
    state: State, bank: Bank, path: str, headers: dict[str, str], body: bytes, send_later: SendLater
) -> Reply:
    """Answer one message; what is refused is refused with the standard's code."""
    way, _, token = headers.get("authorization", "").partition(" ")
    if way.lower() != "bearer" or not state.is_token(bank, token):
        state.counts[bank.name].refused += 1
        return Reply(401, {"errors": [{"code": "err.request.unauthorized", "message": "نشان دسترسی درست نیست."}]})
    try:
        if path == "/registry/sync/search" and not bank.is_async:
            return search_now(state, bank, body)
        if path == "/registry/search" and bank.is_async:
            return search_later(state, bank, body, send_later)
        if path in {"/registry/subscribe", "/registry/unsubscribe"}:
            return take_subscription(state, bank, path, body, send_later)
    except EnvelopeRefusedError as refusal:
        state.counts[bank.name].refused += 1
        return Reply(refusal.status, acknowledgement(state, "", refusal.code))
    return Reply(404, {"errors": [{"code": "err.request.not_found", "message": "چنین راهی نیست."}]})


def search_now(state: State, bank: Bank, body: bytes) -> Reply:
    """Answer a search in the same connection."""
    envelope = open_envelope(state, bank, body, "search")
    items = search_items(bank, envelope)
    answers = search(state, bank, items)
    return Reply(200, response_envelope(state, bank, envelope, answers))


def search_later(state: State, bank: Bank, body: bytes, send_later: SendLater) -> Reply:
    """Acknowledge a search; the answers follow in several messages."""
    envelope = open_envelope(state, bank, body, "search")
    items = search_items(bank, envelope)
    url = callback_base(state, bank, envelope) + "/registry/on-search"
    correlation_id = uuid.uuid4().hex
    if not state.faults.has(bank.name, Fault.LOST_CALLBACK):
        answers = search(state, bank, items)
        twice = 2 if state.faults.has(bank.name, Fault.REPLAY) else 1
        for start in range(0, len(answers), CALLBACK_ITEMS):
            part = answers[start : start + CALLBACK_ITEMS]
            message = response_envelope(state, bank, envelope, part, correlation_id)
            send_later(Callback(bank, url, message, twice))
    return Reply(202, acknowledgement(state, correlation_id))


def callback_base(state: State, bank: Bank, envelope: Envelope) -> str:
    """Give where to call back: only where the asker was registered, or a stranger could send the bank anywhere.

    Raises:
        EnvelopeRefusedError: err.sender_uri.invalid.
    """
    wanted = str(envelope.header.get("sender_uri", "")).rstrip("/")
    if wanted != f"{state.asker.callback_url}/{bank.name}":
        raise EnvelopeRefusedError("err.sender_uri.invalid")
    return wanted


def search(state: State, bank: Bank, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Look everybody up, and be as wrong as the faults say."""
    counts, faults = state.counts[bank.name], state.faults
    counts.asked += len(items)
    codes = [criteria_fault(bank, item) for item in items]
    right = [item for item, code in zip(items, codes, strict=True) if not code]
    values = [item["search_criteria"]["query"]["value"] for item in right]
    records = records_of(state.known, bank, state.known.find(values)) if values else []
    records = [bend_records(state, bank, found) for found in records]
    if faults.has(bank.name, Fault.WRONG_PERSON):
        records = records[1:] + records[:1]
    by_reference = {item["reference_id"]: found for item, found in zip(right, records, strict=True)}
    now = show_moment(state.clock())
    answers = [
        found_item(bank, item["reference_id"], now, by_reference.get(item["reference_id"]), code)
        for item, code in zip(items, codes, strict=True)
    ]
    if partial := faults.of(bank.name, Fault.PARTIAL):
        answers = kept_part(answers, partial.share)
    told = {one["reference_id"] for one in answers if one["status"] == "succ"}
    counts.answer(value for item, value in zip(right, values, strict=True) if item["reference_id"] in told)
    counts.not_found += sum(not found for found in records)
    return answers


def found_item(
    bank: Bank, reference_id: str, now: str, records: list[dict[str, Any]] | None, code: str
) -> dict[str, Any]:
    """Make one item of an answer."""
    item = {"reference_id": reference_id, "timestamp": now, "locale": "fas"}
    if records is None:
        return item | {"status": "rjct", "status_reason_code": code}
    return item | {
        "status": "succ",
        "data": {
            "version": "1.0.0",
            "reg_type": bank.reg_type,
            "reg_record_type": bank.record_type,
            "reg_records": records,
        },
    }


def bend_records(state: State, bank: Bank, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Contradict the truth, or tell of long ago."""
    for record in records:
        if state.faults.has(bank.name, Fault.STALE):
            record["last_updated"] = make_stale(record["last_updated"])
        if state.faults.has(bank.name, Fault.CONTRADICTION):
            if "name" in record:
                record["name"] = {"given_name": "ناهمخوان", "surname": "ناهمخوانی"}
            else:
                record["enrollment_status"] = GRADUATED if record["enrollment_status"] == ACTIVE else ACTIVE
    return records


def response_envelope(
    state: State, bank: Bank, asked: Envelope, answers: list[dict[str, Any]], correlation_id: str = ""
) -> dict[str, Any]:
    """Put answers in an envelope."""
    message: dict[str, Any] = {
        "transaction_id": asked.message["transaction_id"],
        "correlation_id": correlation_id or uuid.uuid4().hex,
    }
    if state.faults.has(bank.name, Fault.WRONG_SCHEMA):
        message["searchResponse"] = {"rows": len(answers)}
    else:
        message["search_response"] = answers
    return seal_envelope(state, bank, "on-search", message, answers)


def take_subscription(state: State, bank: Bank, path: str, body: bytes, send_later: SendLater) -> Reply:
    """Begin or end to tell an asker of life events; the standard answers it by callback."""
    action = path.rpartition("/")[2]
    envelope = open_envelope(state, bank, body, action)
    base = callback_base(state, bank, envelope)
    message, now = envelope.message, show_moment(state.clock())
    if not is_id(message.get("transaction_id")):
        raise EnvelopeRefusedError("err.request.bad")
    correlation_id = uuid.uuid4().hex
    answer: dict[str, Any] = {"transaction_id": message["transaction_id"], "correlation_id": correlation_id}
    if action == "subscribe":
        items = message.get("subscribe_request")
        if not isinstance(items, list) or not items:
            raise EnvelopeRefusedError("err.request.bad")
        answer["subscribe_response"] = [subscribe(state, bank, base, item, now) for item in items]
    else:
        codes = message.get("subscription_codes")
        if not isinstance(codes, list):
            raise EnvelopeRefusedError("err.request.bad")
        gone = [{"code": code, "status": "unsubscribe"} for code in codes if state.subscriptions.pop(code, None)]
        answer |= {"timestamp": now, "status": "succ", "subscription_status": gone}
    sealed = seal_envelope(state, bank, f"on-{action}", answer, [answer])
    send_later(Callback(bank, f"{base}/registry/on-{action}", sealed))
    return Reply(202, acknowledgement(state, correlation_id))


def subscribe(state: State, bank: Bank, base: str, item: Any, now: str) -> dict[str, Any]:
    """Take one subscription; the same one a second time is the same one."""
    criteria = item.get("subscribe_criteria") if isinstance(item, dict) else None
    if not isinstance(criteria, dict) or not is_id(item.get("reference_id")):
        raise EnvelopeRefusedError("err.request.bad")
    answer: dict[str, Any] = {"reference_id": item["reference_id"], "timestamp": now}
    kind = criteria.get("reg_event_type")
    if kind not in EVENT_KINDS:
        return answer | {"status": "rjct", "status_reason_code": "rjct.notify_types.invalid"}
    known = [one for one in state.subscriptions.values() if (one.bank, one.kind) == (bank.name, kind)]
    one = known[0] if known else Subscription(code=uuid.uuid4().hex, bank=bank.name, kind=kind, sender_uri=base)
    state.subscriptions[one.code] = one
    told = {"code": one.code, "status": "subscribe", "timestamp": now, "reg_event_type": kind}
    return answer | {"status": "succ", "subscriptions": [told]}
