"""dedupe on FEBRL with true labels: `python -m bench.linkage.ground.dedupe_rival NAME EDGES`.

It learns from labelled pairs, so it is given 150 true matches and 300 true non-matches, which no user has.
"""

from __future__ import annotations

import itertools
import random
import resource
import sys
from typing import Any

import dedupe
import duckdb
from dedupe import variables

from bench.linkage.ground.febrl import load_frames

FIELDS = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "date_of_birth", "soc_sec_id")
# On 5,000 records it took 15 GiB; a machine is not to be lost over it.
MEMORY_LIMIT = 6 << 30
MATCHES, DISTINCT, SEED, CERTAIN = 150, 300, 1405, 0.5
Rows = dict[str, dict[str, Any]]


def main() -> int:
    """Label, train, cluster, write the links."""
    name, edges = sys.argv[1], sys.argv[2]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    frames = [rows_of(frame) for frame in load_frames(name)]
    fields = [variables.String(field, has_missing=True) for field in FIELDS]
    try:
        clusters = list(link_two(frames, fields) if len(frames) > 1 else cluster_one(frames[0], fields))
    except MemoryError:
        return 0  # nothing written: the benchmark says so
    connection = duckdb.connect()
    connection.execute("CREATE TABLE links (one VARCHAR, other VARCHAR, weight DOUBLE)")
    pairs = [[one, other, 1.0] for cluster in clusters for one, other in itertools.pairwise(cluster)]
    connection.executemany("INSERT INTO links VALUES (?, ?, ?)", pairs)
    connection.execute(f"COPY links TO '{edges}' (FORMAT parquet)")
    return 0


def rows_of(frame: Any) -> Rows:
    """Give a frame as dedupe wants it: missing cells are None."""
    columns = list(FIELDS)
    return {
        str(record): {column: str(row[column]) if row[column] else None for column in columns}
        for record, row in frame.fillna("").iterrows()
    }


def labels(left: Rows, right: Rows) -> Any:
    """Draw true matches and non-matches."""
    chance = random.Random(SEED)
    people: dict[str, list[str]] = {}
    for record in {**left, **right}:
        people.setdefault(record.split("-")[1], []).append(record)
    rows = {**left, **right}
    same = [pair for records in people.values() for pair in itertools.combinations(records, 2)]
    matches = chance.sample(same, min(MATCHES, len(same)))
    others = [(chance.choice(list(left)), chance.choice(list(right))) for _ in range(2 * DISTINCT)]
    distinct = [(one, other) for one, other in others if one.split("-")[1] != other.split("-")[1]][:DISTINCT]
    return {
        "match": [(rows[one], rows[other]) for one, other in matches],
        "distinct": [(rows[one], rows[other]) for one, other in distinct],
    }


def cluster_one(rows: Rows, fields: list[Any]) -> Any:
    """Deduplicate one table."""
    deduper = dedupe.Dedupe(fields, num_cores=1)
    deduper.prepare_training(rows)
    deduper.mark_pairs(labels(rows, rows))
    deduper.train()
    return (cluster for cluster, _ in deduper.partition(rows, CERTAIN))


def link_two(frames: list[Rows], fields: list[Any]) -> Any:
    """Link two tables."""
    linker = dedupe.RecordLink(fields, num_cores=1)
    left, right = frames
    linker.prepare_training(left, right)
    linker.mark_pairs(labels(left, right))
    linker.train()
    return (pair for pair, _ in linker.join(left, right, CERTAIN))


if __name__ == "__main__":
    sys.exit(main())
