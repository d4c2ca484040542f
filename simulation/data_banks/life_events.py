"""Deaths, births, marriages and moves after the pilot's day: changes what the banks know, and tells who subscribed."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from sakha.vocabulary.identifiers import national_id_check_digit
from simulation.data_banks.answers import read_day
from simulation.data_banks.catalogue import BANKS, Bank
from simulation.data_banks.dci_door import Callback
from simulation.data_banks.dci_records import person_records
from simulation.data_banks.envelope import seal_envelope, show_moment
from simulation.data_banks.known import NOBODY
from simulation.data_banks.signing import sign
from simulation.data_banks.state import State
from simulation.people import PILOT_ON

CIVIL, POST = "civil_registry", "postal_address"
NEW_BORN_FROM = 999_999_999


class UnknownPersonError(LookupError):
    """Nobody of this identifier is here."""


def happen(state: State, event: dict[str, Any]) -> list[Callback]:
    """Let an event of `kind`, `identifier`, `happened_on` and details happen, and give who must be told.

    Raises:
        UnknownPersonError: when the province has no such person.
        KeyError, ValueError: when the event is not described.
    """
    kind, day = str(event["kind"]), str(event.get("happened_on", PILOT_ON.isoformat()))
    line = int(state.known.find([str(event["identifier"])])[0])
    if line == NOBODY:
        raise UnknownPersonError
    record = CHANGES[kind](state, line, day, event)
    told = list(notifications(state, kind, record))
    if kind == "MOVE":
        told.append(post_event(state, str(event["identifier"]), day, record["address"]))
    for one in told:
        state.counts[one.bank.name].events += 1
    return told


def _die(state: State, line: int, day: str, event: dict[str, Any]) -> dict[str, Any]:
    del event
    state.known.change("died_on", line, read_day(day))
    return {**_record(state, line), "event_date": day, "death_date": day}


def _marry(state: State, line: int, day: str, event: dict[str, Any]) -> dict[str, Any]:
    state.known.change("marital", line, state.known.word_code("marital", "M"))
    partner = {"relationship_type": "SPOUSE", "related_member": _member(str(event["spouse"]))}
    return {**_record(state, line), "event_date": day, "related_person": [partner]}


def _bear(state: State, line: int, day: str, event: dict[str, Any]) -> dict[str, Any]:
    """A child of this mother; the pilot's arrays don't grow, so the record is all that is known of it."""
    known = state.known
    known.change("child_count", line, known.one("child_count", line) + 1)
    number = _new_number(state)
    mother = {"relationship_type": "MOTHER", "related_member": _member(str(known.number[line]))}
    return {
        "identifier": [{"identifier_type": "UIN", "identifier_value": number}],
        "name": {"given_name": str(event.get("given_name", "باران")), "surname": known.one("family_name", line)},
        "sex": "female", "birth_date": day, "death_date": None, "marital_status": "S",
        "additional_attributes": {"father_name": "", "child_count": 0}, "last_updated": day, "event_date": day,
        "related_person": [mother],
    }  # fmt: skip


def _move(state: State, line: int, day: str, event: dict[str, Any]) -> dict[str, Any]:
    county, postal = str(event["county"]), str(event["postal_code"])
    address = {"region_code": county[:2], "sub_region_code": county, "postal_code": postal}
    return {**_record(state, line), "event_date": day, "address": address}


CHANGES = {"DEATH": _die, "MARRIAGE": _marry, "BIRTH": _bear, "MOVE": _move}


def notifications(state: State, kind: str, record: dict[str, Any]) -> Iterable[Callback]:
    """Make the message of the civil registry for everybody who subscribed to this kind."""
    bank = BANKS[CIVIL]
    for one in state.subscriptions.values():
        if (one.bank, one.kind) != (CIVIL, kind):
            continue
        data = {
            "version": "1.0.0", "reg_type": bank.reg_type, "reg_event_type": kind,
            "reg_record_type": bank.record_type, "reg_records": [record],
        }  # fmt: skip
        event = {"reference_id": uuid.uuid4().hex, "timestamp": show_moment(state.clock()), "data": data}
        message = {"transaction_id": uuid.uuid4().hex, "notify_event": [event]}
        sealed = seal_envelope(state, bank, "notify", message, [event])
        yield Callback(bank, f"{one.sender_uri}/registry/notify", sealed)


def post_event(state: State, identifier: str, day: str, address: dict[str, str]) -> Callback:
    """Make the post's own message of a move."""
    bank: Bank = BANKS[POST]
    event = {
        "event_id": uuid.uuid4().hex, "sent_at": show_moment(state.clock()), "kind": "MOVE", "happened_on": day,
        "subject": {"identifier": identifier},
        "details": {
            "province": address["region_code"], "county": address["sub_region_code"],
            "postal_code": address["postal_code"],
        },
    }  # fmt: skip
    return Callback(bank, f"{state.asker.callback_url}/{POST}/events", event)


def webhook_signature(state: State, bank: Bank, body: bytes) -> str:
    """Sign the bytes of a webhook."""
    return sign("JWS", state.keys[bank.name], body, int(state.clock()))


def _record(state: State, line: int) -> dict[str, Any]:
    return person_records(state.known, state.known.find([str(state.known.number[line])]))[0]


def _member(identifier: str) -> dict[str, Any]:
    return {"member_identifier": {"identifier_type": "UIN", "identifier_value": identifier}}


def _new_number(state: State) -> str:
    """A national ID of the simulation's prefix that nobody has yet, from the end of the range."""
    while True:
        first_nine = str(NEW_BORN_FROM - state.born)
        state.born += 1
        number = first_nine + national_id_check_digit(first_nine)
        if state.known.find([number])[0] == NOBODY:
            return number


def body_of(envelope: dict[str, Any]) -> bytes:
    """Write a message for the wire."""
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
