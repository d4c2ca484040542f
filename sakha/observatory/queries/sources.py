"""Where the rows of a day's figures come from: one query a source, over one province as of the end of one day.

Parameters: `province`; `day`, the day; `until`, its end; `since`, a year before it; `month` and `year`, the Jalali ones
of the day. What a row says of its past is taken from its moments; what it says only of now (place, sex, kind) is now's.
"""

from __future__ import annotations

from typing import Final

from sakha.ledger.rules.terms import UNIT_WORTH_RIAL
from sakha.observatory.rules.daily import DAYS_MAX, UNKNOWN, WORTH_EDGES

_EDGES: Final = ",".join(map(str, WORTH_EDGES))
_UNIT_WORTH: Final = (
    "CASE n.kind "
    + " ".join(f"WHEN {kind.value} THEN {worth}" for kind, worth in UNIT_WORTH_RIAL.items())
    + " ELSE 1 END"
)
# Aid that had arrived by the end of the day, at the worth of the day it was held.
_ARRIVED: Final = """SELECT l.id, l.household_id, l.county, l.kind, l.organisation_id, l.quantity,
         l.surplus_quantity, l.found_at, l.settled_at, e.worth_rial AS worth
    FROM ledger_hold l JOIN ledger_event e ON e.hold_id = l.id AND e.action = 2 AND e.outcome = 1
   WHERE l.province = %(province)s AND l.status = 2 AND l.settled_at < %(until)s"""

# A household of the register with at least one member. Its decile is the official one where the search for the
# uncovered found it by that, else Sakha's own estimate.
HOMES: Final = f"""WITH arrived AS (
  {_ARRIVED}),
helped AS (
  SELECT household_id, min(settled_at) AS first_at,
         coalesce(sum(worth) FILTER (WHERE settled_at >= %(since)s), 0) AS worth_of_year
    FROM arrived GROUP BY household_id),
members AS (
  SELECT m.household_id, count(DISTINCT m.person_id) AS people,
         max(p.gender) FILTER (WHERE m.relation = 'HEAD') AS sex_of_head
    FROM registry_membership m JOIN registry_household h ON h.id = m.household_id
    JOIN registry_person p ON p.id = m.person_id
   WHERE h.province = %(province)s AND m.from_on <= %(day)s AND (m.to_on IS NULL OR m.to_on > %(day)s)
   GROUP BY m.household_id),
scored AS (
  SELECT DISTINCT ON (s.household_id) s.household_id, s.decile
    FROM scoring_month_score s JOIN registry_household h ON h.id = s.household_id
   WHERE h.province = %(province)s AND s.scored_at < %(until)s
   ORDER BY s.household_id, s.month DESC),
found AS (
  SELECT c.household_id, min(c.official_decile) AS official_decile, min(c.score_decile) AS score_decile
    FROM coordination_candidate c
   WHERE c.province = %(province)s AND c.household_id IS NOT NULL AND c.found_at < %(until)s GROUP BY 1),
disabled AS (
  SELECT DISTINCT ON (f.household_id) f.household_id, f.value
    FROM registry_fact f JOIN registry_household h ON h.id = f.household_id
   WHERE h.province = %(province)s AND f.name = 'disabled_count' AND f.submitted_at < %(until)s
   ORDER BY f.household_id, f.observed_on DESC, f.submitted_at DESC, f.id DESC)
SELECT h.county, members.people, coalesce(nullif(members.sex_of_head, ''), '{UNKNOWN}') AS sex,
       coalesce(found.official_decile, scored.decile, found.score_decile, 0)::text AS decile,
       CASE h.is_urban WHEN true THEN 'URBAN' WHEN false THEN 'RURAL' ELSE '{UNKNOWN}' END AS settlement,
       CASE WHEN disabled.value > 0 THEN 'YES' WHEN disabled.value = 0 THEN 'NO' ELSE '{UNKNOWN}' END AS disability,
       coalesce(helped.worth_of_year, 0)::bigint AS worth_of_year, helped.first_at IS NOT NULL AS was_helped,
       width_bucket(coalesce(helped.worth_of_year, 0)::bigint, ARRAY[{_EDGES}]::bigint[])::text AS worth_step,
       least({DAYS_MAX}, greatest(0, ceil(extract(epoch FROM helped.first_at - h.registered_at) / 86400)))::int::text
         AS days
  FROM registry_household h JOIN members ON members.household_id = h.id
  LEFT JOIN helped ON helped.household_id = h.id LEFT JOIN scored ON scored.household_id = h.id
  LEFT JOIN found ON found.household_id = h.id LEFT JOIN disabled ON disabled.household_id = h.id
 WHERE h.province = %(province)s AND h.registered_at < %(until)s"""  # noqa: S608 -- own words

CANDIDATES: Final = """SELECT c.county, coalesce(c.official_decile, c.score_decile, 0)::text AS decile,
       c.household_id IS NULL AS is_outside, c.left_at IS NULL OR c.left_at >= %(until)s AS is_open
  FROM coordination_candidate c
 WHERE c.province = %(province)s AND c.found_at < %(until)s"""

INVITATIONS: Final = """SELECT i.county, i.sent_at < %(until)s AS is_sent,
       i.state = 'DELIVERED' AND i.settled_at < %(until)s OR i.opened_at < %(until)s AS is_reached
  FROM coordination_invitation i
 WHERE i.province = %(province)s"""

REGISTRATIONS: Final = """SELECT r.county, r.sent_at < %(until)s AS is_sent
  FROM coordination_registration r
 WHERE r.province = %(province)s AND r.begun_at < %(until)s"""

