"""What the guard costs and what it prevents: `python -m bench.ledger.holds`.

Measures holds and checks through the ledger's functions beside bare statements on the same tables in the same run, and
counts double holds of 64 clients with the guard and without it. Read the ratios: tps depend on the machine.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from bench.ledger.ground import Ground, own_ground

CLIENTS = 16
HOSTILE_CLIENTS = 64
HOSTILE_HOUSEHOLDS = 400

BARE_HOLD = """
\\set h random(1, :households)
WITH guarded AS (
  UPDATE ledger_need SET held = held + 1
   WHERE household_id = :h AND kind = 2 AND period = 140508 AND held + delivered + 1 <= target RETURNING id)
INSERT INTO ledger_hold (need_id, household_id, organisation_id, kind, period, quantity, request_id, reason, province,
                         county, created_at, expires_at)
SELECT id, :h, 1, 2, 140508, 1, gen_random_uuid(), '', '30', '3001', now(), now() + interval '3 days' FROM guarded;
"""
HOLD = """
\\set h random(1, :households)
SELECT * FROM ledger_hold(now(), gen_random_uuid(), :h, 4::smallint, 140508, 1, 1, 1,
  now() + interval '3 days', NULL, '');
"""
HOLD_AS_APPLICATION = """
\\set h random(1, :households)
BEGIN;
SELECT set_config('sakha.scope', 'ORGANISATION', true), set_config('sakha.organisation_id', '1', true);
SELECT * FROM ledger_hold(now(), gen_random_uuid(), :h, 4::smallint, 140508, 1, 1, 1,
  now() + interval '3 days', NULL, '');
COMMIT;
"""
BARE_CHECK = """
\\set h random(1, :households)
SELECT n.target - n.held - n.delivered
  FROM registry_person p JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
  JOIN ledger_need n ON n.household_id = m.household_id AND n.kind = 4 AND n.period = 140508
 WHERE p.id_index = substring(sha256((:h)::text::bytea) FOR 16);
"""
BARE_CHECK_KEPT = """
\\set h random(1, :households)
WITH looked AS (
  SELECT n.household_id, n.target - n.held - n.delivered AS open
    FROM registry_person p JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
    JOIN ledger_need n ON n.household_id = m.household_id AND n.kind = 4 AND n.period = 140508
   WHERE p.id_index = substring(sha256((:h)::text::bytea) FOR 16))
INSERT INTO ledger_event (at, action, outcome, organisation_id, household_id, kind, period, quantity, worth_rial,
                          reason, province, county)
SELECT now(), 1, 1, 1, household_id, 4, 140508, 1, 1, '', '30', '3001' FROM looked RETURNING 1;
"""
CHECK = """
\\set h random(1, :households)
SELECT * FROM ledger_check(now(), ARRAY[substring(sha256((:h)::text::bytea) FOR 16)], NULL, 4::smallint, 140508, 1,
  1, 1, NULL, ARRAY[1,2,3,4,5,6,7,8,9,10,11,12,13]::smallint[],
  ARRAY[140508,140508,1405,140508,0,1405,1405,0,0,0,1405,140508,140508]);
"""
CHECK_MANY = """
\\set h random(1, :households - 1000)
SELECT count(*) FROM ledger_check_many(now(),
  (SELECT array_agg(i) FROM generate_series(1, 1000) i),
  (SELECT array_agg(substring(sha256((:h + i)::text::bytea) FOR 16)) FROM generate_series(1, 1000) i),
  (SELECT array_agg(NULL::bigint) FROM generate_series(1, 1000) i), 4::smallint, 140508, 1, 1, 1, NULL);
"""
HOLD_MANY = """
\\set h random(1, :households - 1000)
SELECT count(*) FROM ledger_hold_many(now(),
  (SELECT array_agg(gen_random_uuid()) FROM generate_series(1, 1000) i),
  (SELECT array_agg((:h + i)::bigint) FROM generate_series(1, 1000) i),
  (SELECT array_agg(1::bigint) FROM generate_series(1, 1000) i), 4::smallint, 140508, 1, 1, now() + interval '3 days',
  NULL);
"""
# One parcel a household, and 64 clients that all want to give it: once as an application looks and then writes, once
# guarded.
LOOK_THEN_WRITE = """
\\set h random(1, 400)
BEGIN;
SELECT count(*) AS found FROM ledger_hold WHERE household_id = :h AND kind = 9 AND status IN (1, 2) \\gset
\\if :found = 0
INSERT INTO ledger_hold (need_id, household_id, organisation_id, kind, period, quantity, request_id, reason, province,
                         county, created_at, expires_at)
