"""`sakha link`: finds the records of a file that speak of one person. Needs no database server.

Says what was found and what it cost; how it is found is `linkage`.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sakha.linkage.actions.linking import STEPS, Linked, link_new_records, link_records
from sakha.linkage.actions.reporting import Spent, for_people, write_clusters, write_report
from sakha.linkage.queries.engine import ENGINES, Engine, open_engine
from sakha.linkage.queries.kept import keep, load_kept
from sakha.linkage.queries.record_files import read_record_file, read_truth, require_ready
from sakha.linkage.rules.accuracy import Accuracy, measure
from sakha.linkage.rules.model import LinkModel, parse_model, product_model

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Names = npt.NDArray[np.object_]

_MEGABYTE: Final = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The records, where the clusters go, and how surely."""
    parser.add_argument("records", type=Path, help="CSV in UTF-8 (columns: docs/linkage.md); missing columns allowed")
    parser.add_argument("--out", type=Path, required=True, help="CSV to write: record_id, cluster_id, probability")
    parser.add_argument("--truth", type=Path, help="CSV record_id, person_id: print precision, recall and F1")
    parser.add_argument(
        "--threshold", choices=("balanced", "certain"), default="balanced", help="best F1, or what merges by itself"
    )
    parser.add_argument("--engine", choices=tuple(ENGINES), default="duckdb", help="spark is installed apart")
    parser.add_argument("--report", type=Path, help="folder for figures, model, links and uncertain pairs with reasons")
    parser.add_argument("--keep", type=Path, help="folder to keep the linked register in, for --against")
    parser.add_argument("--against", type=Path, help="link only to a register kept before, without linking it again")
    parser.add_argument("--model", type=Path, help="model document (TOML) instead of the product's own")


def run(arguments: argparse.Namespace) -> int:
    """Link, write, tell."""
    console, started = Console(), (time.monotonic(), time.process_time())
    require_ready(arguments.out, arguments.model, arguments.truth)
    truth = read_truth(arguments.truth) if arguments.truth else None
    document = parse_model(arguments.model.read_text(encoding="utf-8")) if arguments.model else product_model()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars, open_engine(arguments.engine) as engine:
        bar = bars.add_task("Link records", total=STEPS + 1)
        ids, clusters, linked = _link(engine, arguments, document, lambda _step: bars.advance(bar))
        if arguments.keep:
            keep(engine, arguments.keep, {"record_id": ids, "cluster_id": clusters}, linked.learnt.model)
        bars.advance(bar)
    new = slice(linked.known_count, None)
    write_clusters(arguments.out, ids[new], clusters[new], linked.probability[new])
    accuracy = None if truth is None else _accuracy(truth, ids, linked)
    spent = Spent(
        round(time.monotonic() - started[0], 1),
        round(time.process_time() - started[1], 1),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTE,
    )
    if arguments.report:
        write_report(arguments.report, ids, linked, document, spent, accuracy)
    _tell(console, linked, document, spent, accuracy)
    return 0


def _link(
    engine: Engine, arguments: argparse.Namespace, document: LinkModel, advance: Callable[[str], None]
) -> tuple[Names, Names, Linked]:
    """Give the rows' names, the names of their clusters, and how they were linked; rows kept before come first."""
    kept = load_kept(engine, arguments.against) if arguments.against else None
    file = read_record_file(engine, arguments.records)
    ids = engine.fetch("SELECT record_id FROM records ORDER BY rid")["record_id"]
    if kept is None:
        linked = link_records(
            engine, document=document, threshold=arguments.threshold, has_files=file.has_files, advance=advance
        )
        return ids, ids[linked.firsts], linked
    linked = link_new_records(
        engine, kept=kept, threshold=arguments.threshold, has_files=file.has_files, advance=advance
    )
    ids = np.concatenate([kept.ids, ids])
    # a person keeps the name of the cluster; whoever is new is named after the first record
    names = np.concatenate([kept.clusters, ids[len(kept.ids) :]])
    return ids, names[linked.firsts], linked


def _accuracy(truth: Mapping[str, str], ids: npt.NDArray[np.object_], linked: Linked) -> Accuracy:
    numbers = dict[str, int]()
    # a record of which the truth says nothing is a person of its own
    people = [numbers.setdefault(truth.get(record, f"\0{record}"), len(numbers)) for record in ids.tolist()]
    return measure(linked.firsts, np.array(people, dtype=np.int64))


def _tell(console: Console, linked: Linked, document: LinkModel, spent: Spent, accuracy: Accuracy | None) -> None:
    sizes = np.bincount(linked.firsts) if len(linked.firsts) else np.zeros(1, dtype=np.int64)
    model = "learnt from the file" if linked.learnt.is_learnt else "kept as it is"
    lines = [
        f"{len(linked.firsts):,} records, {int((sizes > 0).sum()):,} people, biggest cluster {int(sizes.max())}",
        f"{linked.candidate_count:,} pairs compared, {int(for_people(linked).sum()):,} for people to decide",
        f"model {document.name} {document.version} ({document.sha[:12]}), {model}; threshold {linked.threshold}",
        f"{spent.seconds:.1f} s, {spent.cpu_seconds:.1f} CPU s, {spent.peak_memory_mb:,} MB at most",
    ]
    if accuracy:
        lines.append(
            f"pairs: precision {accuracy.pair_precision:.4f}, recall {accuracy.pair_recall:.4f},"
            f" F1 {accuracy.pair_f1:.4f}; clusters exactly right: F1 {accuracy.cluster_f1:.4f}"
            f" (precision {accuracy.cluster_precision:.4f}, recall {accuracy.cluster_recall:.4f})"
        )
    console.print("\n".join(lines), highlight=False, soft_wrap=True)
