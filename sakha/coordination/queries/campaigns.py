"""Campaigns of an area with what came of them, and the room that bodies of the directory have for who will come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.coordination.rules.campaigns import CampaignState
from sakha.coordination.rules.introductions import LOAD_DAYS
from sakha.vocabulary.need_kinds import NeedKind

_CAMPAIGNS: Final = """
    SELECT id, name, province, county, deciles_max, people_max, wave_size, wave_days, next_wave_on, state, opened_at
      FROM coordination_campaign ORDER BY state = 'STOPPED', opened_at DESC, id DESC LIMIT %s
"""
_COUNTS: Final = """
    SELECT invitation.campaign_id, invitation.state, count(*), coalesce(sum(invitation.cost_rial), 0), count(told.id)
      FROM coordination_invitation AS invitation
      LEFT JOIN coordination_registration AS told ON told.invitation_id = invitation.id AND told.sent_at IS NOT NULL
     WHERE invitation.campaign_id = ANY(%s) GROUP BY 1, 2
"""
# Of bodies with a valid licence alone; what is offered and not answered yet takes a place too.
_ROOM: Final = """
    SELECT service.kind, count(DISTINCT service.organisation_id), sum(service.households_a_month),
           sum(greatest(0, service.households_a_month - (
               SELECT count(*) FROM coordination_offer AS offer
                WHERE offer.organisation_id = service.organisation_id AND offer.kind = service.kind
                  AND (offer.state = 'OFFERED'
                       OR offer.state IN ('TAKEN', 'SERVED', 'CLOSED') AND offer.state_at > %(since)s))))
      FROM coordination_service AS service
      JOIN access_organisation AS body ON body.id = service.organisation_id AND body.approved_at IS NOT NULL
                                      AND body.suspended_at IS NULL
                                      AND coalesce(body.licence_valid_until, %(on)s) >= %(on)s
     WHERE service.state = 'ACTIVE' AND service.province = %(province)s
       AND (%(county)s = '' OR service.county IN ('', %(county)s))
     GROUP BY 1 ORDER BY 1
"""
_OUT: Final = frozenset({"SENT", "DELIVERED", "UNDELIVERED", "BLOCKED_BY_RECIPIENT", "FILTERED", "UNKNOWN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """A campaign: whom it asks, when its next wave goes, and what came of it so far."""

    id: int
    name: str
    province: str
    county: str
    deciles_max: int
    people_max: int
    wave_size: int | None
    wave_days: int
    next_wave_on: date | None
    state: CampaignState
    opened_at: datetime
    queued_count: int
    sent_count: int
    reached_count: int
    unreached_count: int
    registered_count: int
    cost_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOfKind:
    """How many households a month bodies of an area say they can take up of a kind, and how many places are free."""

    kind: NeedKind
    body_count: int
    capacity: int
    free_count: int


def campaigns(*, actor: Actor, limit: int = 20) -> tuple[CampaignLine, ...]:
    """The campaigns that the actor sees, the running ones first. Raises: PermissionMissing."""
    actor.require(Permission.INVITE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_CAMPAIGNS, [limit])
        found = cursor.fetchall()
        cursor.execute(_COUNTS, [[row[0] for row in found]])
        counts: dict[int, dict[str, tuple[int, int, int]]] = {}
        for campaign_id, state, *numbers in cursor.fetchall():
            counts.setdefault(campaign_id, {})[state] = (numbers[0], int(numbers[1]), numbers[2])
    return tuple(_line(row, counts.get(row[0], {})) for row in found)


def room_of_directory(
    *, actor: Actor, at: datetime, on: date, province: str, county: str = ""
) -> tuple[RoomOfKind, ...]:
    """What the bodies of a province, or those that serve a county of it, can still take up this month, by kind."""
    actor.require(Permission.INVITE)
    asked: dict[str, Any] = {"on": on, "province": province, "county": county}
    asked["since"] = at - timedelta(days=LOAD_DAYS)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_ROOM, asked)
        return tuple(
            RoomOfKind(kind=NeedKind(kind), body_count=bodies, capacity=int(capacity), free_count=int(free))
            for kind, bodies, capacity, free in cursor.fetchall()
        )


def _line(row: tuple[Any, ...], counts: Mapping[str, tuple[int, int, int]]) -> CampaignLine:
    number = {state: one[0] for state, one in counts.items()}
    return CampaignLine(
        id=row[0],
        name=row[1],
        province=row[2],
        county=row[3],
        deciles_max=row[4],
        people_max=row[5],
        wave_size=row[6],
        wave_days=row[7],
        next_wave_on=row[8],
        state=CampaignState(row[9]),
        opened_at=row[10],
        queued_count=number.get("QUEUED", 0) + number.get("SENDING", 0),
        sent_count=sum(number.get(state, 0) for state in _OUT),
        reached_count=number.get("DELIVERED", 0),
        unreached_count=sum(
            number.get(state, 0) for state in ("UNDELIVERED", "BLOCKED_BY_RECIPIENT", "FILTERED", "INVALID_NUMBER")
        ),
        registered_count=sum(one[2] for one in counts.values()),
        cost_rial=sum(one[1] for one in counts.values()),
    )