SELECT id, :h, 1, 9, 0, 1, gen_random_uuid(), '', '30', '3001', now(), now() + interval '3 days'
  FROM ledger_need WHERE household_id = :h AND kind = 9;
\\endif
COMMIT;
"""
GUARDED = """
\\set h random(1, 400)
SELECT * FROM ledger_hold(now(), gen_random_uuid(), :h, 9::smallint, 0, 1, 1, 1,
  now() + interval '3 days', NULL, '');
"""
ONE_PARCEL = """
DELETE FROM ledger_hold WHERE kind = 9;
DELETE FROM ledger_need WHERE kind = 9;
INSERT INTO ledger_need (household_id, kind, period, target, province, county, opened_at)
SELECT number, 9, 0, 1, '30', '3001', now() FROM generate_series(1, 400) AS number;
"""
DOUBLES = """
SELECT count(*) FROM (SELECT 1 FROM ledger_hold h JOIN ledger_need n ON n.id = h.need_id
  WHERE h.kind = 9 AND h.status IN (1, 2) GROUP BY n.id HAVING sum(h.quantity) > n.target) AS over
"""
WRONG_COUNTERS = """
SELECT count(*) FROM ledger_need n LEFT JOIN (
  SELECT need_id, sum(quantity) FILTER (WHERE status = 1) AS held, sum(quantity) FILTER (WHERE status = 2) AS delivered
    FROM ledger_hold GROUP BY 1) s ON s.need_id = n.id
 WHERE (n.held, n.delivered) <> (coalesce(s.held, 0), coalesce(s.delivered, 0))
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A measured way, beside what it is compared with."""

    name: str
    script: str
    compared_with: str = ""
    as_superuser: bool = False
    items: int = 1


LINES = (
    Line("bare UPDATE + INSERT", BARE_HOLD, as_superuser=True),
    Line("ledger_hold", HOLD, "bare UPDATE + INSERT"),
    Line("ledger_hold, as the application calls it", HOLD_AS_APPLICATION, "bare UPDATE + INSERT"),
    Line("ledger_hold_many, 1000 a call", HOLD_MANY, "bare UPDATE + INSERT", items=1000),
    Line("bare read-only look-up by identifier", BARE_CHECK, as_superuser=True),
    Line("the same look-up, written down", BARE_CHECK_KEPT, "bare read-only look-up by identifier", as_superuser=True),
    Line("ledger_check", CHECK, "the same look-up, written down"),
    Line("ledger_check_many, 1000 a call", CHECK_MANY, "the same look-up, written down", items=1000),
)


def measure_rates(ground: Ground, *, seconds: int) -> None:
    """Print households a second of each way, and its ratio to the bare statement."""
    rates: dict[str, float] = {}
    print("The functions write every answer down before they give it; the bare hold knows no request and no event.")
    print(f"{CLIENTS} clients, {seconds} s each, {ground.household_count:,} households")
    for line in LINES:
        url = ground.superuser_url if line.as_superuser else ""
        clients = 4 if line.items > 1 else CLIENTS
        rates[line.name] = ground.pgbench(line.script, clients=clients, seconds=seconds, url=url) * line.items
        ratio = f"{rates[line.name] / rates[line.compared_with]:6.2f} x" if line.compared_with else ""
        print(f"  {line.name:<42}{rates[line.name]:>10,.0f} /s {ratio}")
    print(f"  needs whose counters are not the sums of their holds: {ground.count(WRONG_COUNTERS)}")


def count_doubles(ground: Ground, *, seconds: int) -> tuple[int, int]:
    """Count households that were promised their one parcel more than once, without the guard and with it."""
    found = []
    for script, url in ((LOOK_THEN_WRITE, ground.superuser_url), (GUARDED, "")):
        ground.run(ONE_PARCEL)
        ground.pgbench(script, clients=HOSTILE_CLIENTS, seconds=seconds, url=url)
        found.append(ground.count(DOUBLES))
    without, with_guard = found
    print(f"\n{HOSTILE_CLIENTS} clients for {HOSTILE_HOUSEHOLDS} households of one parcel each, {seconds} s")
    print(f"  look, then write:  {without} households promised twice or more")
    print(f"  ledger_hold:       {with_guard}")
    return without, with_guard


def main() -> int:
    """Measure and print; exit code 1 when the guard let a double hold through, or the control showed none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=6)
    chosen = parser.parse_args()
    with own_ground(chosen.households) as ground:
        measure_rates(ground, seconds=chosen.seconds)
        without, with_guard = count_doubles(ground, seconds=chosen.seconds)
    return 0 if with_guard == 0 and without > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
