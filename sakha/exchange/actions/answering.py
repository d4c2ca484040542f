"""Answering a search: each question by itself, everyone who was looked at written into the log."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from sakha.access.actions import record_access, record_access_many
from sakha.access.queries import acting
from sakha.access.rules import AccessAction, Client, ClientLevel, ClientPurpose, SandboxMixed
from sakha.access.rules.clients import PURPOSE_SENTENCES
from sakha.exchange.queries.records import given_lines, household_lines
from sakha.exchange.queries.searching import Found, Unit, find_by_conditions, find_by_identifier
from sakha.exchange.rules.answers import FoundRecords, write_found, write_refused
from sakha.exchange.rules.asking import Entity, Registry, SearchItem
from sakha.exchange.rules.conditions import OF_PERSONS, ByIdentifier, IdentifierType, conditions_of
from sakha.exchange.rules.envelope import Item
from sakha.exchange.rules.records import HouseholdLine, write_beneficiary, write_group, write_member
from sakha.exchange.rules.refusals import ItemRefused, MessageRefused
from sakha.vocabulary.identifiers import IdentifierInvalid, parse_person_identifier
from sakha.vocabulary.jalali import TEHRAN

CONDITION_ITEMS_MAX: Final = 10  # each looks through all that the body knows
_PURPOSE_LENGTH: Final = 200
_OF_PEOPLE: Final = frozenset({IdentifierType.UIN, IdentifierType.NIN})


def answer_search(
    *, client: Client, at: datetime, registry: Registry, purpose: ClientPurpose, items: Sequence[SearchItem]
) -> tuple[list[Mapping[str, Any]], int]:
    """The answers to each question and how many of them succeeded."""

    def answer(item: SearchItem) -> Mapping[str, Any]:
        return write_found(item, _answer(client, at, registry, purpose, item), registry=registry, at=at)

    return answer_each(client, items, answer, at=at)


def answer_each(
    client: Client, items: Sequence[Item], answer: Callable[[Item], Mapping[str, Any]], *, at: datetime
) -> tuple[list[Mapping[str, Any]], int]:
    """The answer to each item, refused ones too, and how many succeeded."""
    answers: list[Mapping[str, Any]] = []
    completed = 0
    with acting(client.actor):
        for item in items:
            try:
                answers.append(answer(item))
                completed += 1
            except ItemRefused as refusal:
                answers.append(write_refused(item.reference_id, refusal, at=at))
    return answers, completed


def require_few_conditions(items: Sequence[SearchItem]) -> None:
    """Refuse a batch of many questions by conditions, before the work. Raises: MessageRefused."""
    count = sum(item.query is not None and not isinstance(item.query, ByIdentifier) for item in items)
    if count > CONDITION_ITEMS_MAX:
        raise MessageRefused(reason="rjct.total_count.limit_exceeded")


def require_person_apart(client: Client, identifier: str) -> None:
    """Keep sandboxes to simulated people and others to real ones. Raises: ItemRefused.

    What can't be anybody's number is let through: nobody will be found by it.
    """
    try:
        _, number = parse_person_identifier(identifier)
        client.require_person(number, is_demonstration=settings.SAKHA.is_demonstration)
    except IdentifierInvalid:
        return
    except SandboxMixed:
        raise ItemRefused(reason="a sandbox asks about simulated people, others about real ones") from None


def log_looks(
    client: Client,
    at: datetime,
    household_ids: Sequence[int],
    purpose: ClientPurpose,
    told: str,
    *,
    counted: int = 0,
) -> None:
    """Write for each household that it was looked at, by whose program, and why.

    A look that showed nobody is written too, with how many were counted.
    """
    words = [PURPOSE_SENTENCES[purpose], client.name, told]
    text = " · ".join(word for word in words if word)[:_PURPOSE_LENGTH]
    if not household_ids:
        record_access(
            actor=client.actor,
            at=at,
            action=AccessAction.SEARCH,
            household_id=None,
            purpose=text,
            person_count=counted,
        )
    record_access_many(
        actor=client.actor, at=at, action=AccessAction.SEARCH, household_ids=sorted(set(household_ids)), purpose=text
    )


def _answer(client: Client, at: datetime, registry: Registry, purpose: ClientPurpose, item: SearchItem) -> FoundRecords:
    if item.refused is not None or item.query is None:
        raise item.refused or ItemRefused(reason="nothing was asked")
    found = _find(client, at, registry, item)
    household_ids = {household_id for household_id, _ in found.places}
    lines = household_lines(actor=client.actor, at=at, household_ids=household_ids)
    log_looks(client, at, list(lines), purpose, item.purpose, counted=found.total_count)
    records: list[Mapping[str, Any]] = []
    for household_id, person_id in found.places:
        if household_id in lines:
            records += _records(client, at, registry, item, (lines[household_id], person_id))
    return FoundRecords(records=tuple(records), total_count=found.total_count, page=item.page)


def _find(client: Client, at: datetime, registry: Registry, item: SearchItem) -> Found:
    query = item.query
    if isinstance(query, ByIdentifier):
        if query.kind in _OF_PEOPLE:
            require_person_apart(client, query.value)
        found = find_by_identifier(actor=client.actor, asked=query)
        begins = item.page.size * (item.page.number - 1)
        return Found(found.places[begins : begins + item.page.size], found.total_count)
    if query is None or client.level < ClientLevel.NEEDS:
        raise ItemRefused(reason="this client asks by identifier only")
    asked = {one.attribute for one in conditions_of(query)} | {attribute for attribute, _ in item.sort}
    if asked & OF_PERSONS and client.level < ClientLevel.FILE:  # what is found by a birth date is told it
        raise ItemRefused(reason="this client asks nothing of single persons: age, birth_date, sex")
    return find_by_conditions(
        actor=client.actor,
        tree=query,
        unit=_unit(registry, item.entity),
        page=item.page,
        sort=item.sort,
        today=at.astimezone(TEHRAN).date(),
    )


def _unit(registry: Registry, entity: Entity) -> Unit:
    """What is found by conditions; a beneficiary is a household, whoever of it was asked for."""
    if entity is Entity.GROUP:
        return Unit.HOUSEHOLD
    return Unit.HOUSEHOLD_OF_PERSONS if registry is Registry.BENEFICIARY else Unit.PERSON


def _records(
    client: Client, at: datetime, registry: Registry, item: SearchItem, place: tuple[HouseholdLine, int | None]
) -> list[Mapping[str, Any]]:
    home, person_id = place
    asked = item.query if isinstance(item.query, ByIdentifier) else None
    named = [(asked.kind.value, asked.value)] if asked is not None and asked.kind in _OF_PEOPLE else []
    if registry is Registry.BENEFICIARY:
        gifts = given_lines(actor=client.actor, at=at, home=home)
        return list(write_beneficiary(home, gifts, level=client.level, identifiers=named))
    if item.entity is Entity.GROUP:
        return [write_group(home, level=client.level, identifiers=named)]
    people = [person for person in home.people if person_id is None or person.id == person_id]
    return [write_member(home, person, level=client.level, identifiers=named) for person in people]
