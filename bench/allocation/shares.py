"""What exact fair shares cost and give, beside what charities do today and beside a plain linear program."""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from bench.allocation.ground import write_instance
from sakha.allocation.queries import open_files
from sakha.allocation.rules.certificate import certify
from sakha.allocation.rules.fairness import fill_of, gini
from sakha.allocation.rules.network import Network
from sakha.allocation.rules.problem import Conditions, Fund, Ints, NeedColumns, Place, payable_needs
from sakha.allocation.rules.sharing import share_funds

SIZES: Final = {"pilot": (33_000, 500), "100k": (100_000, 1_500), "1M": (1_000_000, 5_000), "10M": (10_000_000, 20_000)}
SMALL: Final = 1_000
PROGRAM_SECONDS: Final = 60
_SLACK: Final = 1e-6  # of a level: below a hundredth of a rial here, above the solver's tolerance
_RISE: Final = 2e-5


def run() -> None:
    """Print exactness on small instances, then one row a size, rule and rival."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["pilot"])
    parser.add_argument("--kinds", nargs="+", default=["plain", "limits", "whole"])
    parser.add_argument("--small", type=int, default=SMALL)
    arguments = parser.parse_args()
    compare_with_programs(arguments.small)
    for size in arguments.sizes:
        for kind in arguments.kinds:
            measure(size, kind)


def compare_with_programs(count: int) -> None:
    """Sorted levels of small random instances against leximin by a sequence of linear programs."""
    worst = 0.0
    for seed in range(count):
        needs, funds = small_instance(seed)
        ours = np.sort(needs.tier + fill_of(needs, share_funds(needs, funds).given))
        worst = max(worst, float(np.abs(ours - np.sort(levels_by_programs(needs, funds))).max() * needs.amount.min()))
    print(f"{count} small instances beside linear programs: largest difference {worst:.3f} rials (whole rials allow 1)")


def small_instance(seed: int) -> tuple[NeedColumns, list[Fund]]:
    """A few needs of thousands of rials in three counties, under a few funds, every second time with limits."""
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    count = chance.randint(2, 7)
    places = (Place("p1", "c1"), Place("p1", "c2"), Place("p2", "c3"))
    amount = numbers.integers(1_000, 9_000, count)
    needs = NeedColumns(
        numbers.integers(0, 3, count).astype(np.int32), numbers.integers(0, 2, count).astype(np.int32),
        np.zeros(count, np.int32), numbers.integers(1, 4, count).astype(np.int32), amount,
        (amount * numbers.choice([0, 0, 0.3, 1.0], count)).astype(np.int64), np.full(count, -1),
        numbers.integers(0, 4, count).astype(np.int32), places, ("a", "b"), (frozenset(),),
    )  # fmt: skip
    funds = [
        Fund(
            chance.randint(0, 12_000),
            Conditions(
                provinces=frozenset(chance.sample(["p1", "p2"], chance.randint(0, 1))),
                counties=frozenset(chance.sample(["c1", "c3"], chance.randint(0, 1))),
                categories=frozenset(chance.sample(["a", "b"], chance.randint(0, 1))),
            ),
            chance.randint(500, 4_000) if seed % 2 else None,
        )
        for _ in range(chance.randint(1, 4))
    ]
    return needs, funds


def levels_by_programs(needs: NeedColumns, funds: list[Fund]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Raise the lowest level of all needs not yet fixed, fix those that cannot rise, repeat."""
    pairs = [
        (f, n) for f, fund in enumerate(funds) for n in np.flatnonzero(payable_needs(needs, fund.conditions)).tolist()
    ]
    size = len(pairs) + 1  # the last variable is the level
    rows: list[tuple[list[tuple[int, float]], float]] = []
    for number, fund in enumerate(funds):
        rows.append(([(place, 1.0) for place, (f, _) in enumerate(pairs) if f == number], fund.amount))
        if fund.max_per_household is not None:
            for home in set(needs.household.tolist()):
                here = [(p, 1.0) for p, (f, n) in enumerate(pairs) if f == number and needs.household[n] == home]
                rows.append((here, fund.max_per_household))
    rows.extend(
        ([(p, 1.0) for p, (_, n) in enumerate(pairs) if n == need], int(needs.room[need]))
        for need in range(needs.count)
    )
    fixed: dict[int, float] = {
        need: float(needs.tier[need]) + 1.0 for need in range(needs.count) if needs.room[need] == 0
    }
    while len(fixed) < needs.count:
        top = _solve(needs, pairs, rows, fixed, size, None)
        for need in [one for one in range(needs.count) if one not in fixed]:
            if _solve(needs, pairs, rows, fixed, size, (need, top)) <= top + _RISE:
                fixed[need] = top
    return np.array([fixed[need] for need in range(needs.count)])


