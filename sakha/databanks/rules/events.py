"""What a bank tells of a life: read from a DCI notification or a webhook, whole or not at all."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from sakha.databanks.rules.answers import AnswerInvalid, read_day
from sakha.databanks.rules.bank import Bank, LifeEventKind
from sakha.databanks.rules.dci_wire import Fields, identifiers_of
from sakha.vocabulary.dci_words import NAME_LENGTH
from sakha.vocabulary.identifiers import IdentifierInvalid, parse_person_identifier

_RELATIONS: Final = frozenset({"SPOUSE", "MOTHER", "FATHER"})
_TEXT_MAX: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """One event. `related` are the other people it speaks of, by what they are to the subject."""

    name: str
    kind: LifeEventKind
    happened_on: date
    identifier: str = field(repr=False)
    related: Mapping[str, str] = field(default_factory=dict, repr=False)
    given_name: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    gender: str = ""
    province: str = ""
    county: str = ""
    postal_code: str = field(default="", repr=False)

    def to_text(self) -> str:
        """All of it but its name, kind and day, to be sealed."""
        told = asdict(self)
        return json.dumps({key: told[key] for key in _SEALED}, ensure_ascii=False)


_SEALED: Final = ("identifier", "related", "given_name", "family_name", "gender", "province", "county", "postal_code")


def event_from_text(text: str, *, name: str, kind: LifeEventKind, happened_on: date) -> ToldEvent:
    """The event that was sealed."""
    return ToldEvent(name=name, kind=kind, happened_on=happened_on, **json.loads(text))


def read_notified_event(bank: Bank, item: Any, *, today: date) -> ToldEvent:
    """One event of a DCI notification. Raises: AnswerInvalid."""
    data = item.get("data") if isinstance(item, Mapping) else None
    records = data.get("reg_records") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(records, list) or len(records) != 1:
        raise AnswerInvalid(reason="no one record")
    record = records[0]
    if not isinstance(record, Mapping):
        raise AnswerInvalid(reason="no record")
    kind = _kind(bank, data.get("reg_event_type"))
    day = record.get("death_date") if kind is LifeEventKind.DEATH else record.get("event_date")
    place = _part(record, "address")
    return ToldEvent(
        name=_name(item.get("reference_id")),
        kind=kind,
        happened_on=read_day(day, field="event_date", today=today),
        identifier=_one_identifier(record),
        related=_related(record),
        given_name=_text(_part(record, "name").get("given_name")),
        family_name=_text(_part(record, "name").get("surname")),
        gender={"male": "M", "female": "F"}.get(_text(record.get("sex")), ""),
        province=_text(place.get("region_code")),
        county=_text(place.get("sub_region_code")),
        postal_code=_text(place.get("postal_code")),
    )


def read_webhook_event(bank: Bank, told: Any, *, today: date) -> ToldEvent:
    """One event of a webhook. Raises: AnswerInvalid."""
    if not isinstance(told, Mapping):
        raise AnswerInvalid(reason="no event")
    details = _part(told, "details")
    return ToldEvent(
        name=_name(told.get("event_id")),
        kind=_kind(bank, told.get("kind")),
        happened_on=read_day(told.get("happened_on"), field="happened_on", today=today),
        identifier=_identifier(_part(told, "subject").get("identifier")),
        province=_text(details.get("province")),
        county=_text(details.get("county")),
        postal_code=_text(details.get("postal_code")),
    )


def _kind(bank: Bank, told: Any) -> LifeEventKind:
    kinds = {} if bank.events is None else bank.events.kinds
    kind = kinds.get(told) if isinstance(told, str) else None
    if kind is None:
        raise AnswerInvalid(reason="unknown kind of event")
    return kind


def _name(told: Any) -> str:
    if not isinstance(told, str) or not 0 < len(told) <= NAME_LENGTH or "\x00" in told:
        raise AnswerInvalid(reason="event without a name")
    return told


def _one_identifier(record: Fields) -> str:
    found = identifiers_of(record)
    if len(found) != 1:
        raise AnswerInvalid(reason="no one identifier")
    return _identifier(found.pop())


def _identifier(told: Any) -> str:
    try:
        return parse_person_identifier(told if isinstance(told, str) else "")[1]
    except IdentifierInvalid:
        raise AnswerInvalid(reason="no identifier") from None


def _related(record: Fields) -> dict[str, str]:
    lines = record.get("related_person", [])
    if not isinstance(lines, list):
        raise AnswerInvalid(reason="related_person no list")
    related = {}
    for line in lines:
        relation = line.get("relationship_type") if isinstance(line, Mapping) else None
        if not isinstance(line, Mapping) or relation not in _RELATIONS:
            continue
        member = line.get("related_member")
        related[str(relation)] = _one_identifier(member) if isinstance(member, Mapping) else _identifier(member)
    return related


def _part(told: Fields, name: str) -> Fields:
    part = told.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(told: Any) -> str:
    fits = isinstance(told, str) and len(told) <= _TEXT_MAX and "\x00" not in told
    return str(told) if fits else ""
