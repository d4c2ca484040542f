"""Reads what anybody may read, as the system: help of a closed month, and what stood by the last counted day.

Nothing of it leaves this module unhidden: the rules of disclosure stand between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.observatory.queries.reading import NEWEST
from sakha.observatory.rules.daily import UNKNOWN
from sakha.observatory.rules.public_tables import HelpCount, HelpTable, StandingCount, make_help_table, tell_standing
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_bounds, month_ends
from sakha.vocabulary.places import PROVINCES

# Of the log, which is only appended to: a closed month is counted alike for ever. What was taken back later stays in
# the month in which it was told. A need is a household, a kind and a place in a month, so that places and kinds add up.
# The household is the log's, so that a merge changes no month that was told; its worth is found by the hold alone, for
# what was held before a merge and delivered after it was held for another household.
HELP_SQL: Final = """
SELECT CASE WHEN grouping(d.province) = 1 THEN '' WHEN grouping(d.county) = 1 THEN d.province
            ELSE coalesce(nullif(d.county, ''), d.province || '-') END,
       coalesce(d.kind, 0)::int,
       count(DISTINCT (d.province, d.county, d.household_id, d.kind)),
       count(DISTINCT d.household_id), coalesce(sum(h.worth_rial), 0)::bigint
  FROM ledger_event d
  LEFT JOIN ledger_event h ON h.hold_id = d.hold_id AND h.action = 2 AND h.outcome = 1
 WHERE d.action = 3 AND d.outcome = 1 AND d.household_id IS NOT NULL AND d.province <> ''
   AND d.at >= %(begins)s AND d.at < %(ends)s
 GROUP BY GROUPING SETS ((), (d.kind), (d.province), (d.province, d.kind), (d.province, d.county))
"""
# What stands is read from what was counted of the newest days, and is of the newest of those days.
_STANDING: Final = f"""{NEWEST}SELECT newest.on_day, newest.province, a.county, a.figure, a.value
  FROM newest LEFT JOIN observatory_amount a
    ON a.reckoning_id = newest.id AND a.breakdown = '' AND a.figure = ANY(%(figures)s)"""  # noqa: S608 -- own words
_NAMES: Final = {
    "IDENTIFIED_HOUSEHOLDS": "HOUSEHOLDS",
    "UNCOVERED": "UNCOVERED",
    "UNCOVERED_OUTSIDE": "UNCOVERED_OUTSIDE",
    "DOUBLE_AID_REFUSED": "DOUBLE_AID_REFUSED",
}
_OF_PROVINCES: Final = ("DOUBLE_AID_REFUSED",)
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
    """All that is told: help of the last closed month, what stands and what was objected to by the end of a day.

    The day, `on`, is the last that was counted.
    """

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
        month = jalali_month(month_ends(today, 1)[0])
    first, last = month_bounds(month)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(HELP_SQL, {"begins": _midnight(first), "ends": _midnight(last + timedelta(days=1))})
        counts = [HelpCount(*row) for row in cursor.fetchall()]
        yesterday = today - timedelta(days=1)
        cursor.execute(_STANDING, {"provinces": sorted(PROVINCES), "on": yesterday, "figures": list(_NAMES)})
        counted = cursor.fetchall()
        on = max((day for day, *_ in counted), default=yesterday)
        cursor.execute(_VOICES, {"ends": _midnight(on + timedelta(days=1))})
        voices = [StandingCount(name, "", count) for name, count in cursor.fetchall()]
    return PublicTables(
        help=make_help_table(month, counts),
        standing=tell_standing(_standing(row[1:] for row in counted)),
        voices={name: count for (name, _), count in tell_standing(voices).items()},
        on=on,
    )


def _standing(amounts: Iterable[tuple[str, str | None, str | None, int | None]]) -> Iterator[StandingCount]:
    """Of counties where a figure is told of them, else of provinces; a county that nobody told is a dash."""
    for province, county, figure, count in amounts:
        if figure is None or county is None or count is None:
            continue
        is_province = not county
        if is_province == (figure in _OF_PROVINCES):
            place = province if is_province else county if county != UNKNOWN else f"{province}-"
            yield StandingCount(_NAMES[figure], place, count)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), TEHRAN)
