"""The same clusters from DuckDB and from Spark: `python -m bench.linkage.spark --records 20000 100000`.

Compares the written files byte for byte, and says what each engine cost; on one machine Spark only shows that it
agrees.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import os
import sys
import tempfile
from pathlib import Path

from bench.linkage.ground.measuring import KIB_OF_GIB, Cost, sakha_link
from simulation.person_records.writing import Order, write_records

_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of Linux


def main() -> int:
    """Link with both, compare; the exit code tells whether they differ."""
    parser = argparse.ArgumentParser(prog="python -m bench linkage.spark", description=__doc__)
    parser.add_argument("--records", type=int, nargs="*", default=[20_000])
    parser.add_argument("--seed", type=int, default=1405)
    said = parser.parse_args()
    worst = 0
    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    print(f"{'records':>10}{'engine':>9}{'CPU s':>9}{'wall s':>9}{'GiB':>7}")
    for count in said.records:
        with tempfile.TemporaryDirectory() as folder:
            made = write_records(Order(records=count, seed=said.seed), Path(folder))
            clusters = {engine: Path(folder) / f"{engine}.csv" for engine in ("duckdb", "spark")}
            for engine, path in clusters.items():
                cost = sakha_link(made.records, path, "--engine", engine, log=Path(folder) / f"{engine}.log")
                cost = with_orphans(cost)
                spent = f"{cost.cpu_seconds:>9.1f}{cost.wall_seconds:>9.1f}{cost.peak_gib:>7.2f}"
                print(f"{count:>10,}{engine:>9}{spent}", flush=True)
            other, weights = differences(clusters["duckdb"], clusters["spark"])
            same = clusters["duckdb"].read_bytes() == clusters["spark"].read_bytes()
            worst |= not same
            verdict = "same bytes" if same else "BROKEN"
            print(f"{'':>10}records in other clusters {other}, other probabilities {weights}: {verdict}", flush=True)
    return worst


def with_orphans(cost: Cost) -> Cost:
    """Add what ended after its parent: Spark's Java outlives the Python that started it."""
    cpu_seconds, peak_gib = cost.cpu_seconds, cost.peak_gib
    while True:
        try:
            _pid, _status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return Cost(cpu_seconds, cost.wall_seconds, peak_gib)
        cpu_seconds += usage.ru_utime + usage.ru_stime
        peak_gib = max(peak_gib, usage.ru_maxrss / KIB_OF_GIB)


def differences(one: Path, other: Path) -> tuple[int, int]:
    """Count the records whose cluster differs, and those whose probability does."""
    with one.open(encoding="utf-8", newline="") as left, other.open(encoding="utf-8", newline="") as right:
        rows = {row["record_id"]: row for row in csv.DictReader(left)}
        pairs = [(rows[row["record_id"]], row) for row in csv.DictReader(right)]
    clusters = sum(mine["cluster_id"] != theirs["cluster_id"] for mine, theirs in pairs)
    return clusters, sum(mine["probability"] != theirs["probability"] for mine, theirs in pairs)


if __name__ == "__main__":
    sys.exit(main())
