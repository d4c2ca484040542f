"""Offers introductions to bodies: by kind, area, capacity and load, the lowest level first; and lets them climb.

Set-based, and the same for the same rows: the household that comes first in the order of help meets the body with the
least load for its capacity. That order is scoring's, with the points for being covered by nobody, which is said here.
What a level is and when one climbs is decided by `rules.introductions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sakha.access.rules import SYSTEM
from sakha.coordination.rules.introductions import (
    CLIMB_HOURS,
    CLIMB_HOURS_GRAVEST,
    GRAVEST,
    LOAD_DAYS,
    OFFERS_AT_ONCE,
    IntroductionLevel,
)
from sakha.scoring.queries.ranking import HelpOrder, help_order
from sakha.vocabulary.jalali import TEHRAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What one run did."""

    offer_count: int
    climbed_count: int


@dataclass(frozen=True, slots=True)
class _Pool:
    """Who may be offered what on a level: a filter of services, and the columns that part one pool from another."""

    services: str
    columns: tuple[str, ...]
    levels: tuple[str, ...]

    @property
    def parts(self) -> str:
        return ", ".join(("kind", *self.columns))

    @property
    def same(self) -> str:
        return " AND ".join(f"body.{one} = wish.{one}" for one in ("kind", *self.columns))


_POOLS: Final = {
    IntroductionLevel.COUNTY: _Pool("service.county <> ''", ("province", "county"), ("COUNTY", "PROVINCE", "NATION")),
    IntroductionLevel.PROVINCE: _Pool(
        "service.county = '' AND service.province <> ''", ("province",), ("PROVINCE", "NATION")
    ),
    IntroductionLevel.NATION: _Pool("service.province = ''", (), ("NATION",)),
}
_LEVELS: Final = tuple(IntroductionLevel)

# What a household's place in the order is; whoever is being taken this moment needs none. Only what moved is locked:
# a lock is written into the row, and every hour all that stand open would be written anew.
_POINTS: Final = """
    UPDATE coordination_introduction AS kept SET priority = now.points
      FROM (SELECT one.id, score.priority + uncovered.points AS points
              FROM coordination_introduction AS one JOIN scoring_score AS score ON score.household_id = one.household_id
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN EXISTS (
                              SELECT FROM coordination_coverage AS cover
                               WHERE cover.household_id = one.household_id
                                 AND (cover.to_on IS NULL OR cover.to_on > %(on)s)
                          ) THEN 0 ELSE %(uncovered_points)s END AS points) AS uncovered
             WHERE one.state = 'OFFERED' AND (%(only)s::bigint[] IS NULL OR one.id = ANY(%(only)s))
               AND one.priority <> score.priority + uncovered.points
             ORDER BY one.id FOR NO KEY UPDATE OF one SKIP LOCKED) AS now
     WHERE kept.id = now.id
"""
# Locked, so that nobody takes one meanwhile; who is being taken now needs no further offer, and whoever has one on this
# level is not touched.
_WISHES: Final = """
    locked AS MATERIALIZED (
        SELECT id, household_id, kind, province, county, priority, follower_id,
               (SELECT (home.registered_at AT TIME ZONE 'Asia/Tehran')::date FROM registry_household AS home
                 WHERE home.id = one.household_id) AS waits_since,
               ARRAY(SELECT before.organisation_id FROM coordination_offer AS before
                      WHERE before.introduction_id = one.id
                        AND (before.state IN ('OFFERED', 'DECLINED', 'PASSED_ON', 'LAPSED')
                             OR (before.state = 'RECALLED' AND before.reason IN ('DISPUTED', 'NOT_ARRIVED')))
                    ) AS asked_before
          FROM coordination_introduction AS one
         WHERE state = 'OFFERED' AND level = ANY(%(levels)s) AND (%(only)s::bigint[] IS NULL OR id = ANY(%(only)s))
           AND NOT (SELECT home.is_protected FROM registry_household AS home WHERE home.id = one.household_id)
           AND NOT EXISTS (
               SELECT FROM (SELECT offer.organisation_id, offer.kind FROM coordination_offer AS offer
                             WHERE offer.introduction_id = one.id AND offer.state = 'OFFERED' OFFSET 0) AS offer
                 JOIN coordination_service AS service
                   ON service.organisation_id = offer.organisation_id AND service.kind = offer.kind
                WHERE {services})
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED),
    wishes AS MATERIALIZED (
        SELECT placed.*, concat_ws(':', {parts}, place) AS meets
          FROM (SELECT wish.*, row_number() OVER (
                           PARTITION BY {parts} ORDER BY priority DESC, waits_since, {draw}, household_id) AS place
                  FROM locked AS wish) AS placed),
    bodies AS MATERIALIZED (
        SELECT service.organisation_id, service.kind, service.province, service.county,
               service.households_a_month AS capacity, {at_once} * load.taken + load.offered AS filled,
               {at_once} * (service.households_a_month - load.taken) - load.offered AS free
          FROM coordination_service AS service
          JOIN access_organisation AS body ON body.id = service.organisation_id
          CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE offer.state IN ('TAKEN', 'SERVED', 'CLOSED')
                                         AND offer.state_at > %(load_since)s) AS taken,
                      count(*) FILTER (WHERE offer.state = 'OFFERED') AS offered
                 FROM coordination_offer AS offer
                WHERE offer.organisation_id = service.organisation_id AND offer.kind = service.kind) AS load
         WHERE service.state = 'ACTIVE' AND service.households_a_month > 0 AND {services}
           AND body.approved_at IS NOT NULL AND body.suspended_at IS NULL
           AND (body.licence_valid_until IS NULL OR body.licence_valid_until >= %(on)s))
"""
_COLUMNS: Final = """
    INSERT INTO coordination_offer (introduction_id, organisation_id, household_id, kind, province, county, state,
                                    reason, offered_at, state_at)
"""
# Slots of all bodies in a line, the least filled for its capacity first; each introduction takes the next few. They
# meet by one word, and not by kind, area and place apart: that would go through all slots of an area for each need.
_IN_LINE: Final = (
    "WITH "  # noqa: S608 -- constants of this module
    + _WISHES
    + """,
    slots AS (
        SELECT placed.*, concat_ws(':', {parts}, (place - 1) / {at_once} + 1) AS meets
          FROM (SELECT body.*, row_number() OVER (
                           PARTITION BY {parts} ORDER BY (filled + step)::numeric / capacity, organisation_id, step
                       ) AS place
                  FROM bodies AS body
                 CROSS JOIN LATERAL generate_series(
                       1, least(body.free, {at_once} * (SELECT count(*) FROM wishes))) AS step) AS placed)
"""
    + _COLUMNS
    + """
    SELECT DISTINCT wish.id, body.organisation_id, wish.household_id, wish.kind, wish.province, wish.county, 'OFFERED',
           '', %(at)s::timestamptz, %(at)s::timestamptz
      FROM wishes AS wish JOIN slots AS body ON body.meets = wish.meets
     WHERE body.organisation_id IS DISTINCT FROM wish.follower_id AND body.organisation_id <> ALL(wish.asked_before)
    ON CONFLICT DO NOTHING
"""
)
# Whom the line left without anybody, because those next in it had refused before: each picks among who is left.
_BY_PICKING: Final = (
    "WITH "  # noqa: S608 -- constants of this module
    + _WISHES
    + """,
    picked AS (
        SELECT wish.id, wish.household_id, wish.kind, wish.province, wish.county, body.organisation_id, body.free,
               row_number() OVER (PARTITION BY body.organisation_id, wish.kind ORDER BY wish.place) AS turn
          FROM wishes AS wish CROSS JOIN LATERAL (
               SELECT body.organisation_id, body.free FROM bodies AS body
                WHERE {same} AND body.free > 0 AND body.organisation_id IS DISTINCT FROM wish.follower_id
                  AND body.organisation_id <> ALL(wish.asked_before)
                ORDER BY body.filled::numeric / body.capacity, body.organisation_id LIMIT {at_once}) AS body)
"""
    + _COLUMNS
    + """
    SELECT id, organisation_id, household_id, kind, province, county, 'OFFERED', '', %(at)s::timestamptz,
           %(at)s::timestamptz FROM picked WHERE turn <= free
    ON CONFLICT DO NOTHING
"""
)
_CLIMB: Final = """
    UPDATE coordination_introduction AS wish SET level = %(next)s, level_at = %(at)s
     WHERE wish.state = 'OFFERED' AND wish.level = %(level)s AND (%(only)s::bigint[] IS NULL OR wish.id = ANY(%(only)s))
       AND
"""
# Each looks for its own, also while the planner still takes the offers that were just made for none.
_IF_NOBODY: Final = """
       (SELECT offer.id FROM coordination_offer AS offer
         WHERE offer.introduction_id = wish.id AND offer.state = 'OFFERED' LIMIT 1) IS NULL
"""
_IF_DUE: Final = """
       wish.level_at <= CASE WHEN wish.severity >= %(gravest)s THEN %(due_gravest)s ELSE %(due)s END
"""


