"""A changed fact scored again and visible, end to end: `python -m bench.scoring.rescored [--rounds N]`; limit 1 s.

A server of the benchmark's own, and a worker as `sakha serve` keeps it: two jobs at once, so that a long round of the
clock keeps nobody waiting. Each round commits one new fact of a household, as the register does, and looks until the
new score stands in the table: trigger, queue, notice, worker, scoring and commit are all in it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import numpy as np
import psycopg

from bench.ledger.ground import Ground, own_ground
from sakha.entrypoints.commands.serve import WORKER_WORDS

LIMIT_MS = 1_000.0
LOOK_EVERY_S = 0.002
PATIENCE_S = 120.0
NEW_FACT = """
INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)
    VALUES (%(household)s, 1, 'area_m2', 400, current_date, now());
UPDATE registry_household SET changed_at = now() WHERE id = %(household)s;
"""
KNOWN = "SELECT known_count FROM scoring_score WHERE household_id = %s"


def main() -> int:
    """Print the middle and the slowest hundredth; the exit code says whether the limit holds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--households", type=int, default=5_000)
    wanted = options.parse_args()
    with own_ground(wanted.households) as ground:
        command = [sys.executable, "-m", "sakha.entrypoints.commands", "worker", *WORKER_WORDS, "default,banks"]
        worker = subprocess.Popen(command, env=ground.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            spent = measure(ground, wanted.rounds)
        finally:
            worker.terminate()
            worker.wait()
        bare = ground.count(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY 1000000 * extract(epoch FROM ended.at - begun.at))"
            " FROM procrastinate_jobs job JOIN procrastinate_events begun ON begun.job_id = job.id"
            " AND begun.type = 'started' JOIN procrastinate_events ended ON ended.job_id = job.id"
            " AND ended.type = 'succeeded' WHERE job.task_name LIKE '%.score_now'"
        )
    middle, slow = np.percentile(spent, [50, 99])
    print(f"{len(spent)} changes among {wanted.households} households, a worker as sakha serve keeps it")
    print(f"  of which the job itself, median: {bare / 1000:.0f} ms")
    for name, value in (("median, ms", middle), ("99th of 100, ms", slow)):
        print(f"{name:<40}{value:>8.0f} at most {LIMIT_MS:>6.0f}  {'holds' if value <= LIMIT_MS else 'BROKEN'}")
    return int(slow > LIMIT_MS)


def measure(ground: Ground, rounds: int) -> list[float]:
    """Milliseconds from the commit of each fact to its score, after the worker has scored the load."""
    with psycopg.connect(ground.superuser_url, autocommit=True) as register:
        _wait(register, "SELECT count(*) FROM scoring_score HAVING count(*) = %s", ground.household_count)
        spent = []
        for household in range(1, rounds + 1):
            before = register.execute(KNOWN.encode(), [household]).fetchone()
            with register.transaction():
                for statement in NEW_FACT.strip().removesuffix(";").split(";"):
                    register.execute(statement.encode(), {"household": household})
            started = time.perf_counter()
            _wait(register, f"{KNOWN} AND known_count > {before[0] if before else 0}", household)
            spent.append((time.perf_counter() - started) * 1000)
    return spent


def _wait(register: psycopg.Connection, question: str, parameter: int) -> None:
    until = time.perf_counter() + PATIENCE_S
    while register.execute(question.encode(), [parameter]).fetchone() is None:
        if time.perf_counter() > until:
            raise TimeoutError(question)
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    sys.exit(main())
