"""The statements that count a day: of each source all its figures at once, and which provinces have changed."""

from __future__ import annotations

from typing import Final

from sakha.observatory.queries.daily import COUNTS
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

# Moments after which a province is not as it was, those that a year's look back leaves behind included. `since` is the
# oldest moment up to which any of the provinces asked for was counted.
CHANGED: Final = """SELECT province, max(moment) FROM (
  SELECT province, changed_at AS moment FROM registry_household WHERE changed_at >= %(since)s
  UNION ALL SELECT h.province, f.submitted_at FROM registry_fact f JOIN registry_household h ON h.id = f.household_id
             WHERE f.submitted_at >= %(since)s
  UNION ALL SELECT h.province, s.scored_at FROM scoring_month_score s JOIN registry_household h ON h.id = s.household_id
             WHERE s.scored_at >= %(since)s
  UNION ALL SELECT province, at FROM ledger_event WHERE at >= %(since)s AND province <> ''
  UNION ALL SELECT province, settled_at FROM ledger_hold WHERE settled_at >= %(since)s
  UNION ALL SELECT province, settled_at + %(year)s FROM ledger_hold
             WHERE status = 2 AND settled_at >= %(since)s - %(year)s
  UNION ALL SELECT province, found_at FROM ledger_hold WHERE found_at >= %(since)s
  UNION ALL SELECT province, opened_at FROM ledger_need WHERE opened_at >= %(since)s
  UNION ALL SELECT province, opened_at + %(year)s FROM ledger_need WHERE opened_at >= %(since)s - %(year)s
  UNION ALL SELECT province, found_at FROM coordination_candidate WHERE found_at >= %(since)s
  UNION ALL SELECT province, left_at FROM coordination_candidate WHERE left_at >= %(since)s
  UNION ALL SELECT province, greatest(sent_at, settled_at, opened_at) FROM coordination_invitation
             WHERE greatest(sent_at, settled_at, opened_at) >= %(since)s
  UNION ALL SELECT province, greatest(begun_at, sent_at) FROM coordination_registration
             WHERE greatest(begun_at, sent_at) >= %(since)s
  UNION ALL SELECT province, greatest(state_at, taken_at, served_at) FROM coordination_introduction
             WHERE greatest(state_at, taken_at, served_at) >= %(since)s
  UNION ALL SELECT province, greatest(opened_at, answered_at, due_at) FROM coordination_grievance
             WHERE greatest(opened_at, answered_at, due_at) >= %(since)s
  UNION ALL SELECT province, greatest(opened_at, decided_at, due_at) FROM scoring_appeal
             WHERE greatest(opened_at, decided_at, due_at) >= %(since)s
  UNION ALL SELECT province, greatest(approved_at, suspended_at) FROM access_organisation
             WHERE greatest(approved_at, suspended_at) >= %(since)s
  UNION ALL SELECT o.province, c.recorded_at FROM coordination_coverage c
              JOIN access_organisation o ON o.id = c.organisation_id WHERE c.recorded_at >= %(since)s
  UNION ALL SELECT o.province, c.to_on::timestamptz FROM coordination_coverage c
              JOIN access_organisation o ON o.id = c.organisation_id WHERE c.to_on >= %(since)s - interval '2 days'
) moments WHERE moment < %(until)s AND province <> '' GROUP BY province"""
