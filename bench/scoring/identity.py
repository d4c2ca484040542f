"""One card in four engines: `python -m bench.scoring.identity [--rows N] [--spark-rows N]`; the mismatches must be 0.

Random rows with values at every threshold and a tenth unknown, scored by Python row by row, by numpy, in DuckDB, in a
PostgreSQL of the benchmark's own and in a local Spark; then checked that contributions add up and order is kept.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray

from bench.scoring.generated import threshold_columns
from bench.scoring.ground import CARD
from sakha.entrypoints.commands.embedded_postgres import Server
from sakha.scoring.rules.arrays import Column, Households, evaluate_arrays
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.sql import compile_card

YEAR = 1405
SEED = 1405
Answers = NDArray[np.int64]
Columns = dict[str, NDArray[np.object_]]


def main() -> int:
    """Score everywhere and count what differs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--spark-rows", type=int, default=20_000)
    wanted = options.parse_args()
    card = parse_card(CARD.read_text(encoding="utf-8"))
    columns = threshold_columns(card, wanted.rows, year=YEAR, unknown_share=0.1, seed=SEED)
    unknown = float(np.mean([is_unknown(column) for column in columns.values()]))
    print(f"{wanted.rows} rows, {len(columns)} columns, {unknown:.1%} unknown; {card.id} {card.sha[:12]}", flush=True)
    law, broken = score_by_python(card, columns)
    _tell("Python, row by row", law, law)
    print(f"  rows whose contributions do not add up to the score: {broken}", flush=True)
    found = broken
    for name, answers in (
        ("numpy", score_by_numpy(card, columns)),
        ("DuckDB", score_by_duckdb(card, columns)),
        ("PostgreSQL", score_by_postgresql(card, columns)),
    ):
        found += _tell(name, answers, law)
    few = {name: column[: wanted.spark_rows] for name, column in columns.items()}
    if few and wanted.spark_rows:
        found += _tell("Spark", score_by_spark(card, few), law[: wanted.spark_rows])
    found += _tell_order(card)
    print(f"mismatches in all: {found}  {'holds' if found == 0 else 'BROKEN'}")
    return int(found > 0)


def is_unknown(column: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Where a column holds nothing."""
    return np.fromiter((value is None for value in column), dtype=np.bool_, count=len(column))


def score_by_python(card: Card, columns: Columns) -> tuple[Answers, int]:
    """Score and band of every row, and how many rows don't add up."""
    names, answers, broken = list(columns), [], 0
    for values in zip(*columns.values(), strict=True):
        found = evaluate(card, dict(zip(names, values, strict=True)), year=YEAR)
        answers.append((found.score, found.band))
        broken += found.score != sum(each.points for each in found.contributions) + found.expected_points
    return np.array(answers, dtype=np.int64), broken


def score_by_numpy(card: Card, columns: Columns) -> Answers:
    """The same by arrays."""
    facts = {}
    for name, column in columns.items():
        known = ~is_unknown(column)
        if name != "county":
            facts[name] = Column(np.where(known, column, 0).astype(np.int64), known)
    county = np.where(is_unknown(columns["county"]), "", columns["county"]).astype(str)
    scored = evaluate_arrays(card, Households(county, facts), year=YEAR)
    return np.column_stack([scored.score, scored.band])


def score_by_duckdb(card: Card, columns: Columns) -> Answers:
    """The same by DuckDB's dialect."""
    with duckdb.connect() as connection:
        connection.register("told", _arrow(columns))
        connection.execute("CREATE TABLE facts AS SELECT * FROM told")
        return np.array(connection.execute(_query(card, "duckdb")).fetchall(), dtype=np.int64)


def score_by_postgresql(card: Card, columns: Columns) -> Answers:
    """The same by PostgreSQL's dialect, in a server of its own."""
    with tempfile.TemporaryDirectory(prefix="sakha-bench-") as folder:
        # a superuser may only start a server whose folder it lets others enter
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "postgres").start(fsync="off", shared_buffers="256MB")
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                typed = ", ".join(f"{name} {'text' if name == 'county' else 'bigint'}" for name in columns)
                connection.execute(f"CREATE TABLE facts (number serial, {typed})".encode())
                with connection.cursor().copy(f"COPY facts ({', '.join(columns)}) FROM STDIN".encode()) as copy:
                    for row in zip(*columns.values(), strict=True):
                        copy.write_row(row)
                connection.execute(b"SET jit = off")
                rows = connection.execute(_query(card, "postgres").encode()).fetchall()
        finally:
            server.stop()
    return np.array(rows, dtype=np.int64)


def score_by_spark(card: Card, columns: Columns) -> Answers:
    """The same by Spark's dialect, on this machine."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it takes seconds, and few runs ask for it

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        # the whole card in one generated method would be longer than a method may be
        .config("spark.sql.codegen.wholeStage", "false")
        .getOrCreate()
    )
    try:
        with tempfile.TemporaryDirectory(prefix="sakha-bench-") as folder:
            path = Path(folder) / "facts.parquet"
            with duckdb.connect() as connection:
                connection.register("told", _arrow(columns))
                connection.execute(f"COPY told TO '{path}' (FORMAT parquet)")
            spark.read.parquet(str(path)).createOrReplaceTempView("facts")
            rows = spark.sql(_query(card, "spark")).collect()
    finally:
        spark.stop()
    return np.array([tuple(row) for row in rows], dtype=np.int64)


def order_lines(card: Card) -> Iterator[tuple[str, int]]:
    """For each variable with a direction: pairs of values of which the worse scores better off, all else unknown."""
    for variable in card.variables:
        points = [variable.below, *(step.points for step in variable.steps)]
        if variable.sign:
            steps = itertools.pairwise(points)
            yield variable.name, sum((after - before) * variable.sign < 0 for before, after in steps)


def _tell_order(card: Card) -> int:
    broken = sum(count for _, count in order_lines(card))
    print(f"  steps at which worse would score better off: {broken}", flush=True)
    return broken


def _query(card: Card, dialect: str) -> str:
    compiled = compile_card(card, dialect, year=YEAR)
    fence = "MATERIALIZED" if dialect == "postgres" else ""
    storeys = compiled.storeys("facts", fence=fence)
    return f"WITH {storeys} SELECT {compiled.score}, {compiled.band} FROM summed ORDER BY number"


def _arrow(columns: Columns) -> pa.Table:
    typed = {name: pa.string() if name == "county" else pa.int64() for name in columns}
    arrays = {name: pa.array(column, type=typed[name], from_pandas=False) for name, column in columns.items()}
    numbers = pa.array(np.arange(len(next(iter(columns.values())))))
    return pa.table({"number": numbers, **arrays})


_started = [time.perf_counter(), time.process_time()]


def _tell(name: str, answers: Answers, law: Answers) -> int:
    wall, cpu = time.perf_counter(), time.process_time()
    mismatches = int((answers != law).any(axis=1).sum())
    print(
        f"{name:<22} {len(answers):>9} rows  mismatches {mismatches}  wall {wall - _started[0]:.1f} s,"
        f" CPU of this process {cpu - _started[1]:.1f} s",
        flush=True,
    )
    _started[:] = time.perf_counter(), time.process_time()
    return mismatches


if __name__ == "__main__":
    sys.exit(main())
