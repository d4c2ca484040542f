"""SP DCI v1 as a caller speaks it: the envelope of a search or subscription, and what an answer to it may say.

Decides what is read and what is refused; older spellings of the standard's own samples are taken on input.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sakha.databanks.rules.answers import (
    AnswerInvalid,
    AnswerState,
    BankAnswer,
    answer_absent,
    answer_found,
)
from sakha.databanks.rules.bank import Bank, DciTerms, Filling
from sakha.databanks.rules.grounds import Ground
from sakha.vocabulary.dci_words import NAME_LENGTH, VERSION

_CONTEXT: Final = "https://schema.spdci.org/core/v1/context.jsonld"
_SUBSCRIBED_UNTIL: Final = "2099-12-31T23:59:59+03:30"

Fields = Mapping[str, Any]
Reader = Callable[[Fields, Mapping[Filling, str]], Fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class DciPerson:
    """Somebody who is asked about: name on the wire, and what the answer is compared with."""

    ref: str
    fillings: Mapping[Filling, str] = field(repr=False)


def write_search(
    terms: DciTerms, *, name: str, ground: Ground, at: datetime, people: Sequence[DciPerson]
) -> dict[str, Any]:
    """The message of a search: an item a person."""
    return {"transaction_id": name, "search_request": [_search_item(terms, ground, at, person) for person in people]}


def _search_item(terms: DciTerms, ground: Ground, at: datetime, person: DciPerson) -> dict[str, Any]:
    purpose = {"code": str(ground.purpose), "text": ground.decision, "ref_uri": f"urn:sakha:level:{ground.level}"}
    return {
        "reference_id": person.ref,
        "timestamp": at.isoformat(),
        "search_criteria": {
            "version": VERSION,
            "reg_type": terms.reg_type,
            "reg_record_type": terms.record_type,
            "query_type": "idtype-value",
            "query": {"type": terms.id_type, "value": person.fillings[Filling.IDENTIFIER]},
            "authorize": {"@context": _CONTEXT, "@type": "Authorize", "ts": at.isoformat(), "purpose": purpose},
        },
        "locale": "fas",
    }


def write_subscription(terms: DciTerms, *, name: str, at: datetime, kinds: Sequence[str]) -> dict[str, Any]:
    """The message that asks to be told of these kinds of events."""
    return {
        "transaction_id": name,
        "subscribe_request": [
            {
                "reference_id": kind,
                "timestamp": at.isoformat(),
                "subscribe_criteria": {
                    "version": VERSION,
                    "reg_type": terms.reg_type,
                    "reg_event_type": kind,
                    "frequency": {
                        "start_time": at.isoformat(),
                        "end_time": _SUBSCRIBED_UNTIL,
                        "frequency": "* * * * *",
                    },
                    "filter_type": "expression",
                    "filter": {"type": "ns:org:QueryType:expression", "value": {"expression": {"query": {}}}},
                    "notify_record_type": terms.record_type,
                },
                "locale": "fas",
            }
            for kind in kinds
        ],
    }


def require_ack(told: Any) -> str:
    """The correlation of an acknowledgement. Raises: AnswerInvalid where the bank took nothing."""
    message = told.get("message") if isinstance(told, Mapping) else None
    status = message.get("ack_status") if isinstance(message, Mapping) else None
    if status != "ACK" or not isinstance(message, Mapping):
        error = message.get("error") if isinstance(message, Mapping) else None
        code = error.get("code") if isinstance(error, Mapping) else None
        raise AnswerInvalid(reason=_word(code) or "no acknowledgement")
    return str(message.get("correlation_id", ""))[:NAME_LENGTH]


def open_envelope(told: Any, *, action: str) -> tuple[Fields, Fields]:
    """Header and message of an envelope with this action. Raises: AnswerInvalid."""
    header = told.get("header") if isinstance(told, Mapping) else None
    message = told.get("message") if isinstance(told, Mapping) else None
    if not isinstance(header, Mapping) or header.get("action") != action:
        raise AnswerInvalid(reason="no header")
    if header.get("status") == "rjct":
        raise AnswerInvalid(reason=_word(header.get("status_reason_code")) or "rjct")
    name = header.get("message_id")
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH:
        raise AnswerInvalid(reason="no message_id")
    if header.get("is_msg_encrypted") is True or not isinstance(message, Mapping):
        raise AnswerInvalid(reason="no message")
    return header, message


def transaction_of(message: Fields) -> str:
    """The name under which we asked. Raises: AnswerInvalid."""
    name = message.get("transaction_id")
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH:
        raise AnswerInvalid(reason="no transaction_id")
    return name


def read_search_answers(
    bank: Bank, message: Fields, *, name: str, people: Sequence[DciPerson], today: date, reader: Reader | None
) -> list[BankAnswer]:
    """An answer for each person that the message speaks of: further messages may follow.

    Raises: AnswerInvalid where nothing of the whole can be believed.
    """
    if transaction_of(message) != name:
        raise AnswerInvalid(reason="another transaction")
    items = message.get("search_response")
    if not isinstance(items, list):
        raise AnswerInvalid(reason="no search_response")
    asked = {person.ref: person for person in people}
    answers: list[BankAnswer] = []
    for item in items:
        ref = item.get("reference_id") if isinstance(item, Mapping) else None
        person = asked.pop(ref, None) if isinstance(ref, str) else None
        if person is None:
            raise AnswerInvalid(reason="unknown or repeated reference_id")
        answers.append(_read_item(bank, item, person, today, reader))
    return answers


def _read_item(bank: Bank, item: Fields, person: DciPerson, today: date, reader: Reader | None) -> BankAnswer:
    status = item.get("status")
    if status in {"pdng", "rcvd"}:
        return BankAnswer(ref=person.ref, state=AnswerState.LATER, error_code=str(status))
    if status == "rjct":
        code = _word(item.get("status_reason_code")) or "rjct"
        return BankAnswer(ref=person.ref, state=AnswerState.REFUSED, error_code=code)
    data = item.get("data")
    records = data.get("reg_records") if isinstance(data, Mapping) else None
    if status != "succ" or not isinstance(records, list) or len(records) > 1:
        return _invalid(person, "no one record")
    if not records:
        return answer_absent(bank, ref=person.ref, today=today)
    return _read_record(bank, item, records[0], person, today=today, reader=reader)


def _read_record(
    bank: Bank, item: Fields, record: Any, person: DciPerson, *, today: date, reader: Reader | None
) -> BankAnswer:
    if not isinstance(record, Mapping):
        return _invalid(person, "no record")
    if person.fillings[Filling.IDENTIFIER] not in identifiers_of(record):
        return _invalid(person, "record of somebody else")
    try:
        fields = record if reader is None else reader(record, person.fillings)
    except AnswerInvalid as refusal:
        return _invalid(person, refusal.reason)
    observed_on = record.get("last_updated", item.get("timestamp"))
    day = observed_on[:10] if isinstance(observed_on, str) else observed_on
    return answer_found(bank, ref=person.ref, fields=fields, observed_on=day, today=today)


def identifiers_of(record: Fields) -> set[str]:
    """The identifiers that a person or beneficiary of the standard carries."""
    member = record.get("member")
    places = [record.get("identifier"), record.get("member_identifier")]
    if isinstance(member, Mapping):
        places.append(member.get("member_identifier"))
    lines = [line for place in places for line in (place if isinstance(place, list) else [place])]
    values = [line.get("identifier_value") for line in lines if isinstance(line, Mapping)]
    return {value for value in values if isinstance(value, str)}


def _invalid(person: DciPerson, reason: str) -> BankAnswer:
    return BankAnswer(ref=person.ref, state=AnswerState.INVALID, error_code=f"ANSWER_INVALID {reason}"[:100])


def _word(told: Any) -> str:
    """A code of the standard; a longer text may name somebody."""
    is_word = isinstance(told, str) and told.isascii() and told.replace("_", "").replace(".", "").isalnum()
    return str(told)[:60] if is_word else ""
