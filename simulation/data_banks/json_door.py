"""The door of the banks that speak JSON: checks who asks, for what and how; every refusal has its code."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import numpy as np

from simulation.data_banks.answers import fields_of, find_lines, observed_days
from simulation.data_banks.catalogue import Bank, Proof
from simulation.data_banks.faults import Fault, bend_value, kept_part, make_stale
from simulation.data_banks.known import NOBODY
from simulation.data_banks.state import Reply, State

_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
REF_LENGTH = 64


class RefusedError(Exception):
    """The bank doesn't answer this request."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def answer_json(state: State, bank: Bank, headers: dict[str, str], body: bytes) -> Reply:
    """Answer one request; the same request id gets the same answer again."""
    counts = state.counts[bank.name]
    try:
        require_proof(state, bank, headers)
        request = read_request(bank, headers, body)
    except RefusedError as refusal:
        counts.refused += 1
        error = {"error": {"code": refusal.code, "message": "این درخواست پذیرفته نشد."}}
        return Reply(refusal.status, error)
    request_id = str(request["request_id"])
    known = state.kept.get((bank.name, request_id))
    if known is not None and known[0] == body:
        return known[1]
    counts.asked += len(request["subjects"])
    reply = Reply(200, answer_subjects(state, bank, request))
    state.keep(bank, request_id, body, reply)
    return reply


def require_proof(state: State, bank: Bank, headers: dict[str, str]) -> None:
    """Refuse who is not known here.

    Raises:
        RefusedError: UNAUTHORIZED.
    """
    if bank.proof is Proof.TOKEN:
        way, _, token = headers.get("authorization", "").partition(" ")
        good = way.lower() == "bearer" and state.is_token(bank, token)
    elif bank.proof is Proof.CERTIFICATE and state.wants_certificate:
        good = headers.get("x-client-certificate") == "verified"
    else:
        good = headers.get("x-api-key") == state.asker.api_key
    if not good:
        raise RefusedError(401, "UNAUTHORIZED")


def read_request(bank: Bank, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Check a request against the document.

    Raises:
        RefusedError: BAD_REQUEST, PURPOSE_REFUSED, LEVEL_TOO_LOW or TOO_MANY_SUBJECTS.
    """
    try:
        request = json.loads(body)
        purpose, subjects = request["purpose"], request["subjects"]
        asked_at = datetime.fromisoformat(request["asked_at"])
        fits = (
            headers.get("content-type", "").partition(";")[0] == "application/json"
            and _REQUEST_ID.fullmatch(request["request_id"]) is not None
            and headers.get("idempotency-key") == request["request_id"]
            and request["sender"] != ""
            and asked_at.tzinfo is not None
            and str(purpose["ground"]).strip() != ""
            and isinstance(purpose["level"], int)
            and are_subjects(bank, subjects)
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError(400, "BAD_REQUEST") from None
    if not fits:
        raise RefusedError(400, "BAD_REQUEST")
    if purpose["code"] not in bank.purposes:
        raise RefusedError(403, "PURPOSE_REFUSED")
    if purpose["level"] < bank.level:
        raise RefusedError(403, "LEVEL_TOO_LOW")
    if len(subjects) > bank.batch:
        raise RefusedError(413, "TOO_MANY_SUBJECTS")
    return dict(request)


def are_subjects(bank: Bank, subjects: Any) -> bool:
    """Tell whether these are subjects: each with a ref of its own and what the bank asks by."""
    if not isinstance(subjects, list) or not subjects:
        return False
    refs = [one["ref"] for one in subjects]
    asked = [one[bank.asked_by] for one in subjects]
    return (
        all(isinstance(ref, str) and 0 < len(ref) <= REF_LENGTH for ref in refs)
        and len(set(refs)) == len(refs)
        and all(isinstance(text, str) and text.isascii() and text.isdigit() for text in asked)
    )


def answer_subjects(state: State, bank: Bank, request: dict[str, Any]) -> dict[str, Any]:
    """Look everybody up, and be as wrong as the faults say."""
    subjects, counts = request["subjects"], state.counts[bank.name]
    lines = find_lines(state.known, bank, subjects)
    found = lines != NOBODY
    chosen = [subject for subject, is_found in zip(subjects, found.tolist(), strict=True) if is_found]
    fields = iter(fields_of(state.known, bank, lines[found], chosen))
    days = iter(observed_days(state.known, bank, lines[found]))
    answers: list[dict[str, Any]] = [
        {"ref": subject["ref"], "status": "FOUND", "observed_on": next(days), "fields": next(fields)}
        if is_found
        else {"ref": subject["ref"], "status": "NOT_FOUND"}
        for subject, is_found in zip(subjects, found.tolist(), strict=True)
    ]
    answers = be_wrong(state, bank, answers)
    refs = {one["ref"] for one in answers}
    counts.answer(subject[bank.asked_by] for subject in subjects if subject["ref"] in refs)
    counts.not_found += int(np.count_nonzero(~found))
    if state.faults.has(bank.name, Fault.WRONG_SCHEMA):
        counts.failed += 1
        return {"requestId": request["request_id"], "rows": [one.get("fields") for one in answers]}
    answered_at = datetime.fromtimestamp(state.clock(), UTC).isoformat(timespec="seconds")
    return {"request_id": request["request_id"], "answered_at": answered_at, "answers": answers}


def be_wrong(state: State, bank: Bank, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bend the answers by the faults that are on."""
    faults = state.faults
    if partial := faults.of(bank.name, Fault.PARTIAL):
        answers = kept_part(answers, partial.share)
    for one in answers:
        if one["status"] != "FOUND":
            continue
        if faults.has(bank.name, Fault.CONTRADICTION):
            one["fields"] = {name: bend_value(value) for name, value in one["fields"].items()}
        if faults.has(bank.name, Fault.STALE):
            one["observed_on"] = make_stale(one["observed_on"])
    return answers