# A household that is introduced, not each of its needs.
INTRODUCTIONS: Final = """SELECT max(i.county) AS county,
       bool_or(i.taken_by_id IS NOT NULL AND i.taken_at < %(until)s) AS is_taken,
       bool_or(i.served_at < %(until)s) AS is_served
  FROM coordination_introduction i
 WHERE i.province = %(province)s AND i.opened_at < %(until)s
 GROUP BY i.household_id"""

# `state` of a need: met in full, open while its period runs, missed when the period ended before it was met.
NEEDS: Final = f"""WITH given AS (
  SELECT l.need_id, sum(l.quantity - l.surplus_quantity) AS quantity
    FROM ledger_hold l
   WHERE l.province = %(province)s AND l.status = 2 AND l.settled_at < %(until)s GROUP BY 1)
SELECT n.county, n.kind::text AS kind, n.opened_at >= %(since)s AS is_of_year,
       CASE WHEN coalesce(given.quantity, 0) >= n.target THEN 'MET'
            WHEN n.period IN (0, %(month)s, %(year)s) THEN 'OPEN' ELSE 'MISSED' END AS state,
       n.target * {_UNIT_WORTH} AS needed, coalesce(given.quantity, 0) * {_UNIT_WORTH} AS met
  FROM ledger_need n LEFT JOIN given ON given.need_id = n.id
 WHERE n.province = %(province)s AND n.target > 0 AND n.opened_at < %(until)s"""  # noqa: S608 -- own words

AID: Final = f"""WITH arrived AS (
  {_ARRIVED})
SELECT a.county, a.kind::text AS kind, o.kind AS giver, o.id::text AS body, a.worth, a.household_id,
       a.found_at < %(until)s AS is_double, a.worth / a.quantity
         * CASE WHEN a.surplus_quantity > 0 THEN a.surplus_quantity ELSE a.quantity END AS double_worth
  FROM arrived a JOIN access_organisation o ON o.id = a.organisation_id"""  # noqa: S608 -- own words


def _refused(when: str = "") -> str:
    """Double aid that was refused: each asker, household, kind and period once, at its least worth.

    Outcomes 2, covered, and 5, similar help in the window; not 6, more than what is open, and not what only the asker's
    own aid stood in the way of.
    """
    return f"""SELECT min(e.county) AS county, e.kind::text AS kind, min(e.worth_rial) AS worth
  FROM ledger_event e JOIN registry_household g ON g.id = e.household_id
 WHERE e.province = %(province)s AND e.action = 2 AND e.outcome IN (2, 5){when} AND EXISTS (
       SELECT 1 FROM ledger_hold h
        WHERE h.household_id = coalesce(g.merged_into_id, g.id)
          AND h.kind = e.kind AND h.organisation_id <> e.organisation_id
          AND h.status IN (1, 2) AND h.created_at <= e.at
          AND (h.period = e.period
               OR e.outcome = 5 AND h.span @> (e.at AT TIME ZONE 'Asia/Tehran')::date)) AND NOT EXISTS (
       SELECT 1 FROM ledger_hold own
        WHERE own.household_id = coalesce(g.merged_into_id, g.id)
          AND own.kind = e.kind AND own.period = e.period
          AND own.organisation_id = e.organisation_id AND own.status IN (1, 2))
 GROUP BY e.organisation_id, coalesce(g.merged_into_id, g.id), e.kind, e.period"""  # noqa: S608 -- own words


EVER_REFUSED: Final = _refused()
REFUSED: Final = _refused(" AND e.at < %(until)s")

# What an appeal is about: the disputed fact, or VISIT and DECISION.
APPEALS: Final = """SELECT a.county, CASE WHEN a.fact = '' THEN a.kind ELSE a.fact END AS fact,
       a.decided_at < %(until)s AND a.outcome IN ('UPHELD', 'REJECTED') AS is_judged, a.was_late,
       a.outcome = 'UPHELD' AS is_upheld
  FROM scoring_appeal a
 WHERE a.province = %(province)s AND a.opened_at < %(until)s"""

GRIEVANCES: Final = f"""SELECT g.county, g.kind AS matter, g.was_late, g.answered_at < %(until)s AS is_answered,
       least({DAYS_MAX}, ceil(extract(epoch FROM g.answered_at - g.opened_at) / 86400))::int::text AS days
  FROM coordination_grievance g
 WHERE g.province = %(province)s AND g.opened_at < %(until)s"""  # noqa: S608 -- own words

# A body at work, what it says it can carry, and the households of the province that it answers for.
CHARITIES: Final = """SELECT o.county, o.id::text AS body, coalesce(o.capacity_households, 0) AS capacity,
       o.capacity_households IS NOT NULL AS tells_capacity,
       (SELECT count(DISTINCT c.household_id) FROM coordination_coverage c
         WHERE c.organisation_id = o.id AND c.household_id IS NOT NULL AND c.recorded_at < %(until)s
           AND c.from_on <= %(day)s AND (c.to_on IS NULL OR c.to_on > %(day)s)) AS households
  FROM access_organisation o
 WHERE o.province = %(province)s AND o.kind IN ('CHARITY', 'CHARITY_CENTRE') AND o.approved_at < %(until)s
   AND (o.suspended_at IS NULL OR o.suspended_at >= %(until)s)"""

SOURCES: Final[dict[str, str]] = {
    "homes": HOMES,
    "candidates": CANDIDATES,
    "invitations": INVITATIONS,
    "registrations": REGISTRATIONS,
    "introductions": INTRODUCTIONS,
    "needs": NEEDS,
    "aid": AID,
    "refused": REFUSED,
    "appeals": APPEALS,
    "grievances": GRIEVANCES,
    "charities": CHARITIES,
}
