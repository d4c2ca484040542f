"""What a death, birth, marriage or move that a bank told of changes in the register. Nobody is ever taken out of it.

A death ends a membership and lets the household be scored anew; where nobody is left, the ledger stops deliveries.
A birth adds the child to its mother's household. A move changes the area. A marriage is looked at by a person.
Each event is one transaction, and is applied once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import seal
from sakha.databanks.actions import Contradiction, open_contradictions, settle_event
from sakha.databanks.queries import find_received_event, received_event_ids
from sakha.databanks.rules.bank import LifeEventKind
from sakha.databanks.rules.events import ToldEvent
from sakha.databanks.rules.states import EventState
from sakha.registry.actions.following import follow_people
from sakha.registry.models import Household, Membership, Person
from sakha.registry.queries.lookup import identifier_indexes
from sakha.registry.rules.words import Relation
from sakha.vocabulary.identifiers import parse_person_identifier
from sakha.vocabulary.persian_text import clean_text, match_key
from sakha.vocabulary.places import COUNTIES

_log = structlog.get_logger()
_NAME_LENGTH: Final = 80

# The household is locked before the person, as the merge of an intake locks them. Whoever was merged is the one he is.
_FIND: Final = """
    SELECT kept.id, m.id, m.household_id, m.relation FROM registry_person p
    JOIN registry_person kept ON kept.id = coalesce(p.merged_into_id, p.id)
    LEFT JOIN registry_membership m ON m.person_id = kept.id AND m.to_on IS NULL
    WHERE p.id_index = ANY(%s) AND p.id_index IS NOT NULL LIMIT 1
"""
_LOCK_HOME: Final = "SELECT 1 FROM registry_household WHERE id = %s FOR NO KEY UPDATE"
_LIVING: Final = """
    SELECT count(*) FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
    WHERE m.household_id = %s AND m.to_on IS NULL AND p.died_on IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedEvents:
    """How many events changed the register, and how many were set aside."""

    applied_count: int = 0
    set_aside_count: int = 0


@dataclass(frozen=True, slots=True)
class _Member:
    person_id: int
    membership_id: int | None
    household_id: int | None
    relation: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    word: str
    household_id: int | None = None
    is_applied: bool = True


def apply_life_events(*, actor: Actor, at: datetime, limit: int = 500) -> AppliedEvents:
    """Apply what banks have told of, the oldest first; several workers may do so at once. Raises: PermissionMissing."""
    actor.require(Permission.INVITE)
    applied = set_aside = 0
    for event_id in received_event_ids(limit=limit):
        with acting(SYSTEM):
            event = find_received_event(event_id)
            if event is None:
                continue
            outcome = _APPLY[event.kind](event, at)
            if outcome.household_id is not None:
                follow_people(at=at, household_ids=[outcome.household_id])
            state = EventState.APPLIED if outcome.is_applied else EventState.SET_ASIDE
            settle_event(
                actor=SYSTEM, at=at, event_id=event_id, state=state, outcome=outcome.word,
                household_id=outcome.household_id,
            )  # fmt: skip
        applied += outcome.is_applied
        set_aside += not outcome.is_applied
        _log.info("life_event_applied", kind=event.kind.value, outcome=outcome.word)
    return AppliedEvents(applied_count=applied, set_aside_count=set_aside)


def _die(event: ToldEvent, at: datetime) -> _Outcome:
    """The head stays head until somebody names another: a household never loses its head by itself. A case asks."""
    member = _find(event.identifier)
    if member is None:
        return _Outcome("NOT_REGISTERED", is_applied=False)
    person = Person.objects.get(pk=member.person_id)
    if person.died_on is not None:
        return _Outcome("KNOWN", member.household_id)
    if person.birth_on is not None and event.happened_on < person.birth_on:
        return _Outcome("BEFORE_BIRTH", member.household_id, is_applied=False)
    Person.objects.filter(pk=person.pk).update(died_on=event.happened_on)
    return _Outcome("DIED") if member.household_id is None else _leave(member, member.household_id, event, at)


def _leave(member: _Member, household_id: int, event: ToldEvent, at: datetime) -> _Outcome:
    _changed(household_id, at)
    with connection.cursor() as cursor:
        cursor.execute(_LIVING, [household_id])
        living_count = cursor.fetchone()[0]
    if living_count == 0:
        return _Outcome("NOBODY_LEFT", household_id)
    if member.relation == Relation.HEAD.value:
        asked = Contradiction(
            household_id=household_id, fact="IS_ALIVE", source="CIVIL_REGISTRY", declared_value=None, found_value=0
        )
        open_contradictions(actor=SYSTEM, at=at, contradictions=[asked])
        return _Outcome("HEAD_DIED", household_id)
    if member.membership_id is not None:
        _end_membership(member.membership_id, event)
    return _Outcome("DIED", household_id)


