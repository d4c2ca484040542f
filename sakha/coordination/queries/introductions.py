"""Introductions as each side sees them: a body its offers and promises, a household who was asked and who took.

Before a body takes, it reads what the introduction itself tells: kind, county, decile, size, urgency. The file, with
name, street and telephone, opens by taking, and its reading is logged.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.rules.introductions import (
    ClosedBecause,
    IntroductionLevel,
    IntroductionState,
    IntroductionUnknown,
    OfferState,
)
from sakha.vocabulary.need_kinds import NeedKind

_COLUMNS: Final = """
    one.id, one.household_id, one.kind, one.state, one.level, one.province, one.county, one.severity, one.decile,
    one.household_size, one.opened_at, one.state_at, one.claim_until, one.contacted_at, one.closes_at,
    one.disputed_at IS NOT NULL, one.closed_because, coalesce(taker.name, ''), one.body_agreed_at IS NOT NULL,
    one.note, coalesce(offer.state, '')
"""
# Promises with the first to lapse first; what was brought already must not crowd them out.
_OF_BODY: Final = f"""
    SELECT {_COLUMNS}
      FROM coordination_offer AS offer
      JOIN coordination_introduction AS one ON one.id = offer.introduction_id
      LEFT JOIN access_organisation AS taker ON taker.id = one.taken_by_id
     WHERE offer.organisation_id = %(body)s AND offer.state = ANY(%(states)s)
       AND (%(id)s::bigint IS NULL OR one.id = %(id)s)
     ORDER BY offer.state <> 'TAKEN',
              CASE WHEN offer.state = 'TAKEN' THEN coalesce(one.claim_until, one.state_at) ELSE offer.offered_at END,
              one.priority DESC, one.id LIMIT %(limit)s
"""  # noqa: S608 -- constants
_FOLLOWED: Final = f"""
    SELECT {_COLUMNS}
      FROM coordination_introduction AS one
      LEFT JOIN access_organisation AS taker ON taker.id = one.taken_by_id
      LEFT JOIN coordination_offer AS offer ON false
     WHERE one.follower_id = %(body)s ORDER BY one.state = 'CLOSED', one.state_at DESC, one.id LIMIT %(limit)s
"""  # noqa: S608 -- constants
_PAGE: Final = f"""
    SELECT {_COLUMNS}
      FROM coordination_introduction AS one
      LEFT JOIN access_organisation AS taker ON taker.id = one.taken_by_id
      LEFT JOIN coordination_offer AS offer ON offer.introduction_id = one.id AND offer.organisation_id = %(body)s
       AND offer.state IN ('OFFERED', 'TAKEN', 'SERVED')
     WHERE (offer.state = 'SERVED' OR offer.id IS NULL AND one.follower_id = %(body)s)
       AND (%(before)s::bigint IS NULL OR one.id < %(before)s)
     ORDER BY one.id DESC LIMIT %(limit)s
"""  # noqa: S608 -- constants
_OF_HOUSEHOLD: Final = f"""
    SELECT {_COLUMNS}
      FROM coordination_introduction AS one
      LEFT JOIN access_organisation AS taker ON taker.id = one.taken_by_id
      LEFT JOIN coordination_offer AS offer ON false
     WHERE one.household_id = %(household)s ORDER BY one.state = 'CLOSED', one.opened_at DESC, one.id LIMIT %(limit)s
"""  # noqa: S608 -- constants
_OF_AREA: Final = f"""
    SELECT {_COLUMNS}
      FROM coordination_introduction AS one
      LEFT JOIN access_organisation AS taker ON taker.id = one.taken_by_id
      LEFT JOIN coordination_offer AS offer ON false
     WHERE one.disputed_at IS NOT NULL OR (one.state = 'OFFERED' AND (
           one.level = 'NATION' OR one.opened_at < %(old)s))
     ORDER BY one.disputed_at IS NULL, one.opened_at, one.id LIMIT %(limit)s
"""  # noqa: S608 -- constants
_LOAD: Final = """
    SELECT service.kind, service.households_a_month, service.state,
           (SELECT count(*) FROM coordination_offer AS offer
             WHERE offer.organisation_id = service.organisation_id AND offer.kind = service.kind
               AND offer.state IN ('TAKEN', 'SERVED', 'CLOSED') AND offer.state_at > %s - interval '30 days'),
           (SELECT count(*) FROM coordination_offer AS offer
             WHERE offer.organisation_id = service.organisation_id AND offer.kind = service.kind
               AND offer.state = 'OFFERED')
      FROM coordination_service AS service WHERE service.organisation_id = %s ORDER BY service.kind