def _solve(
    needs: NeedColumns,
    pairs: list[tuple[int, int]],
    rows: list[tuple[list[tuple[int, float]], float]],
    fixed: dict[int, float],
    size: int,
    rising: tuple[int, float] | None,
) -> float:
    """Largest common level of the free needs, or largest level of one while the others stay at theirs."""
    entries, bounds = [], []
    for row, bound in rows:
        entries.append(row)
        bounds.append(bound)
    for need in range(needs.count):
        amount, start = float(needs.amount[need]), float(needs.already[need])
        paid = [(p, -1.0 / amount) for p, (_, n) in enumerate(pairs) if n == need]
        least = fixed.get(need)
        base = float(needs.tier[need]) + start / amount
        if least is not None:
            entries.append(paid)
            bounds.append(base - least + _SLACK if needs.room[need] else 0.0)
        elif rising is None or rising[0] == need:
            entries.append([*paid, (size - 1, 1.0)])
            bounds.append(base)
        else:
            entries.append(paid)
            bounds.append(base - rising[1] + _SLACK)
    matrix = coo_matrix(
        (
            [value for row in entries for _, value in row],
            ([i for i, row in enumerate(entries) for _ in row], [p for row in entries for p, _ in row]),
        ),
        shape=(len(entries), size),
    )
    cost = np.zeros(size)
    cost[-1] = -1
    answer = linprog(cost, A_ub=vstack([matrix]), b_ub=bounds, bounds=[(0, None)] * size, method="highs")
    return float(-answer.fun)


def measure(size: str, kind: str) -> None:
    """One instance: ours from file to memory, the certificate, and the rivals on the same columns."""
    needs_count, funds_count = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        needs_path, funds_path = write_instance(
            Path(folder), needs=needs_count, funds=funds_count, limits=kind == "limits", whole=kind == "whole"
        )
        began, clock = time.process_time(), time.perf_counter()
        with open_files(needs_path, funds_path) as files:
            read = time.process_time() - began
            sharing = share_funds(files.needs, files.funds)
            total, wall = time.process_time() - began, time.perf_counter() - clock
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(
                f"\n{size} {kind}: read {read:.1f}, all {total:.1f} CPU s ({wall:.1f} s), {memory:.2f} GB, "
                f"{sharing.flow_count} flows, {len(sharing.network.tail):,} arcs, exact {sharing.is_exact}, "
                f"rows per served need {len(sharing.payments.fund) / max(int(np.count_nonzero(sharing.given)), 1):.3f}"
            )
            if needs_count * funds_count <= 200_000_000:
                proof = certify(files.needs, files.funds, sharing.payments, kept=sharing.kept)
                print(f"  certificate: rules broken {list(proof.broken_rules)}, complaint {proof.complaint}")
            tell(files.needs, files.funds, "fair shares", lambda: (sharing.given, sharing.spent))
            if needs_count <= 100_000:
                waited = np.random.default_rng(1).permutation(files.needs.count)
                urgent = np.lexsort((waited, files.needs.tier))
                tell(files.needs, files.funds, "first come", lambda: hand_out(files.needs, files.funds, waited))
                tell(files.needs, files.funds, "by priority", lambda: hand_out(files.needs, files.funds, urgent))
                began = time.process_time()
                most = most_by_program(sharing.network, files.needs)
                print(
                    f"  plain program (HiGHS): {most:,.0f} rials can be paid; {time.process_time() - began:.1f} CPU s"
                )
                print(f"  fair shares pay        {int(sharing.given.sum()):,}")


