"""What a policy of the nation's pool costs and changes: shares without it, under it, and its effect as officers see it.

The instance is that of the benchmark of fair shares, divisible needs only; the database's part is not measured.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from sakha.entrypoints.commands.surroundings import prepare_for_help

prepare_for_help()  # the room's modules know the database, and nothing here asks it

from bench.allocation.ground import write_instance  # noqa: E402
from sakha.allocation.queries import AllocationFiles, open_files  # noqa: E402
from sakha.allocation.rules.problem import Flags, NeedColumns  # noqa: E402
from sakha.allocation.rules.set_aside import is_divided  # noqa: E402
from sakha.giving.queries.pool import Pool, share_pool, under_terms  # noqa: E402
from sakha.giving.queries.pool_effect import compare_terms  # noqa: E402
from sakha.giving.rules.pool_policy import PoolTerms  # noqa: E402

SIZES: Final = {"pilot": (33_000, 500), "100k": (100_000, 1_500)}
DEPRIVED: Final = 5
BODIES: Final = 80
DEPRIVED_MILLE: Final = 300
POOR_MILLE: Final = 200
Result = TypeVar("Result")
_NOBODY: Final = np.zeros(0, dtype=np.bool_)


def run() -> None:
    """Print one row a size: processor seconds of each step, rials that it keeps, and who gets more or less."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["pilot", "100k"])
    for size in parser.parse_args().sizes:
        measure(size)


def measure(size: str) -> None:
    """Share without a policy and under one, and find the effect that the page of a version shows."""
    needs_count, funds_count = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        paths = write_instance(Path(folder), needs=needs_count, funds=funds_count, limits=False, whole=False)
        with open_files(*paths) as files:
            pool = _pool(files)
    terms = _terms(pool)
    without, plain_seconds = _timed(lambda: share_pool(pool))
    under, under_seconds = _timed(lambda: share_pool(under_terms(pool, terms)))
    effect, effect_seconds = _timed(lambda: compare_terms(pool, terms))
    free = sum(fund.amount for fund in pool.funds if is_divided(fund))
    whole = sum(fund.amount for fund in pool.funds)
    paid = [int(one.sharing.given.sum()) for one in (without, under)]
    ratio = under_seconds / plain_seconds
    shares = f"{plain_seconds:.2f} CPU s without, {under_seconds:.2f} under a policy ({ratio:.2f}x)"
    print(f"{size}: {needs_count:,} needs, {funds_count:,} funds, {free / whole:.0%} of the money free: {shares}")
    print(f"  its effect as the page shows it: {effect_seconds:.2f} CPU s, proved: {effect['holds']}")
    kept, used = (int(sum(one[name] for one in effect["set_aside"])) for name in ("kept", "used"))
    print(f"  kept {kept:,} rials, used {used:,}; paid {paid[1] - paid[0]:+,} rials beside no policy")
    print(f"  {effect['more_count']:,} needs get more, {effect['less_count']:,} less")


def _pool(files: AllocationFiles) -> Pool:
    """The instance as the pool reads one; every county's needs are at one of the charities."""
    needs = files.needs
    bodies = np.random.default_rng(1).integers(0, BODIES, len(needs.places))[needs.place].tolist()
    rows: tuple[tuple[Any, ...], ...] = tuple(
        (0, 0, 0, 0, "", "", "", amount, already, body, True)
        for amount, already, body in zip(needs.amount.tolist(), needs.already.tolist(), bodies, strict=True)
    )
    return under_terms(Pool(rows, needs, tuple(range(len(files.funds))), files.funds, None, _NOBODY), None)


def _terms(pool: Pool) -> PoolTerms:
    """Kept for the provinces of lowest fill, and for the fifth of the charities whose needs are covered least."""
    needs = pool.needs
    provinces = np.array([place.province for place in needs.places])[needs.place]
    fills = {one: _fill(needs, provinces == one) for one in np.unique(provinces).tolist()}
    bodies = np.array([row[9] for row in pool.rows])
    lines = sorted(_fill(needs, bodies == one) for one in range(BODIES))
    return PoolTerms(
        valid_from=date(2026, 11, 22),
        reason="سنجش هزینهٔ سیاست",
        deprived_provinces=tuple(sorted(fills, key=lambda one: fills[one])[:DEPRIVED]),
        deprived_mille=DEPRIVED_MILLE,
        poor_mille=POOR_MILLE,
        poor_below_mille=int(lines[BODIES // 5] * 1000) + 1,
    )


def _fill(needs: NeedColumns, which: Flags) -> float:
    return float(needs.already[which].sum() / max(int(needs.amount[which].sum()), 1))


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.process_time()
    done = work()
    return done, time.process_time() - began


if __name__ == "__main__":
    run()