"""
_WAITING: Final = """
    SELECT count(*) FILTER (WHERE age < interval '3 days'),
           count(*) FILTER (WHERE age >= interval '3 days' AND age < interval '7 days'),
           count(*) FILTER (WHERE age >= interval '7 days' AND age < interval '30 days'),
           count(*) FILTER (WHERE age >= interval '30 days')
      FROM (SELECT %s - opened_at AS age FROM coordination_introduction WHERE state = 'OFFERED') AS waiting
"""
_ASKED_COUNT: Final = """
    SELECT introduction_id, count(*) FROM coordination_offer WHERE introduction_id = ANY(%s) GROUP BY 1
"""
_TAKEN: Final = """
    SELECT one.household_id FROM coordination_offer AS offer
      JOIN coordination_introduction AS one ON one.id = offer.introduction_id
     WHERE one.id = %s AND offer.organisation_id = %s AND offer.state IN ('TAKEN', 'SERVED')
"""
_TELEPHONES: Final = """
    SELECT person.given_name, person.family_name, person.mobile_sealed
      FROM registry_membership AS member JOIN registry_person AS person ON person.id = member.person_id
      JOIN registry_household AS home ON home.id = member.household_id AND NOT home.is_protected
     WHERE member.household_id = %s AND member.to_on IS NULL AND person.died_on IS NULL
       AND (person.mobile_sealed IS NOT NULL OR member.relation = 'HEAD')
     ORDER BY member.relation <> 'HEAD', person.id
