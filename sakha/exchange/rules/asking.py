"""What a search, a status question and the question «enrolled?» ask, read from their messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sakha.exchange.rules.conditions import Attribute, IdentifierType, Query, find_attribute, read_query
from sakha.exchange.rules.envelope import (
    Fields,
    is_writable,
    read_batch,
    read_locale,
    read_moment,
    read_name,
    read_part,
    timestamp_of,
)
from sakha.exchange.rules.refusals import ItemRefused, MessageRefused

PAGE_SIZE: Final = 20
PAGE_SIZE_MAX: Final = 100
PAGE_NUMBER_MAX: Final = 1000
SORTS_MAX: Final = 3
_PURPOSE_LENGTH: Final = 80


class Entity(StrEnum):
    """What a record is of."""

    MEMBER = "Member"
    GROUP = "Group"


class Registry(StrEnum):
    """Which of the two registries of the standard is asked."""

    SOCIAL = "social"
    BENEFICIARY = "beneficiary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of the records is wanted."""

    size: int = PAGE_SIZE
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchItem:
    """One question of a search. `refused` stands where the question can't be answered, `query` where it can."""

    reference_id: str
    entity: Entity
    record_type: str
    locale: str
    page: Page
    sort: tuple[tuple[Attribute, bool], ...] = ()
    purpose: str = ""
    query: Query | None = None
    refused: ItemRefused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuestion:
    """What became of something sent before."""

    transaction_id: str
    reference_id: str
    txn_type: str
    attribute_type: str
    values: tuple[str, ...]


def read_search(message: Fields) -> tuple[str, tuple[SearchItem, ...]]:
    """The transaction and its questions. Raises: MessageRefused."""
    return read_batch(message, "search_request", _read_item)


def read_status_question(message: Fields) -> StatusQuestion:
    """The transaction that is asked about. Raises: MessageRefused."""
    asked = read_part(message, "txnstatus_request")
    txn_type = {"subscibe": "subscribe"}.get(str(asked.get("txn_type")), asked.get("txn_type"))
    if not isinstance(txn_type, str) or txn_type not in {"search", "subscribe", "receipt"}:
        raise MessageRefused(reason="txn_type must be search, subscribe or receipt")
    attribute_type = asked.get("attribute_type")
    known = {"transaction_id", "reference_id_list", "correlation_id"}
    if not isinstance(attribute_type, str) or attribute_type not in known:
        raise MessageRefused(reason="attribute_type must be transaction_id, reference_id_list or correlation_id")
    told = asked.get("attribute_value")
    listed = told if isinstance(told, list) and told else [told]
    return StatusQuestion(
        transaction_id=read_name(message.get("transaction_id"), field="transaction_id"),
        reference_id=read_name(asked.get("reference_id"), field="reference_id"),
        txn_type=txn_type,
        attribute_type=str(attribute_type),
        values=tuple(read_name(one, field="attribute_value") for one in listed[:100]),
    )


def read_enrolled_question(message: Fields) -> tuple[str, Entity, str, str]:
    """Transaction, entity, the person's identifier and the programme's name (or ''). Raises: MessageRefused."""
    transaction_id = read_name(message.get("transaction_id"), field="transaction_id")
    criteria = read_part(message, "enrolled_criteria")
    query = read_part(criteria, "query")
    found: dict[str, str] = {}
    for name, told in query.items():
        value = told.get("eq", told.get("$eq")) if isinstance(told, Mapping) else told
        last = name.rpartition(".")[2]
        if last in {"person_identifier", "identifier_value", "programme_identifier"}:
            found["programme" if last == "programme_identifier" else "person"] = read_name(value, field=last)
    kind = query.get("type")
    if isinstance(kind, str) and kind in IdentifierType.__members__ and "value" in query:
        found["person"] = read_name(query["value"], field="value")
    if "person" not in found:
        raise MessageRefused(reason="query must name a person_identifier")
    return transaction_id, _entity(criteria.get("response_entity")), found["person"], found.get("programme", "")


def _read_item(item: Fields) -> SearchItem:
    read_moment(timestamp_of(item))
    criteria = read_part(item, "search_criteria")
    if "query_type" not in criteria or "query" not in criteria:
        raise MessageRefused(reason="search_criteria must have query_type and query")
    page = read_page(criteria.get("pagination", item.get("pagination")))
    query: Query | None = None
    refused: ItemRefused | None = None
    sort: tuple[tuple[Attribute, bool], ...] = ()
    try:
        query = read_query(str(criteria["query_type"]), criteria["query"])
        sort = _sort(criteria.get("sort", item.get("sort")))
    except ItemRefused as refusal:
        refused = refusal
    return SearchItem(
        reference_id=read_name(item.get("reference_id"), field="reference_id"),
        entity=_entity(criteria.get("response_entity"), criteria.get("reg_record_type")),
        record_type=_word(criteria.get("reg_record_type")),
        locale=read_locale(item.get("locale")),
        page=page,
        sort=sort,
        purpose=read_purpose(criteria),
        query=query if refused is None else None,
        refused=refused,
    )


def read_page(told: Any) -> Page:
    """The page that is wanted; pages begin at 1. Raises: MessageRefused."""
    if told is None:
        return Page()
    if not isinstance(told, Mapping):
        raise MessageRefused(reason="rjct.pagination.invalid")
    size, number = told.get("page_size", PAGE_SIZE), told.get("page_number", 1)
    for one in (size, number):
        if not isinstance(one, int) or isinstance(one, bool) or one < 1:
            raise MessageRefused(reason="rjct.pagination.invalid")
    if number > PAGE_NUMBER_MAX:
        raise MessageRefused(reason="rjct.pagination.invalid")
    return Page(size=min(size, PAGE_SIZE_MAX), number=number)


def read_purpose(criteria: Fields) -> str:
    """Why it is asked, as the consent or the authorisation says; for the log, so no more than a line.

    Raises: MessageRefused.
    """
    for name in ("authorize", "consent"):
        part = criteria.get(name)
        purpose = part.get("purpose") if isinstance(part, Mapping) else None
        if isinstance(purpose, Mapping):
            told = purpose.get("text") or purpose.get("code")
            if isinstance(told, str):
                if not is_writable(told):
                    raise MessageRefused(reason="purpose must be a text that can be written down")
                return " ".join(told.split())[:_PURPOSE_LENGTH]
    return ""


def _entity(told: Any, record_type: Any = None) -> Entity:
    wanted = told or record_type
    return (
        Entity.GROUP if isinstance(wanted, str) and wanted.rpartition(":")[2] in {"Group", "SRGroup"} else Entity.MEMBER
    )


def _sort(told: Any) -> tuple[tuple[Attribute, bool], ...]:
    if told is None:
        return ()
    lines = told if isinstance(told, list) else [told]
    wanted: list[tuple[Attribute, bool]] = []
    for line in lines[:SORTS_MAX]:
        attribute = find_attribute(line.get("attribute_name")) if isinstance(line, Mapping) else None
        order = line.get("sort_order", "asc") if isinstance(line, Mapping) else ""
        if attribute is None or not isinstance(order, str) or order not in {"asc", "desc"}:
            raise ItemRefused(reason="this can't be sorted by", error="rjct.sort.invalid")
        wanted.append((attribute, order == "desc"))
    return tuple(wanted)


def _word(told: Any) -> str:
    is_word = isinstance(told, str) and told.isascii() and told.replace(":", "").replace("_", "").isalnum()
    return str(told)[:60] if is_word else ""
