"""Pages of 27 million households from counted amounts, beside counting anew: `python -m bench.observatory.pages`.

The amounts are generated (31 provinces, their real counties, every figure and part, many days), as large as those of a
nation are. The naive way, the same source counted when the page is asked for, is run on two sizes of one province and
its growth told; the nation's time is that growth carried on, and said to be so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any

import psycopg

from bench.ledger.ground import Ground, own_ground
from sakha.vocabulary.places import COUNTIES

NATION = 27_000_000
TODAY = date(2026, 11, 21)
PARTS = {
    "DECILE": 11, "KIND": 13, "GIVER": 3, "BODY": 40, "SEX": 3,
    "SETTLEMENT": 3, "DISABILITY": 3, "FACT": 20, "MATTER": 4, "WORTH": 110,
    "DAYS": 120,
}  # fmt: skip
RECKONINGS = """
INSERT INTO observatory_reckoning (province, on_day, until_at, reckoned_at)
SELECT province, %(today)s::date - back, %(today)s::date - back + 1, now()
  FROM (SELECT DISTINCT unnest(%(provinces)s::text[]) AS province) provinces,
       unnest(%(back)s::int[]) AS back
"""
AMOUNTS = """
INSERT INTO observatory_amount (reckoning_id, province, county, figure, breakdown, part, value)
SELECT r.id, r.province, place.county, figure.code, figure.breakdown, coalesce(part::text, ''),
       1 + (random() * 100000)::bigint
  FROM observatory_reckoning r
  JOIN (SELECT DISTINCT province, unnest(ARRAY['', county]) AS county
          FROM unnest(%(provinces)s::text[], %(counties)s::text[]) p (province, county)) place USING (province)
 CROSS JOIN unnest(%(codes)s::text[], %(breakdowns)s::text[], %(parts)s::int[]) AS figure (code, breakdown, parts)
  LEFT JOIN LATERAL generate_series(1, figure.parts) part ON true
 ORDER BY 1, 3, 4, 5, 6
"""


def main() -> int:
    """Generate, read, count anew, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--days", type=int, default=1, help="days before today that are kept besides months and a year ago"
    )
    parser.add_argument("--households", type=int, default=100_000, help="households of the larger naive count")
    asked = parser.parse_args()
    with own_ground(asked.households // 2) as ground:
        shapes = ask(ground, "shapes")
        half = naive(ground, shapes["homes"])
        ground.run(more_households(asked.households // 2))
        whole = naive(ground, shapes["homes"])
        rows = generate(ground, shapes["figures"], asked.days)
        summed = ask(ground, "sum")
        told = ask(ground, TODAY.isoformat(), (TODAY - timedelta(days=365)).isoformat())
        print(f"amounts kept: {rows:,}; load {os.getloadavg()[0]:.0f}")
        print(f"the nation of a day added up: {summed['milliseconds']:g} ms, {summed['rows']:,} rows")
        for name, value in told.items():
            print(f"{name}: {value:g}" + ("" if name.endswith("questions") else " ms"))
        sizes = f"{asked.households // 2:,} and {asked.households:,} households: {half:.2f} s and {whole:.2f} s"
        per_household = (whole - half) / (asked.households // 2)
        carried = whole + per_household * (NATION - asked.households)
        print(f"counted anew when asked, {sizes}; carried on to {NATION:,}: {carried:.0f} s")
    return 0


def ask(ground: Ground, *asked: str) -> dict[str, Any]:
    """Run the reading process on the ground and return what it tells."""
    environment = dict(ground.environment) | {"DJANGO_SETTINGS_MODULE": "sakha.settings"}
    command = [sys.executable, "-m", "bench.observatory.reading", *asked]
    ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def naive(ground: Ground, source: str) -> float:
    """Seconds to count the households of a province by its source, as a page without kept amounts would."""
    asked = {"province": "30", "day": date.today(), "until": "infinity", "since": "-infinity"}  # noqa: DTZ011
    statement = f"SELECT decile, sex, count(*), sum(people), sum(worth_of_year) FROM ({source}) u GROUP BY 1, 2"
    with psycopg.connect(ground.superuser_url) as superuser:
        superuser.execute("ANALYZE")
        best = []
        for _ in range(3):
            began = time.perf_counter()
            superuser.execute(statement.encode(), asked).fetchall()
            best.append(time.perf_counter() - began)
    return min(best)


def more_households(count: int) -> str:
    """Return the statements that add as many again."""
    return f"""
INSERT INTO registry_household (code, province, county, is_protected, registered_at, changed_at)
SELECT '', '30', '3001', false, now(), now() FROM generate_series(1, {count});
INSERT INTO registry_person (id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key,
                             birth_precision, gender, registered_at)
SELECT 'NATIONAL', substring(sha256(number::text::bytea) FOR 16), 'sealed', '', '', '', '', '', '', now()
  FROM generate_series({count} + 1, 2 * {count}) AS number;
INSERT INTO registry_membership (household_id, person_id, relation, from_on)
SELECT number, number, 'HEAD', current_date FROM generate_series({count} + 1, 2 * {count}) AS number;
"""


def generate(ground: Ground, shapes: list[tuple[str, str]], days: int) -> int:
    """Fill the amounts of the last days, of the ends of the year's months and of a year ago; return how many."""
    counties = sorted(COUNTIES.values(), key=lambda one: one.code)
    asked = {
        "today": TODAY,
        "back": [*range(days), 30, 60, 90, 180, 365],
        "provinces": [one.province_code for one in counties],
        "counties": [one.code for one in counties],
        "codes": [code for code, _ in shapes],
        "breakdowns": [by for _, by in shapes],
        "parts": [PARTS.get(by, 0) for _, by in shapes],
    }
    with psycopg.connect(ground.superuser_url) as superuser:
        superuser.execute("SET synchronous_commit = off")
        superuser.execute(RECKONINGS.encode(), asked)
        count = superuser.execute(AMOUNTS.encode(), asked).rowcount
        superuser.commit()
        superuser.execute("ANALYZE observatory_reckoning, observatory_amount")
    return count


if __name__ == "__main__":
    sys.exit(main())
