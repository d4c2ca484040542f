"""Asks the desk's finder and times it: the child of `bench.linkage.desk`, settings by environment.

Prints one line of JSON a kind of question. SQL time is that of the one statement that looks people up, as the client
sees it; `cpu` is what the server's process worked meanwhile, which a busy machine doesn't make longer, and `waited` how
long it stood in the queue for a processor; `whole` adds understanding the question, keys, ranking and the transaction.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection

django.setup()

from sakha.access.queries import key_ring  # noqa: E402 - Django's tables can be imported only once the settings stand
from sakha.linkage.rules.desk_question import (  # noqa: E402 - the same
    DeskQuestion,
    QuestionUnclear,
    make_question,
    understand_question,
)
from sakha.registry.queries.finding import find_candidates  # noqa: E402 - the same
from sakha.vocabulary.jalali import DateInvalid, ParsedDate, parse_date  # noqa: E402 - the same

WARMING = 200
NANO = 1e6  # nanoseconds in a millisecond
FIRST = 3
Row = dict[str, str]


def main() -> int:
    """Ask every kind of question."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kinds: dict[str, Callable[[Row], DeskQuestion]] = {
        "form, all that the record says": of_form,
        "line: both names and the birth date": lambda row: understand_question(f"{names(row)} {row['birth_date']}"),
        "line: both names and the father's": lambda row: understand_question(f"{names(row)} {row['father_name']}"),
        "line: national ID": lambda row: understand_question(row["national_id"]),
        "line: mobile, to the household": lambda row: understand_question(row["mobile"]),
        "line: half a name while it is typed": half_typed,
    }
    for kind, make in kinds.items():
        print(
            json.dumps({"kind": kind, **measure(rows, make, household if "household" in kind else person)}), flush=True
        )
    return 0


def names(row: Row) -> str:
    """Both names as one says them."""
    return f"{row['given_name']} {row['family_name']}"


def half_typed(row: Row) -> DeskQuestion:
    """The given name and the beginning of the family name."""
    return understand_question(f"{row['given_name']} {row['family_name'][:3]}")


def of_form(row: Row) -> DeskQuestion:
    """All fields of a form."""
    return make_question(
        given_name=row["given_name"],
        family_name=row["family_name"],
        father_name=row["father_name"],
        identifier=row["national_id"],
        mobile=row["mobile"],
        birth=read_birth(row["birth_date"]),
    )


def read_birth(text: str) -> ParsedDate | None:
    """Read a date as intake does; what is unclear is not known."""
    try:
        return parse_date(text)
    except DateInvalid:
        return None


def person(row: Row) -> range:
    """Whoever the record is about."""
    number = int(row["person_id"])
    return range(number, number + 1)


def household(row: Row) -> range:
    """Anybody of the household: a telephone is the family's."""
    return range(int(row["home_from"]), int(row["home_to"]) + 1)


class Watch:
    """Times the statement that looks people up: on the clock, and as the server's process worked and waited."""

    def __init__(self) -> None:
        self._server = Path(f"/proc/{server_process()}/schedstat")
        self.clear()

    def clear(self) -> None:
        """Forget what was seen while everything grew warm."""
        self.sql: list[float] = []
        self.cpu: list[float] = []
        self.waited: list[float] = []

    def __call__(self, execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        """Execute a statement, as Django's wrapper."""
        if "registry_find_persons" not in str(statement):
            return execute(statement, *rest)
        before, begun = self._server.read_text().split(), time.perf_counter()
        found = execute(statement, *rest)
        self.sql.append((time.perf_counter() - begun) * 1000)
        after = self._server.read_text().split()
        self.cpu.append((int(after[0]) - int(before[0])) / NANO)
        self.waited.append((int(after[1]) - int(before[1])) / NANO)
        return found


def measure(rows: list[Row], make: Callable[[Row], DeskQuestion], wanted: Callable[[Row], range]) -> dict[str, Any]:
    """Ask all, time, count who stands where."""
    ring = key_ring()
    watch = Watch()
    whole: list[float] = []
    places: list[int] = []
    counts: list[int] = []
    with connection.execute_wrapper(watch):
        for number, row in enumerate(rows):
            if number == WARMING:
                whole, places, counts = [], [], []
                watch.clear()
            begun = time.perf_counter()
            try:
                found = find_candidates(make(row), ring)
            except QuestionUnclear:
                continue
            whole.append((time.perf_counter() - begun) * 1000)
            counts.append(len(found))
            places.append(next((place for place, one in enumerate(found) if one.person_id in wanted(row)), -1))
    return {
        "questions": len(places),
        "sql": percentiles(watch.sql),
        "cpu": percentiles(watch.cpu),
        "waited": percentiles(watch.waited),
        "whole": percentiles(whole),
        "found": sum(place >= 0 for place in places) / len(places),
        "first": sum(place == 0 for place in places) / len(places),
        "first_three": sum(0 <= place < FIRST for place in places) / len(places),
        "candidates": sum(counts) / len(counts),
    }


def server_process() -> int:
    """The process of the server that answers this connection; it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def percentiles(values: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile and the longest."""
    ordered = sorted(values)
    places = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) for name, share in places.items()}


if __name__ == "__main__":
    sys.exit(main())
