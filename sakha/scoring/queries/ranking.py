"""Households in the order of help: the formula's whole sum, with the points of those whom nobody covers.

Who is uncovered is coordination's to say; how much that weighs, and what decides between equals, is the policy's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.policy import policies_on

# Equal points: the longer wait, then the draw by the policy's published word.
_RANKED: Final = """
SELECT s.household_id, s.decile, s.priority, s.priority + CASE WHEN u.id IS NULL THEN 0 ELSE %(uncovered_points)s END
  FROM scoring_score s JOIN registry_household h ON h.id = s.household_id
  LEFT JOIN (SELECT DISTINCT unnest(%(uncovered)s::bigint[]) AS id) u ON u.id = s.household_id
 WHERE s.household_id = ANY(%(ids)s::bigint[])
 ORDER BY 4 DESC, (h.registered_at AT TIME ZONE 'Asia/Tehran')::date, {draw}, s.household_id"""


@dataclass(frozen=True, slots=True)
class RankedHousehold:
    """A scored household in its place. `points` are its priority and, where nobody covers it, the points for that."""

    household_id: int
    decile: int
    priority: int
    points: int


@dataclass(frozen=True, slots=True)
class HelpOrder:
    """What the policy in use says beside the priority: the points of the uncovered, and the draw as SQL."""

    uncovered_points: int
    draw_sql: str


def help_order(*, actor: Actor, at: datetime) -> HelpOrder:
    """For whoever orders rows of its own that have a `household_id`; whole numbers only, so it may stand in SQL."""
    with acting(actor):
        weights = policies_on(at.astimezone(TEHRAN).date()).weights
    return HelpOrder(weights.uncovered_points, weights.draw_sql())


def rank_households(
    *, actor: Actor, at: datetime, household_ids: Collection[int], uncovered_ids: Collection[int]
) -> tuple[RankedHousehold, ...]:
    """The most urgent first, of those that are seen and scored; the same order whoever asks."""
    with acting(actor), connection.cursor() as cursor:
        weights = policies_on(at.astimezone(TEHRAN).date()).weights
        draw = weights.draw_sql().replace("household_id", "s.household_id")
        parameters: dict[str, Any] = {
            "ids": list(household_ids),
            "uncovered": list(uncovered_ids),
            "uncovered_points": weights.uncovered_points,
        }
        cursor.execute(_RANKED.format(draw=draw), parameters)
        return tuple(RankedHousehold(*row) for row in cursor.fetchall())