def _bear(event: ToldEvent, at: datetime) -> _Outcome:
    parents = [_find(event.related[one]) for one in ("MOTHER", "FATHER") if one in event.related]
    home = next((one.household_id for one in parents if one is not None and one.household_id is not None), None)
    if home is None:
        return _Outcome("NOT_REGISTERED", is_applied=False)
    child = _find(event.identifier)
    if child is not None and child.household_id is not None:
        return _Outcome("KNOWN", child.household_id)
    person_id = _register_child(event, at) if child is None else child.person_id
    Membership.objects.create(
        household_id=home, person_id=person_id, relation=Relation.CHILD.value, from_on=event.happened_on
    )
    _changed(home, at)
    return _Outcome("CHILD_ADDED", home)


def _marry(event: ToldEvent, at: datetime) -> _Outcome:
    """Who lives with whom after a wedding is told by people, not by a bank: a case asks."""
    member = _find(event.identifier)
    if member is None or member.household_id is None:
        return _Outcome("NOT_REGISTERED", is_applied=False)
    asked = Contradiction(
        household_id=member.household_id, fact="MARITAL_STATUS", source="CIVIL_REGISTRY", declared_value=None,
        found_value=2,
    )  # fmt: skip
    open_contradictions(actor=SYSTEM, at=at, contradictions=[asked])
    _changed(member.household_id, at)
    return _Outcome("CASE_OPENED", member.household_id)


def _move(event: ToldEvent, at: datetime) -> _Outcome:
    """The head's move is the household's; another member's is a matter for people."""
    member = _find(event.identifier)
    if member is None or member.household_id is None:
        return _Outcome("NOT_REGISTERED", is_applied=False)
    county = COUNTIES.get(event.county)
    if county is None:
        return _Outcome("PLACE_UNKNOWN", member.household_id, is_applied=False)
    if member.relation != Relation.HEAD.value:
        return _Outcome("NOT_THE_HEAD", member.household_id, is_applied=False)
    home = Household.objects.select_for_update().get(pk=member.household_id)
    if (home.province, home.county) == (county.province_code, county.code):
        return _Outcome("KNOWN", member.household_id)
    home.province, home.county, home.address_sealed = county.province_code, county.code, None
    home.changed_at = max(at, home.changed_at)
    home.save(update_fields=["province", "county", "address_sealed", "changed_at"])
    return _Outcome("MOVED", member.household_id)


_APPLY: Final[dict[LifeEventKind, Callable[[ToldEvent, datetime], _Outcome]]] = {
    LifeEventKind.DEATH: _die,
    LifeEventKind.BIRTH: _bear,
    LifeEventKind.MARRIAGE: _marry,
    LifeEventKind.MOVE: _move,
}


def _find(identifier: str) -> _Member | None:
    """The person, and the household where he lives, locked; read again, for he may have moved meanwhile."""
    indexes = identifier_indexes(key_ring(), identifier)
    locked: int | None = None
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_FIND, [indexes])
            row: Any = cursor.fetchone()
            if row is None or row[2] in {None, locked}:
                return None if row is None else _Member(*row)
            locked = row[2]
            cursor.execute(_LOCK_HOME, [locked])


def _register_child(event: ToldEvent, at: datetime) -> int:
    kind, identifier = parse_person_identifier(event.identifier)
    ring = key_ring()
    given_name, family_name = clean_text(event.given_name), clean_text(event.family_name)
    child = Person.objects.create(
        id_kind=kind.value,
        id_index=identifier_indexes(ring, identifier)[0],
        id_sealed=seal(ring, identifier),
        given_name=given_name[:_NAME_LENGTH],
        family_name=family_name[:_NAME_LENGTH],
        match_key=match_key(f"{given_name} {family_name}"),
        birth_on=event.happened_on,
        birth_precision="DAY",
        gender=event.gender,
        registered_at=at,
    )
    return int(child.pk)


def _end_membership(membership_id: int, event: ToldEvent) -> None:
    row = Membership.objects.get(pk=membership_id)
    Membership.objects.filter(pk=row.pk).update(to_on=max(row.from_on, event.happened_on))


def _changed(household_id: int, at: datetime) -> None:
    """Whoever looks for changed households, the scores among them, finds it."""
    home = Household.objects.select_for_update().get(pk=household_id)
    home.changed_at = max(at, home.changed_at)
    home.save(update_fields=["changed_at"])
