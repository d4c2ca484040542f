"""Writes of the allocation room: the payments of a run and its report, each file whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from sakha.allocation.queries import AllocationFiles
from sakha.allocation.rules.certificate import Certificate
from sakha.allocation.rules.fairness import Fairness, fill_of, lorenz, reached_levels
from sakha.allocation.rules.problem import Ints
from sakha.allocation.rules.sharing import Sharing


def write_allocations(files: AllocationFiles, sharing: Sharing, out: Path) -> None:
    """Write fund_id, need_id, amount, ordered as the funds and needs came."""
    part = out.with_name(out.name + ".part")
    payments = {"fund": sharing.payments.fund, "need": sharing.payments.need, "amount": sharing.payments.amount}
    files.connection.register("payments", payments)
    files.connection.execute(
        "COPY (SELECT funds.fund_id, needs.need_id, payments.amount FROM payments"
        " JOIN funds ON funds.rowid = payments.fund JOIN needs ON needs.rowid = payments.need"
        " ORDER BY payments.fund, payments.need)"
        f" TO {_quoted(part)} (FORMAT csv, HEADER)"
    )
    files.connection.unregister("payments")
    part.replace(out)


def write_report(
    files: AllocationFiles, sharing: Sharing, fairness: Fairness, certificate: Certificate | None, folder: Path
) -> None:
    """Write summary.json, tiers.csv, provinces.csv, lorenz.csv, funds.csv and levels.csv into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = {name: value for name, value in asdict(fairness).items() if name not in {"tiers", "provinces"}} | {
        "is_exact": sharing.is_exact,
        "bound": sharing.bound,
        "gap": sharing.gap,
        "blocks": int(sharing.shares.block_of_node.max(initial=-1)) + 1,
        "maximum_flows": sharing.flow_count,
        "certificate": None if certificate is None else asdict(certificate),
    }
    _write_text(folder / "summary.json", json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    for name, rows in (("tiers", fairness.tiers), ("provinces", fairness.provinces)):
        columns = ["name", "need_count", "amount", "already", "given", "fill", "lowest"]
        _write_rows(folder / f"{name}.csv", columns, (list(asdict(row).values()) for row in rows))
    before, after = fill_of(files.needs, np.zeros_like(sharing.given)), fill_of(files.needs, sharing.given)
    points = zip(lorenz(before), lorenz(after), strict=True)
    _write_rows(
        folder / "lorenz.csv", ["share_of_needs", "before", "after"], ([x, one, two] for (x, one), (_, two) in points)
    )
    _write_funds(files, sharing, folder / "funds.csv")
    _write_levels(files, sharing, folder / "levels.csv")


def _write_funds(files: AllocationFiles, sharing: Sharing, path: Path) -> None:
    """Each fund's money and its water level: the best-off level that it paid anybody at."""
    levels = reached_levels(files.needs, sharing.given)
    best = np.zeros(len(files.funds))
    np.maximum.at(best, sharing.payments.fund, levels[sharing.payments.need])
    rows = zip(files.fund_ids, files.funds, sharing.spent.tolist(), files.expires_on, best.tolist(), strict=True)
    _write_rows(
        path,
        ["fund_id", "amount", "spent", "left", "expires_on", "water_level"],
        ([name, fund.amount, spent, fund.amount - spent, on, round(level, 9)] for name, fund, spent, on, level in rows),
    )


def _write_levels(files: AllocationFiles, sharing: Sharing, path: Path) -> None:
    part = path.with_name(path.name + ".part")
    blocks: Ints = sharing.shares.block_of_node[sharing.network.sink_of_need].astype(np.int64)
    files.connection.register(
        "levels",
        {
            "need": np.arange(files.needs.count),
            "given": sharing.given,
            "kept": sharing.kept,
            "before": reached_levels(files.needs, np.zeros_like(sharing.given)),
            "after": reached_levels(files.needs, sharing.given),
            "block": blocks,
        },
    )
    files.connection.execute(
        "COPY (SELECT needs.need_id, levels.given, levels.kept, round(before, 9) AS level_before, round(after, 9) AS"
        " level_after, block FROM levels JOIN needs ON needs.rowid = levels.need ORDER BY levels.need)"
        f" TO {_quoted(part)} (FORMAT csv, HEADER)"
    )
    files.connection.unregister("levels")
    part.replace(path)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    part.replace(path)


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
