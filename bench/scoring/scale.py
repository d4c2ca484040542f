"""A nation of 27 million households scored and ranked: `python -m bench.scoring.scale [--millions 1 10 27]`.

A million households are drawn and repeated, each part of the file with its own rows, so it reads as if all were drawn.

Each step is a process of its own, so that CPU and peak memory are its own. Beside it: reading the same columns alone,
and a loop over rows in Python as other registers do it, on a part and multiplied.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from bench.scoring.generated import repeat_nation, write_nation
from bench.scoring.ground import CARD
from sakha.entrypoints.commands.score import read_headings, score_households
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.file_places import PLACES
from sakha.scoring.rules.file_sql import facts_sql, placed_sql, read_columns

YEAR = 1405
MILLION = 1_000_000
MILLIONS = (1, 10, 27)
LOOP_ROWS = 20_000
THREADS = 2
CPU_LIMIT, WALL_LIMIT, MEMORY_LIMIT, GROWTH_LIMIT = 1.0, 60.0, 4.0, 1.2
STEPS = ("read", "score", "rank")


def main() -> int:
    """Measure all sizes; the exit code says whether the targets of the study hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--millions", type=int, nargs="*", default=MILLIONS)
    options.add_argument("--step", choices=STEPS, help="one step on one file, by the benchmark itself")
    options.add_argument("--file", type=Path)
    wanted = options.parse_args()
    card = parse_card(CARD.read_text(encoding="utf-8"))
    if wanted.step:
        return run_step(card, wanted.step, wanted.file)
    print(f"{card.id} {card.version} {card.sha[:12]}; DuckDB {duckdb.__version__}, {THREADS} threads", flush=True)
    figures = {}
    with tempfile.TemporaryDirectory(prefix="sakha-bench-") as folder:
        drawn = Path(folder) / "nation.parquet"
        write_nation(drawn, card, MILLION, year=YEAR)
        for millions in wanted.millions:
            path = Path(folder) / f"nation-{millions}.parquet"
            repeat_nation(drawn, path, millions)
            print(f"\n{millions} million households, {path.stat().st_size / 1e6:.0f} MB of Parquet", flush=True)
            figures[millions] = {step: _measure(step, path) for step in STEPS}
            if millions == min(wanted.millions):
                _tell_loop(card, path)
            path.unlink()
    return _tell_verdicts(figures)


def run_step(card: Card, step: str, path: Path) -> int:
    """Read alone; or score, decile and place; or the same and each household's rank in its county and decile."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": "false"}) as connection:
        connection.read_parquet(str(path)).create_view("households")
        if step == "read":
            sums = ", ".join(f"count({name})" for name in read_columns(card))
            connection.execute(f"SELECT sum(hh_id), {sums} FROM households").fetchall()
        else:
            score_nation(connection, card)
        if step == "rank":
            connection.execute(
                "CREATE TEMP TABLE ranked AS SELECT household, row_number() OVER (PARTITION BY county ORDER BY"
                f" gap_rial DESC, household) AS place FROM scored JOIN {PLACES} USING (place_key) WHERE decile <= 4"
            )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
    print(f"{cpu} {wall} {usage.ru_maxrss / 1e6}")
    return 0


def score_nation(connection: duckdb.DuckDBPyConnection, card: Card) -> None:
    """As `sakha score` does it for a whole population: score, histogram, own lines, one join."""
    columns = read_headings(connection.table("households"))
    score_households(connection, card, facts_sql(card, columns, "hh_id"), year=YEAR, lines_of="file")
    connection.execute(f"CREATE TEMP TABLE scores AS {placed_sql(card, 'scored', 'hh_id', year=YEAR)}")


def _measure(step: str, path: Path) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "bench.scoring.scale", "--step", step, "--file", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    cpu, wall, memory = (float(word) for word in told.stdout.split())
    print(f"  {step:<6} CPU {cpu:>6.1f} s  wall {wall:>6.1f} s  peak {memory:.2f} GB", flush=True)
    return cpu, wall, memory


def _tell_loop(card: Card, path: Path) -> None:
    with duckdb.connect() as connection:
        answer = connection.execute(f"SELECT * FROM read_parquet('{path}') LIMIT {LOOP_ROWS}")
        names = [column[0] for column in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    started = time.process_time()
    for row in rows:
        evaluate(card, row, year=YEAR)
    each = (time.process_time() - started) / len(rows)
    print(
        f"  a loop over rows in Python: {each * 1e6:.0f} us each, {each * 27 * MILLION / 3600:.1f} CPU h for 27 million"
    )


def _tell_verdicts(figures: dict[int, dict[str, tuple[float, float, float]]]) -> int:
    least, most = min(figures), max(figures)
    cpu, wall, memory = figures[most]["score"]
    growth = (cpu / most) / (figures[least]["score"][0] / least)
    verdicts = [
        ("CPU s a million: score, decile, place", cpu / most, CPU_LIMIT),
        (f"wall s for {most} million", wall, WALL_LIMIT),
        ("peak memory, GB", memory, MEMORY_LIMIT),
        (f"growth from {least} to {most} million", growth, GROWTH_LIMIT),
    ]
    print()
    for name, value, limit in verdicts:
        print(f"{name:<40}{value:>8.2f} at most {limit:>6.2f}  {'holds' if value <= limit else 'BROKEN'}")
    return int(any(value > limit for _, value, limit in verdicts))


if __name__ == "__main__":
    sys.exit(main())