def place(cursor: Any, *, at: datetime, only: Sequence[int] | None = None) -> Placed:
    """Offer what nobody was offered on its level yet; what finds nobody on a level climbs at once."""
    offered = climbed = 0
    order = help_order(actor=SYSTEM, at=at)
    cursor.execute(_POINTS, _asked(at, IntroductionLevel.COUNTY, only) | {"uncovered_points": order.uncovered_points})
    for level in _LEVELS:
        asked = _asked(at, level, only)
        for statement in (_IN_LINE, _BY_PICKING):
            cursor.execute(_for(statement, level, order), asked)
            offered += cursor.rowcount
        if level is not IntroductionLevel.NATION:
            cursor.execute(_CLIMB + _IF_NOBODY, asked)
            climbed += cursor.rowcount
    return Placed(offer_count=offered, climbed_count=climbed)


def climb_due(cursor: Any, *, at: datetime) -> int:
    """Let climb what nobody took on its level in time; the highest first, so that nothing climbs twice."""
    climbed = 0
    for level in (IntroductionLevel.PROVINCE, IntroductionLevel.COUNTY):
        cursor.execute(_CLIMB + _IF_DUE, _asked(at, level, None))
        climbed += cursor.rowcount
    return climbed


def _for(statement: str, level: IntroductionLevel, order: HelpOrder) -> str:
    pool = _POOLS[level]
    return statement.format(
        parts=pool.parts, same=pool.same, services=pool.services, at_once=OFFERS_AT_ONCE, draw=order.draw_sql
    )


def _asked(at: datetime, level: IntroductionLevel, only: Sequence[int] | None) -> dict[str, Any]:
    following = _LEVELS[min(_LEVELS.index(level) + 1, len(_LEVELS) - 1)]
    return {
        "at": at,
        "on": at.astimezone(TEHRAN).date(),
        "only": None if only is None else list(only),
        "level": level.value,
        "levels": list(_POOLS[level].levels),
        "next": following.value,
        "load_since": at - timedelta(days=LOAD_DAYS),
        "gravest": GRAVEST,
        "due": at - timedelta(hours=CLIMB_HOURS),
        "due_gravest": at - timedelta(hours=CLIMB_HOURS_GRAVEST),
    }
