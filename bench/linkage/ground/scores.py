"""How right clusters are: pairs found and missed, whole people found, and the best that a rival's weights allow."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

Edge = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of the pairs that the clusters imply, exactness of clusters of two and more."""

    precision: float
    recall: float
    f1: float
    cluster_f1: float
    biggest: int

    @property
    def error(self) -> float:
        """What is missing to a perfect F1."""
        return 1 - self.f1


def f1_of(found: float, right: float, true: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of so many found, right and true pairs."""
    precision = right / found if found else 1.0
    recall = right / true if true else 1.0
    return precision, recall, 2 * right / (found + true) if found + true else 1.0


def score_clusters(clusters: Path, truth: Path) -> Score:
    """Score a file of record_id and cluster_id against one of record_id and person_id."""
    connection = duckdb.connect()
    read = "read_csv(?, header = true, all_varchar = true)"
    connection.execute(f"CREATE TABLE found AS SELECT record_id, cluster_id FROM {read}", [str(clusters)])
    connection.execute(f"CREATE TABLE truth AS SELECT record_id, person_id FROM {read}", [str(truth)])
    missing, doubled = connection.execute(
        "SELECT (SELECT count(*) FROM truth ANTI JOIN found USING (record_id)), "
        "(SELECT count(*) - count(DISTINCT record_id) FROM found)"
    ).fetchall()[0]
    if missing or doubled:
        raise ValueError(f"{clusters}: {missing} records are missing, {doubled} stand there twice")
    connection.execute(
        "CREATE TABLE cells AS SELECT cluster_id, person_id, count(*) n FROM found JOIN truth USING (record_id) "
        "GROUP BY ALL"
    )
    pairs = "sum(n * (n - 1) / 2)"
    right = connection.execute(f"SELECT {pairs} FROM cells").fetchall()[0][0]
    (found, clusters_of_many, biggest), (true, people_of_many, _) = (
        connection.execute(
            f"SELECT {pairs}, count(*) FILTER (n > 1), max(n) FROM (SELECT sum(n) n FROM cells GROUP BY {key})"
        ).fetchall()[0]
        for key in ("cluster_id", "person_id")
    )
    exact = connection.execute(
        "SELECT count(*) FROM (SELECT n, sum(n) OVER (PARTITION BY cluster_id) c, "
        "sum(n) OVER (PARTITION BY person_id) p FROM cells) WHERE n = c AND n = p AND n > 1"
    ).fetchall()[0][0]
    connection.close()
    whole = 2 * exact / (clusters_of_many + people_of_many) if clusters_of_many + people_of_many else 1.0
    return Score(*f1_of(float(found), float(right), float(true)), cluster_f1=whole, biggest=int(biggest))


class Merger:
    """Joins records along edges, the strongest first, and keeps count of found and right pairs.

    With `files` and `ids` it refuses what can't be: two records of one case file, two valid IDs that differ.
    """

    def __init__(
        self, people: dict[str, str], files: dict[str, str] | None = None, ids: dict[str, str] | None = None
    ) -> None:
        """Begin with every record alone."""
        self._parent = {record: record for record in people}
        self._people = {record: Counter((person,)) for record, person in people.items()}
        self._files = {record: {file} for record, file in (files or {}).items() if file}
        self._ids = {record: {number} for record, number in (ids or {}).items() if number}
        self._true = Counter(people.values())
        self.found = self.right = 0
        self._whole = 0
        self._many = 0

    def root(self, record: str) -> str:
        """Give the cluster of a record."""
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def join(self, left: str, right: str) -> bool:
        """Join two clusters unless that can't be; tell whether they are joined anew."""
        one, other = self.root(left), self.root(right)
        if one == other:
            return False
        if self._people[one].total() < self._people[other].total():
            one, other = other, one
        mine, theirs = self._people[one], self._people.pop(other)
        files, others = self._files.get(one, set()), self._files.get(other, set())
        ids = self._ids.get(one, set()) | self._ids.get(other, set())
        if files & others or (self._ids and len(ids) > 1):
            self._people[other] = theirs
            return False
        self._count(mine, -1)
        self._count(theirs, -1)
        self.found += mine.total() * theirs.total()
        self.right += sum(count * mine[person] for person, count in theirs.items())
        self._parent[other] = one
        mine.update(theirs)
        self._count(mine, 1)
        if files or others:
            self._files[one] = files | others
        if ids:
            self._ids[one] = ids
        return True

    def _count(self, people: Counter[str], sign: int) -> None:
        if people.total() > 1:
            self._many += sign
            if len(people) == 1:
                person, count = next(iter(people.items()))
                self._whole += sign * (count == self._true[person])

    def score(self) -> Score:
        """Score what is joined so far."""
        true = sum(count * (count - 1) // 2 for count in self._true.values())
        many = sum(1 for count in self._true.values() if count > 1)
        biggest = max(people.total() for people in self._people.values())
        whole = 2 * self._whole / (self._many + many) if self._many + many else 1.0
        return Score(*f1_of(self.found, self.right, true), cluster_f1=whole, biggest=biggest)

    def f1(self, true: int) -> float:
        """F1 so far."""
        return f1_of(self.found, self.right, true)[2]


def best_score(
    edges: Iterable[Edge],
    people: dict[str, str],
    files: dict[str, str] | None = None,
    ids: dict[str, str] | None = None,
) -> tuple[Score, float]:
    """Score at the weight that is best for these very data, which favours the rival; give that weight too."""
    ordered = sorted(edges, key=lambda edge: (-edge[2], edge[0], edge[1]))
    sizes = Counter(people.values())
    true = sum(count * (count - 1) // 2 for count in sizes.values())
    merger, best, weight = Merger(people, files, ids), -1.0, 0.0
    for place, (left, right, strength) in enumerate(ordered):
        merger.join(left, right)
        is_step = place + 1 == len(ordered) or ordered[place + 1][2] < strength
        if is_step and merger.f1(true) > best:
            best, weight = merger.f1(true), strength
    final = Merger(people, files, ids)
    for left, right, strength in ordered:
        if strength < weight:
            break
        final.join(left, right)
    return final.score(), weight


def read_column(path: Path, column: str) -> dict[str, str]:
    """Read one column of a file by record_id."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["record_id"]: row[column] for row in csv.DictReader(lines)}


def read_edges(path: Path) -> list[Edge]:
    """Read the weighed pairs that a rival wrote."""
    connection = duckdb.connect()
    rows = connection.execute("SELECT one, other, weight FROM read_parquet(?)", [str(path)]).fetchall()
    connection.close()
    return [(str(one), str(other), float(weight)) for one, other, weight in rows]
