"""Counts what anybody may read, as the system: help of a closed month, and what stood at the end of a day.

Nothing of it leaves this module unhidden: the rules of disclosure stand between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.observatory.rules.public_tables import HelpCount, HelpTable, Standing, make_help_table, tell_standing
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_bounds

# Of the log, which is only appended to: a closed month is counted alike for ever. What was taken back later stays in
# the month in which it was told. A need is a household, a kind and a place in a month, so that places and kinds add up.
HELP_SQL: Final = """
SELECT CASE WHEN grouping(d.province) = 1 THEN '' WHEN grouping(d.county) = 1 THEN d.province
            ELSE coalesce(nullif(d.county, ''), d.province || '-') END,
       coalesce(d.kind, 0)::int,
       count(DISTINCT (d.province, d.county, d.household_id, d.kind)),
       count(DISTINCT d.household_id), coalesce(sum(h.worth_rial), 0)::bigint
  FROM ledger_event d
  LEFT JOIN LATERAL (SELECT e.worth_rial FROM ledger_event e
        WHERE e.household_id = d.household_id AND e.hold_id = d.hold_id AND e.action = 2 AND e.outcome = 1
        LIMIT 1) h ON true
 WHERE d.action = 3 AND d.outcome = 1 AND d.household_id IS NOT NULL AND d.province <> ''
   AND d.at >= %(begins)s AND d.at < %(ends)s
 GROUP BY GROUPING SETS ((), (d.kind), (d.province), (d.province, d.kind), (d.province, d.county))
"""
_STANDING: Final = {
    "HOUSEHOLDS": """
SELECT coalesce(nullif(h.county, ''), h.province || '-'), count(*) FROM registry_household h
 WHERE h.registered_at < %(ends)s AND EXISTS (
       SELECT 1 FROM registry_membership m WHERE m.household_id = h.id AND m.to_on IS NULL) GROUP BY 1""",
    "UNCOVERED": """
SELECT coalesce(nullif(c.county, ''), c.province || '-'), count(*) FROM coordination_candidate c
 WHERE c.found_at < %(ends)s AND c.state = 'OPEN' GROUP BY 1""",
    "DOUBLE_AID_REFUSED": """
SELECT province, count(*) FROM (
  SELECT DISTINCT e.province, e.organisation_id, e.household_id, e.kind, e.period FROM ledger_event e
   WHERE e.action = 2 AND e.outcome IN (2, 5) AND e.province <> '' AND e.at < %(ends)s AND EXISTS (
         SELECT 1 FROM ledger_hold h WHERE h.household_id = e.household_id AND h.kind = e.kind
            AND h.organisation_id <> e.organisation_id AND h.status IN (1, 2) AND h.created_at <= e.at
            AND (h.period = e.period OR e.outcome = 5 AND h.span @> (e.at AT TIME ZONE 'Asia/Tehran')::date))
     AND NOT EXISTS (
         SELECT 1 FROM ledger_hold own WHERE own.household_id = e.household_id AND own.kind = e.kind
            AND own.period = e.period AND own.organisation_id = e.organisation_id AND own.status IN (1, 2))) refused
 GROUP BY 1""",
}
# Of the whole country: by fact and by kind the numbers of a province would nearly all be hidden.
_VOICES: Final = """
SELECT 'APPEAL ' || a.kind || ' ' || a.fact || ' ' || coalesce(nullif(a.outcome, ''), 'OPEN'), count(*)
  FROM scoring_appeal a WHERE a.opened_at < %(ends)s GROUP BY 1
UNION ALL
SELECT 'APPEAL LATE', count(*) FROM scoring_appeal a WHERE a.opened_at < %(ends)s AND a.was_late
UNION ALL
SELECT 'GRIEVANCE ' || g.kind || CASE WHEN g.answered_at IS NULL THEN ' OPEN' ELSE ' ANSWERED' END, count(*)
  FROM coordination_grievance g WHERE g.opened_at < %(ends)s GROUP BY 1
UNION ALL
SELECT 'GRIEVANCE LATE', count(*) FROM coordination_grievance g WHERE g.opened_at < %(ends)s AND g.was_late
"""


@dataclass(frozen=True, slots=True)
class PublicTables:
    """All that is told: help of the last closed month, what stands and what was objected to by the end of a day."""

    help: HelpTable
    standing: dict[tuple[str, str], int]
    voices: dict[str, int]
    on: date


def read_public_tables(*, at: datetime, has_running: bool = False) -> PublicTables:
    """Read what may be told at a moment: nothing of the running day, no help of the running month.

    `has_running` takes both as closed: a demonstration has no other day.
    """
    today = at.astimezone(TEHRAN).date() + timedelta(days=has_running)
    month = jalali_month(today - timedelta(days=1))
    if not has_running:
        month = jalali_month(month_bounds(jalali_month(today))[0] - timedelta(days=1))
    first, last = month_bounds(month)
    ends = {"ends": _midnight(today)}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(HELP_SQL, {"begins": _midnight(first), "ends": _midnight(last + timedelta(days=1))})
        counts = [HelpCount(*row) for row in cursor.fetchall()]
        standing: list[Standing] = []
        for name, sql in _STANDING.items():
            cursor.execute(sql, ends)
            standing += [Standing(name, place, count) for place, count in cursor.fetchall()]
        cursor.execute(_VOICES, ends)
        voices = [Standing(name, "", count) for name, count in cursor.fetchall()]
    return PublicTables(
        help=make_help_table(month, counts),
        standing=tell_standing(standing),
        voices={name: count for (name, _), count in tell_standing(voices).items()},
        on=today - timedelta(days=1),
    )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), TEHRAN)