def tell(needs: NeedColumns, funds: tuple[Fund, ...], name: str, share: Callable[[], tuple[Ints, Ints]]) -> None:
    """One row of figures."""
    began = time.process_time()
    given, spent = share()
    fill, amounts = fill_of(needs, given), np.array([fund.amount for fund in funds])
    last = max(fund.expires_rank for fund in funds)
    expiring = np.array([fund.expires_rank < last for fund in funds])
    left, money = amounts - spent, int(amounts.sum())
    tiers = " ".join(
        f"{fill[needs.tier == tier].mean():.2f}/{fill[needs.tier == tier].min():.2f}" for tier in (1, 2, 3)
    )
    print(
        f"  {name:<12} fill/lowest in tiers 1 2 3: {tiers}; unspent {int(left.sum()) / money:.1%}, of which expire "
        f"{int(left[expiring].sum()) / money:.1%}; Gini of fill {gini(fill):.3f}; "
        f"{time.process_time() - began:.1f} CPU s"
    )


def hand_out(needs: NeedColumns, funds: tuple[Fund, ...], order: Ints) -> tuple[Ints, Ints]:
    """What is done today: needs one after the other take from the first fund that may pay. By need and by fund."""
    given, room = np.zeros(needs.count, dtype=np.int64), needs.room.copy()
    spent = np.zeros(len(funds), dtype=np.int64)
    place = np.empty(needs.count, dtype=np.int64)
    place[order] = np.arange(needs.count)
    for number, fund in enumerate(funds):
        rows = np.flatnonzero(payable_needs(needs, fund.conditions) & (room > 0))
        rows = rows[np.argsort(place[rows])]
        limit = room[rows] if fund.max_per_household is None else np.minimum(room[rows], fund.max_per_household)
        whole = needs.rank[rows] >= 0
        before = np.cumsum(limit) - limit
        paid = np.clip(fund.amount - before, 0, limit)
        paid[whole & (paid < room[rows])] = 0
        given[rows] += paid
        room[rows] -= paid
        spent[number] = paid.sum()
    return given, spent


def most_by_program(network: Network, needs: NeedColumns) -> float | None:
    """Most that can be paid, by one plain linear program over the same arcs; it knows nothing of who comes first."""
    nodes, arcs, ones = network.node_count, len(network.tail), np.ones(len(network.tail))
    asked = np.zeros(nodes)
    np.add.at(asked, network.sink_of_need, needs.room.astype(np.float64))
    sinks = np.flatnonzero(asked)
    # what leaves a node is at most its supply and what comes in; what stays there is paid
    rows = np.r_[network.tail, network.head, sinks]
    columns = np.r_[np.arange(arcs), np.arange(arcs), arcs + np.arange(len(sinks))]
    values = np.r_[ones, -ones, np.ones(len(sinks))]
    balance = coo_matrix((values, (rows, columns)), shape=(nodes, arcs + len(sinks))).tocsr()
    cost = np.r_[np.zeros(arcs), -np.ones(len(sinks))]
    million = 1e6  # rials: the solver's tolerance is absolute
    capacity = np.where(network.capacity < 0, np.inf, network.capacity / million)
    bounds = np.column_stack([np.zeros(len(cost)), np.r_[capacity, asked[sinks] / million]])
    answer = linprog(
        cost,
        A_ub=balance,
        b_ub=network.supply / million,
        bounds=bounds,
        method="highs",
        options={"time_limit": PROGRAM_SECONDS},
    )
    return float(-answer.fun) * million if answer.status == 0 else None


if __name__ == "__main__":
    run()