"""
_ADDRESS: Final = "SELECT address_sealed FROM registry_household WHERE id = %s AND NOT is_protected"
_STANDS: Final = """
    SELECT FROM coordination_introduction_consent AS consent
      JOIN registry_household AS home ON home.id = consent.household_id
     WHERE consent.withdrawn_at IS NULL AND %s IN (home.id, home.merged_into_id) LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionLine:
    """An introduction without name, street or telephone."""

    id: int
    household_id: int
    kind: NeedKind
    state: IntroductionState
    level: IntroductionLevel
    province: str
    county: str
    severity: int
    decile: int | None
    household_size: int
    opened_at: datetime
    state_at: datetime
    claim_until: datetime | None
    contacted_at: datetime | None
    closes_at: datetime | None
    is_disputed: bool
    closed_because: ClosedBecause | None
    taken_by: str
    has_body_agreed: bool
    note: str
    offer_state: OfferState | None
    asked_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLoad:
    """How much of what a body says it can carry it carries: taken in thirty days, and offered."""

    kind: NeedKind
    capacity: int
    is_active: bool
    taken_count: int
    offered_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyDesk:
    """A body's introductions: new ones, its promises with the first to lapse first, and whom it handed upward."""

    offered: tuple[IntroductionLine, ...]
    taken: tuple[IntroductionLine, ...]
    followed: tuple[IntroductionLine, ...]
    loads: tuple[ServiceLoad, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingByAge:
    """How many needs nobody took, by how long they have waited."""

    under_3_days: int
    under_7_days: int
    under_30_days: int
    older: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to speak with a household that was taken: names with telephones, and the street."""

    people: tuple[tuple[str, str], ...]
    address: str


def body_desk(*, actor: Actor, at: datetime, limit: int = 30) -> BodyDesk:
    """What an organisation is offered, has promised and follows."""
    actor.require(Permission.READ_HOUSEHOLD)
    asked = {"body": actor.organisation_id, "limit": limit, "id": None}
    with acting(actor), connection.cursor() as cursor:
        offered = _lines(cursor, _OF_BODY, asked | {"states": ["OFFERED"]})
        taken = _lines(cursor, _OF_BODY, asked | {"states": ["TAKEN", "SERVED"]})
        followed = _lines(cursor, _FOLLOWED, asked)
        cursor.execute(_LOAD, [at, actor.organisation_id])
        loads = cursor.fetchall()
    return BodyDesk(
        offered=offered,
        taken=taken,
        followed=followed,
        loads=tuple(
            ServiceLoad(
                kind=NeedKind(kind),
                capacity=capacity,
                is_active=state == "ACTIVE",
                taken_count=taken_count,
                offered_count=offered_count,
            )
            for kind, capacity, state, taken_count, offered_count in loads
        ),
    )


def referrals_to_answer(*, actor: Actor) -> tuple[IntroductionLine, ...]:
    """For programs: all that waits for the actor's organisation, most pressing first; what it can carry bounds it."""
    actor.require(Permission.READ_HOUSEHOLD)
    asked = {"body": actor.organisation_id, "limit": None, "id": None, "states": ["OFFERED", "TAKEN"]}
    with acting(actor), connection.cursor() as cursor:
        return _lines(cursor, _OF_BODY, asked)


def referrals_before(*, actor: Actor, before_id: int | None, limit: int) -> tuple[IntroductionLine, ...]:
    """The rest, newest first and page by page: what it brought, and without an offer's state what it only follows."""
    actor.require(Permission.READ_HOUSEHOLD)
    asked = {"body": actor.organisation_id, "before": before_id, "limit": limit}
    with acting(actor), connection.cursor() as cursor:
        return _lines(cursor, _PAGE, asked)


def find_taken(*, actor: Actor, introduction_id: int) -> IntroductionLine | None:
    """One promise of the actor's organisation, or what it brought for it."""
    actor.require(Permission.READ_HOUSEHOLD)
    asked = {"body": actor.organisation_id, "limit": 1, "id": introduction_id, "states": ["TAKEN", "SERVED"]}
    with acting(actor), connection.cursor() as cursor:
        return next(iter(_lines(cursor, _OF_BODY, asked)), None)


def introductions_of_household(*, actor: Actor, household_id: int, limit: int = 30) -> tuple[IntroductionLine, ...]:
    """What was introduced of a household and who took it; its own pages and the offices ask."""
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        lines = _lines(cursor, _OF_HOUSEHOLD, {"household": household_id, "limit": limit})
        cursor.execute(_ASKED_COUNT, [[line.id for line in lines]])
        counts = dict(cursor.fetchall())
    return tuple(_counted(line, counts.get(line.id, 0)) for line in lines)


def introductions_to_look_at(*, actor: Actor, older_than: datetime, limit: int = 30) -> tuple[IntroductionLine, ...]:
    """What an office has to look at: disputes first, then what nobody took, oldest first."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        return _lines(cursor, _OF_AREA, {"old": older_than, "limit": limit})


def waiting_by_age(*, actor: Actor, at: datetime) -> WaitingByAge:
    """How long those wait whom nobody took, in the actor's area."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_WAITING, [at])
        under_3, under_7, under_30, older = cursor.fetchone()
    return WaitingByAge(under_3_days=under_3, under_7_days=under_7, under_30_days=under_30, older=older)


def get_contact(*, actor: Actor, at: datetime, introduction_id: int) -> Contact:
    """Names, telephones and street of a household that the actor's organisation has taken; the look is logged.

    Raises: PermissionMissing, IntroductionUnknown.
    """
    actor.require(Permission.HOLD_AID)
    ring = key_ring()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_TAKEN, [introduction_id, actor.organisation_id])
        row = cursor.fetchone()
        if row is None:
            raise IntroductionUnknown(field="introduction_id")
        household_id = row[0]
        cursor.execute(_TELEPHONES, [household_id])
        people = cursor.fetchall()
        cursor.execute(_ADDRESS, [household_id])
        address = cursor.fetchone()
        record_access(
            actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose="introduction contact"
        )
    return Contact(
        people=tuple(
            (f"{given} {family}".strip(), "" if sealed is None else open_sealed(ring, bytes(sealed)))
            for given, family, sealed in people
        ),
        address="" if address is None or address[0] is None else open_sealed(ring, bytes(address[0])),
    )


def _lines(cursor: Any, statement: str, asked: dict[str, Any]) -> tuple[IntroductionLine, ...]:
    cursor.execute(statement, asked)
    return tuple(_line(row) for row in cursor.fetchall())


def _line(row: tuple[Any, ...], asked_count: int = 0) -> IntroductionLine:
    return IntroductionLine(
        id=row[0],
        household_id=row[1],
        kind=NeedKind(row[2]),
        state=IntroductionState(row[3]),
        level=IntroductionLevel(row[4]),
        province=row[5],
        county=row[6],
        severity=row[7],
        decile=row[8],
        household_size=row[9],
        opened_at=row[10],
        state_at=row[11],
        claim_until=row[12],
        contacted_at=row[13],
        closes_at=row[14],
        is_disputed=row[15],
        closed_because=ClosedBecause(row[16]) if row[16] else None,
        taken_by=row[17],
        has_body_agreed=row[18],
        note=row[19],
        offer_state=OfferState(row[20]) if row[20] else None,
        asked_count=asked_count,
    )


def _counted(line: IntroductionLine, count: int) -> IntroductionLine:
    return replace(line, asked_count=count)


def has_introduction_consent(*, household_id: int) -> bool:
    """Whether it stands that the household agreed to be introduced; for its own page."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_STANDS, [household_id])
        return cursor.fetchone() is not None
