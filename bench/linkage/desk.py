"""The desk's finder on millions of people in PostgreSQL: `python -m bench.linkage.desk --people 5000000`.

Questions are records of the same people as charities key them (a fifth without ID, mistyped ones, other names, wrong
dates), so that the share of true persons in the first three says how well a clerk is served.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.linkage.ground.desk_people import own_desk

SQL_LIMIT_MS = 20.0
PEOPLE = 500_000  # by hand 5,000,000: ten minutes to load


def main() -> int:
    """Load, ask, print; the exit code tells whether the limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench linkage.desk", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--questions", type=int, default=2_600)
    parser.add_argument("--seed", type=int, default=1405)
    parser.add_argument("--keep", type=Path, help="keep the loaded register in this folder and ask it again")
    said = parser.parse_args()
    with own_desk(said.seed, said.people, said.questions, said.keep) as desk:
        command = [sys.executable, "-m", "bench.linkage.ground.desk_asking", str(desk.questions)]
        environment = desk.environment | {"DJANGO_SETTINGS_MODULE": "sakha.settings"}
        asked = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    print(f"\n{said.people:,} people; SQL time and whole time in ms; share of true persons")
    print(
        f"{'':<38}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>8}{'CPU p50':>9}{'p99':>7}{'whole p50':>11}{'p99':>7}"
        f"{'found':>8}{'first':>7}{'3':>6}"
    )
    worst = 0.0
    for line in asked.stdout.splitlines():
        told = json.loads(line)
        sql, cpu, whole = told["sql"], told["cpu"], told["whole"]
        worst = max(worst, sql["p99"])
        print(
            f"{told['kind']:<38}{sql['p50']:>7.2f}{sql['p95']:>7.2f}{sql['p99']:>7.2f}{sql['max']:>8.1f}"
            f"{cpu['p50']:>9.2f}{cpu['p99']:>7.2f}{whole['p50']:>11.2f}{whole['p99']:>7.1f}{told['found']:>8.3f}{told['first']:>7.3f}"
            f"{told['first_three']:>6.3f}"
        )
    holds = worst <= SQL_LIMIT_MS
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"SQL p99 {worst:.1f} ms, at most {SQL_LIMIT_MS:.0f}: {'holds' if holds else 'BROKEN'}")
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
