"""Persian records at growing sizes beside exact IDs and Splink: `python -m bench.linkage.persian --records 20000`.

The records are the simulation's (`simulation.person_records`), which knows nothing of how Sakha compares. Rivals stand
at the threshold that is best on these very data; Sakha at the one it ships. The fair rival is tuned Splink on the
columns that Sakha's reader made, freed of pairs inside one case file, with or without refusing two valid IDs,
whichever is better.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.linkage.ground.errors import error_lines, find_errors
from bench.linkage.ground.measuring import Cost, run_module, sakha_link
from bench.linkage.ground.scores import Edge, Score, best_score, read_column, read_edges, score_clusters
from sakha.linkage.rules.numbers import IdTrust, read_id
from simulation.person_records.recipe import HARSH, PLAIN
from simulation.person_records.writing import Order, RecordPaths, write_records

SAKHA, TUNED, FAIR = "Sakha", "Splink, tuned", "… and files, IDs"
# From the study: error against tuned Splink, against the fair rival, processor against tuned Splink.
LIMITS = ((TUNED, "error", 0.3), (FAIR, "error", 0.5), (TUNED, "CPU", 1.0))

HEADING = (
    f"{'':<22}{'precision':>10}{'recall':>8}{'F1':>8}{'clusters':>10}{'biggest':>9}{'CPU s':>9}{'rec/CPU min':>13}"
    f"{'GiB':>7}"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One tool on one file."""

    tool: str
    score: Score
    cost: Cost


def main() -> int:
    """Measure every size; the exit code tells whether a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench linkage.persian", description=__doc__)
    parser.add_argument("--records", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--seed", type=int, default=1405)
    parser.add_argument("--harsh", action="store_true", help="careless charities")
    parser.add_argument("--no-file-no", action="store_true", help="without the case numbers")
    parser.add_argument("--alone", action="store_true", help="Sakha only")
    parser.add_argument("--errors", action="store_true", help="tell by kind of damage what went wrong")
    said = parser.parse_args()
    worst, before = 0, None
    for count in said.records:
        order = Order(
            records=count, seed=said.seed, recipe=HARSH if said.harsh else PLAIN, with_file_no=not said.no_file_no,
            with_story=said.errors,
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            made = write_records(order, Path(folder))
            worst |= measure(order, made, alone=said.alone)
            before = show_growth(Path(folder), count, before)
            if said.errors:
                print("\n".join(error_lines(find_errors(made.records, made.story, Path(folder) / "CLUSTERS.csv"))))
    return worst


def measure(order: Order, made: RecordPaths, *, alone: bool) -> int:
    """Run the tools on one file, print, judge."""
    kind = "harsh" if order.recipe is HARSH else "plain"
    print(f"\n{order.records:,} records, {kind}, seed {order.seed}{'' if order.with_file_no else ', no case numbers'}")
    print(HEADING)
    runs = [] if alone else [show(run, order.records) for run in rivals(order, made)]
    folder = made.records.parent
    report = folder / "report"
    clusters = folder / "CLUSTERS.csv"
    cost = sakha_link(made.records, clusters, "--report", str(report), log=folder / "sakha.log")
    ours = show(Run(SAKHA, score_clusters(clusters, made.truth), cost), order.records)
    figures = json.loads((report / "report.json").read_text(encoding="utf-8"))
    print(f"pairs compared {figures['pairs_compared']:,}, for people to decide {figures['queue']:,}", flush=True)
    return judge(ours, {run.tool: run for run in runs})


def rivals(order: Order, made: RecordPaths) -> list[Run]:
    """Run exact IDs and Splink three ways."""
    people = read_column(made.truth, "person_id")
    begun = time.process_time()
    numbers = {record: read_id(text) for record, text in read_column(made.records, "national_id").items()}
    first: dict[str, str] = {}
    same = [(first.setdefault(number, record), record, 1.0) for record, (number, _) in numbers.items() if number]
    runs = [Run("exact ID", best_score(same, people)[0], Cost(time.process_time() - begun, 0, 0))]
    plain, cost = splink("plain", made)
    runs.append(Run("Splink, documented", best_score(plain, people)[0], cost))
    tuned, cost = splink("tuned", made)
    runs.append(Run(TUNED, best_score(tuned, people)[0], cost))
    files = {}
    if order.with_file_no:
        sources, cases = (read_column(made.records, column) for column in ("source", "file_no"))
        files = {record: f"{source} {cases[record]}" for record, source in sources.items()}
    ids = {record: number for record, (number, trust) in numbers.items() if trust is IdTrust.CHECKED}
    begun = time.process_time()
    scores = [best_score(tuned, people, files, forbidden)[0] for forbidden in (None, ids)]
    spent = (time.process_time() - begun) / 2
    fair = Run(FAIR, max(scores, key=lambda score: score.f1), Cost(cost.cpu_seconds + spent, 0, cost.peak_gib))
    return [*runs, fair]


def splink(kind: str, made: RecordPaths) -> tuple[list[Edge], Cost]:
    """Run Splink as a child."""
    folder = made.records.parent
    edges = folder / f"{kind}.parquet"
    cost = run_module(
        "bench.linkage.ground.splink_rival", kind, str(made.records), str(edges), log=folder / f"{kind}.log"
    )
    return read_edges(edges), cost


def show(run: Run, records: int) -> Run:
    """Print one line."""
    score, cost = run.score, run.cost
    rate = records / cost.cpu_seconds * 60 if cost.cpu_seconds else 0
    print(
        f"{run.tool:<22}{score.precision:>10.4f}{score.recall:>8.4f}{score.f1:>8.4f}{score.cluster_f1:>10.4f}"
        f"{score.biggest:>9}{cost.cpu_seconds:>9.1f}{rate:>13,.0f}{cost.peak_gib:>7.2f}",
        flush=True,
    )
    return run


def judge(ours: Run, runs: dict[str, Run]) -> int:
    """Print the ratios against the rivals."""
    broken = 0
    for tool, what, limit in LIMITS:
        if tool in runs:
            other = runs[tool]
            is_error = what == "error"
            ratio = ours.score.error / other.score.error if is_error else ours.cost.cpu_seconds / other.cost.cpu_seconds
            holds = ratio <= limit
            broken |= not holds
            print(
                f"{what} against {tool:<18} {ratio:.2f}, at most {limit}: {'holds' if holds else 'BROKEN'}", flush=True
            )
    return int(broken)


def show_growth(folder: Path, count: int, before: tuple[int, float] | None) -> tuple[int, float]:
    """Print how the processor's time grew against the size before."""
    report = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    spent = float(report["cpu_seconds"])
    if before:
        print(f"records x{count / before[0]:.1f}, processor x{spent / before[1]:.1f}", flush=True)
    return count, spent


if __name__ == "__main__":
    sys.exit(main())
