"""The statements that count a day: of each source all its figures at once, and which provinces are due."""

from __future__ import annotations

from typing import Final

from sakha.observatory.queries.daily import COUNTS
from sakha.observatory.queries.reading import NEWEST
from sakha.observatory.queries.sources import SOURCES
from sakha.observatory.rules.daily import UNKNOWN, DailyFigure

# A county that the register does not know is a county of its own, so that counties add up to the province.
_COUNTY: Final = f"CASE WHEN grouping(place) = 1 THEN '' WHEN place = '' THEN '{UNKNOWN}' ELSE place END"


def _counted(figure: DailyFigure, breakdown: str, part: str) -> str:
    sets = "(place), ()" if part == "''" else f"({part}, place), ({part})"
    return (
        f"SELECT {_COUNTY} AS county, '{figure.code}' AS figure, '{breakdown}' AS breakdown, {part} AS part,"  # noqa: S608 -- own words
        f" {figure.value} AS value FROM unit WHERE {figure.where} GROUP BY GROUPING SETS ({sets})"
    )


def _fill(source: str) -> str:
    of_source = [one for one in COUNTS if one.source == source]
    counts = [_counted(one, "", "''") for one in of_source]
    counts += [_counted(one, by.value, part) for one in of_source for by, part in one.parts.items()]
    return (
        f"WITH unit AS MATERIALIZED (SELECT rows.*, rows.county AS place FROM ({SOURCES[source]}) rows)\n"  # noqa: S608 -- own words
        "INSERT INTO observatory_amount (reckoning_id, province, county, figure, breakdown, part, value)\n"
        "SELECT %(reckoning)s, %(province)s, county, figure, breakdown, part, value FROM (\n"
        + "\nUNION ALL ".join(counts)
        + ") counted WHERE value <> 0 ORDER BY county, figure, breakdown, part"
    )


# Nobody's words stand in these: all are made of this room's own definitions.
FILLS: Final[dict[str, str]] = {source: _fill(source) for source in SOURCES}

# Provinces to be counted as of a day: those that were counted before, or in which something is by now, and not those
# whose day is finished. A province that was begun is counted every night, whatever changed: a household that moved
# away, a candidate that was opened again or a period that ended leave no moment of their own there.
DUE: Final = """SELECT asked.province FROM unnest(%(provinces)s::text[]) AS asked (province)
 WHERE NOT EXISTS (SELECT FROM observatory_reckoning r WHERE r.province = asked.province
                      AND r.on_day = %(day)s AND r.until_at >= %(ends_at)s)
   AND (EXISTS (SELECT FROM observatory_reckoning r WHERE r.province = asked.province AND r.on_day <= %(day)s)
     OR EXISTS (SELECT FROM registry_household h WHERE h.province = asked.province AND h.registered_at < %(until)s)
     OR EXISTS (SELECT FROM access_organisation o WHERE o.province = asked.province AND o.approved_at < %(until)s)
     OR EXISTS (SELECT FROM coordination_candidate c WHERE c.province = asked.province AND c.found_at < %(until)s)
     OR EXISTS (SELECT FROM coordination_registration r WHERE r.province = asked.province AND r.begun_at < %(until)s)
     OR EXISTS (SELECT FROM coordination_grievance g WHERE g.province = asked.province AND g.opened_at < %(until)s))
 ORDER BY asked.province"""

# The first of some days that is not finished in a province which was counted before it.
MISSED: Final = """SELECT min(days.day)
  FROM unnest(%(days)s::date[], %(ends)s::timestamptz[]) AS days (day, ends_at)
  JOIN (SELECT province, min(on_day) AS first_on FROM observatory_reckoning
         WHERE province <> '' GROUP BY province) begun
    ON begun.first_on < days.day
 WHERE NOT EXISTS (SELECT FROM observatory_reckoning r WHERE r.province = begun.province
                      AND r.on_day = days.day AND r.until_at >= days.ends_at)"""

# The nation of a day: the newest counts of all provinces, added up once; which they were stands beside the sum. A sum
# that was made of others (a province was counted anew) is no longer read and goes. Bodies are left out:
# each is of one province, so that the nation's parts by body would be the provinces' rows once more.
FORGET_SUM: Final = (
    """DELETE FROM observatory_amount a USING observatory_reckoning r
        WHERE r.id = a.reckoning_id AND r.province = '' AND r.on_day = %(day)s""",
    "DELETE FROM observatory_reckoning WHERE province = '' AND on_day = %(day)s",
)
_OF_DAY: Final = """SELECT count(*) AS province_count, min(newest.until_at) AS until_at,
                           array_agg(newest.id ORDER BY newest.id) AS ids FROM newest"""
IS_SUMMED: Final = f"""{NEWEST}SELECT of_day.province_count = 0 OR EXISTS (
  SELECT FROM observatory_reckoning r WHERE r.province = '' AND r.made_of = of_day.ids) FROM ({_OF_DAY}) of_day"""  # noqa: S608 -- own words
SUM: Final = f"""{NEWEST}, made AS (
  INSERT INTO observatory_reckoning (province, on_day, until_at, reckoned_at, made_of)
  SELECT '', %(day)s, of_day.until_at, %(at)s, of_day.ids FROM ({_OF_DAY}) of_day RETURNING id)
INSERT INTO observatory_amount (reckoning_id, province, county, figure, breakdown, part, value)
SELECT (SELECT id FROM made), '', '', a.figure, a.breakdown, a.part, sum(a.value)
  FROM newest JOIN observatory_amount a ON a.reckoning_id = newest.id
 WHERE a.county = '' AND a.breakdown <> 'BODY' GROUP BY a.figure, a.breakdown, a.part HAVING sum(a.value) <> 0
 ORDER BY a.figure, a.breakdown, a.part"""  # noqa: S608 -- own words
