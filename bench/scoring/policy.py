"""`python -m bench.scoring.policy [--households N]`: the policy simulator in DuckDB, beside reading its rows alone.

Households are random numbers in the shape of the material; tests prove that it is right, this measures time and memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Final

import duckdb

from sakha.scoring.queries.documents import current_card
from sakha.scoring.queries.policy import build_policies, shipped_prices, shipped_text
from sakha.scoring.rules.policy import PolicySubject
from sakha.scoring.rules.policy_simulation import (
    MATERIAL_NAMES,
    ListEnd,
    bars_sql,
    movers_sql,
    ranking_sql,
    read_simulation,
    tally_sql,
)

ON: Final = date(2026, 11, 22)
MONEY_ENDS: Final = ("_rial", "_monthly", "_paid", "_annual")


def main() -> None:
    """Make the rows, read them, simulate, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=33_000)
    count = parser.parse_args().households
    before = build_policies((), shipped_prices(), ON)
    text = shipped_text(PolicySubject.PRIORITY).replace("severity_points = 10", "severity_points = 20")
    after = before.with_document(PolicySubject.PRIORITY, text)
    ranking = ranking_sql(current_card(), before, after, ListEnd(household_count=1_000), "duckdb")
    with duckdb.connect() as connection:
        numbers = ", ".join(_random(name) for name in MATERIAL_NAMES)
        connection.execute(
            "CREATE TABLE material AS SELECT number AS household_id, '30' AS province,"
            " '300' || (1 + number % 6) AS county, "
            f"[{numbers}]::bigint[] AS numbers FROM range(1, {count} + 1) AS one(number)"
        )
        read_all = "SELECT sum(list_sum(numbers)) FROM material"
        _tell(f"{count:,} households, read alone", lambda: connection.execute(read_all).fetchall())

        def simulate() -> None:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE simulated AS {ranking}")
            tally = connection.execute(tally_sql("simulated")).fetchall()
            bars = connection.execute(bars_sql("simulated")).fetchone() or ()
            found = read_simulation(tally, bars, connection.execute(movers_sql("simulated")).fetchall())
            whole = found.whole
            sys.stdout.write(f"  up {whole.up_count:,}, down {whole.down_count:,}, entered {whole.entered_count:,}\n")

        _tell(f"{count:,} households, simulated", simulate)
    sys.stdout.write(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB\n")


def _random(name: str) -> str:
    """Plausible ranges; a tenth is unknown, but for what every household has."""
    if name in {"gap_rial", "score_at_place", "poor40_share", "waiting_days"}:
        most = {"gap_rial": 3_000_000, "score_at_place": 60, "poor40_share": 1000, "waiting_days": 900}[name]
        return f"CAST(floor(random() * {most}) AS bigint)"
    most = 200_000_000 if name.endswith(MONEY_ENDS) else 300 if name.endswith(("_mille", "_percent", "_size")) else 3
    return f"CASE WHEN random() < 0.1 THEN NULL ELSE CAST(floor(random() * {most}) AS bigint) END"


def _tell(words: str, work: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    sys.stdout.write(f"{words}: {time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} CPU s\n")


if __name__ == "__main__":
    main()
