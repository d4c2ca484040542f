"""Reads the pages of nation, province and county in a process of its own: milliseconds of database time, as JSON.

`python -m bench.observatory.reading shapes` tells what there is to generate, `sum` adds the nation up for every
counted day; else the days to read as of.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 -- the models need the set-up before
from django.utils import timezone  # noqa: E402

from sakha.access.queries import acting  # noqa: E402
from sakha.access.rules import SYSTEM  # noqa: E402
from sakha.observatory.actions import sum_nation  # noqa: E402
from sakha.observatory.queries import SOURCES, find_place_picture  # noqa: E402
from sakha.observatory.queries.daily import COUNTS  # noqa: E402
from sakha.observatory.rules import Place  # noqa: E402

PLACES = {"nation": Place(), "province": Place("30"), "county": Place("30", "3001")}
ROUNDS = 15


def main() -> None:
    """Read each page some times, today and as of a past day; print the medians."""
    if sys.argv[1] == "shapes":
        figures = [(one.code, "") for one in COUNTS]
        figures += [(one.code, by.value) for one in COUNTS for by in one.parts]
        json.dump({"figures": figures, "homes": SOURCES["homes"]}, sys.stdout)
        return
    if sys.argv[1] == "sum":
        json.dump(add_up(), sys.stdout)
        return
    told: dict[str, float] = {}
    for when in sys.argv[1:]:
        for name, place in PLACES.items():
            times, questions = [], 0
            for _ in range(ROUNDS):
                clock = Clock()
                with connection.execute_wrapper(clock):
                    find_place_picture(actor=SYSTEM, place=place, on=date.fromisoformat(when))
                times.append(clock.seconds * 1000)
                questions = clock.questions
            told[f"{name} {when}"] = round(statistics.median(times), 1)
            told[f"{name} {when} fastest"] = round(min(times), 1)
            told[f"{name} {when} slowest"] = round(max(times), 1)
            told[f"{name} {when} questions"] = questions
    json.dump(told, sys.stdout)


def add_up() -> dict[str, float]:
    """Add up the nation of every counted day; the median of a day, and the rows of one."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT on_day FROM observatory_reckoning ORDER BY 1")
        days = [day for (day,) in cursor.fetchall()]
    times = []
    for day in days:
        clock = Clock()
        with connection.execute_wrapper(clock):
            sum_nation(actor=SYSTEM, at=timezone.now(), day=day)
        times.append(clock.seconds * 1000)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM observatory_amount WHERE province = ''")
        (count,) = cursor.fetchone()
    return {"milliseconds": round(statistics.median(times), 1), "rows": count // len(days)}


class Clock:
    """Adds up what the database took."""

    def __init__(self) -> None:
        self.seconds, self.questions = 0.0, 0

    def __call__(self, execute: Callable[..., Any], *asked: Any) -> Any:
        """Time one question."""
        began = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            self.seconds += time.perf_counter() - began
            self.questions += 1


if __name__ == "__main__":
    main()
