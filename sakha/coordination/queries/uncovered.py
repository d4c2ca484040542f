"""Where the uncovered live and how far their invitations got, by county. Figures only: no row names anybody."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.coordination.rules.states import InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredCounty:
    """The uncovered of one county; `registered_count` of them are in the register, the others come from an extract."""

    county: str
    household_count: int
    person_count: int
    registered_count: int
    with_mobile_count: int
    invited_count: int
    by_decile: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCount:
    """How many invitations stand in a state, with their SMS parts and what they cost so far."""

    state: InvitationState
    invitation_count: int
    part_count: int
    cost_rial: int


_BY_COUNTY: Final = """
    SELECT candidate.county, count(*), sum(candidate.household_size), count(candidate.household_id),
           count(candidate.mobile_index), count(invitation.id),
           array(SELECT (SELECT count(*) FROM coordination_candidate AS one
                          WHERE one.province = %(province)s AND one.county = candidate.county AND one.state = 'OPEN'
                            AND coalesce(one.official_decile, one.score_decile) = decile)
                   FROM generate_series(1, 10) AS decile ORDER BY decile)
      FROM coordination_candidate AS candidate
      LEFT JOIN coordination_invitation AS invitation ON invitation.candidate_id = candidate.id
     WHERE candidate.province = %(province)s AND candidate.state = 'OPEN'
     GROUP BY candidate.county ORDER BY candidate.county
"""
_COUNTS: Final = """
    SELECT state, count(*), sum(part_count), coalesce(sum(cost_rial), 0)
      FROM coordination_invitation WHERE province = %s GROUP BY state ORDER BY state
"""


def uncovered_by_county(*, actor: Actor, province: str) -> tuple[UncoveredCounty, ...]:
    """The open candidates by county, as far as the actor's area reaches."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_BY_COUNTY, {"province": province})
        return tuple(
            UncoveredCounty(
                county=row[0],
                household_count=row[1],
                person_count=row[2],
                registered_count=row[3],
                with_mobile_count=row[4],
                invited_count=row[5],
                by_decile=tuple(row[6]),
            )
            for row in cursor.fetchall()
        )


def invitation_counts(*, actor: Actor, province: str) -> tuple[InvitationCount, ...]:
    """The invitations of a province by state, as far as the actor's area reaches."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_COUNTS, [province])
        return tuple(
            InvitationCount(
                state=InvitationState(row[0]), invitation_count=row[1], part_count=row[2], cost_rial=int(row[3])
            )
            for row in cursor.fetchall()
        )
