"""What exact fair shares cost and give, beside what charities do today and beside a plain linear program."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from bench.allocation.ground import write_instance
from sakha.allocation.queries import AllocationFiles, open_files
from sakha.allocation.rules.cells import make_cells
from sakha.allocation.rules.explaining import Answers
from sakha.allocation.rules.fairness import fill_of, gini
from sakha.allocation.rules.network import Network, build_network
from sakha.allocation.rules.offering import MOST_PAIRS, NOTHING_LIMITED, Finder
from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Conditions, Fund, Ints, NeedColumns, Place, payable_needs
from sakha.allocation.rules.runs import places_in_runs
from sakha.allocation.rules.sharing import share_funds
from sakha.allocation.rules.suggesting import Suggestions

SIZES: Final = {"pilot": (33_000, 500), "100k": (100_000, 1_500), "1M": (1_000_000, 5_000), "10M": (10_000_000, 20_000)}
SMALL: Final = 1_000
PROGRAM_SECONDS: Final = 60
ASKED: Final = 500
GIFT: Final = 10_000_000
PROGRAM_NEEDS: Final = 1_000_000
_SLACK: Final = 1e-6  # of a level: below a hundredth of a rial here, above the solver's tolerance
_RISE: Final = 2e-5


def run() -> None:
    """Print exactness on small instances, then one row a size, rule and rival."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["pilot"])
    parser.add_argument("--kinds", nargs="+", default=["plain", "limits", "whole", "both"])
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    arguments = parser.parse_args()
    compare_with_programs(arguments.small)
    for size in arguments.sizes:
        for kind in arguments.kinds:
            measure(size, kind, alone=arguments.alone)


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


def measure(size: str, kind: str, *, alone: bool) -> None:
    """One instance: the command from file to file, then beside the rivals on the same columns."""
    needs_count, funds_count = SIZES[size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits, whole = kind in {"limits", "both"}, kind in {"whole", "both"}
        paths = write_instance(folder, needs=needs_count, funds=funds_count, limits=limits, whole=whole)
        print(f"\n{size} {kind}:")
        paid = from_file_to_file(*paths, folder)
        with open_files(*paths) as files:
            given = ask_why(files.needs, files.funds, read_payments(files, folder / "out.csv"))
            ask_where(files.needs, files.funds, given[0])
            tell(files.needs, files.funds, "fair shares", *given)
            if alone:
                return
            waited = np.random.default_rng(1).permutation(files.needs.count)
            urgent = np.lexsort((waited, files.needs.tier))
            for rival, order in (("first come", waited), ("by priority", urgent)):
                began = time.process_time()
                shares = hand_out(files.needs, files.funds, order)
                seconds = time.process_time() - began
                tell(files.needs, files.funds, rival, *shares, seconds=seconds)
            if needs_count <= PROGRAM_NEEDS:
                compare_with_program(files.needs, files.funds, paid)
            else:
                print("  plain program (HiGHS): not tried, it would not fit the memory of this machine")


def from_file_to_file(needs: Path, funds: Path, folder: Path) -> int:
    """Run the command in a process of its own; its processor, clock, memory, rows and what is proved. Returns rials."""
    words = ["--needs", needs, "--funds", funds, "--out", folder / "out.csv", "--report", folder / "report"]
    start = "from sakha.entrypoints.commands.main import main; raise SystemExit(main())"
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", start, "allocate", *map(str, words)], stdout=subprocess.DEVNULL
    ) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"sakha allocate ended with {running.returncode}.")
    clock = time.perf_counter() - began
    told = json.loads((folder / "report" / "summary.json").read_text(encoding="utf-8"))
    proof = told["certificate"]
    print(
        f"  file to file: {used.ru_utime + used.ru_stime:.1f} CPU s ({clock:.1f} s, load {os.getloadavg()[0]:.1f}),"
        f" {used.ru_maxrss / 2**20:.2f} GB, {told['maximum_flows']} flows, rows per served need"
        f" {told['payment_count'] / max(told['served_count'], 1):.3f}\n"
        f"  exact {told['is_exact']}, paid {told['paid']:,},"
        f" no result could pay more than {told['bound']:,}: gap {told['gap']:.4%}; second program:"
        f" {'not run' if proof is None else proof}"
    )
    return int(told["paid"])


def read_payments(files: AllocationFiles, out: Path) -> Payments:
    """What the command wrote."""
    rows = files.connection.execute(
        "SELECT funds.rowid AS fund, needs.rowid AS need, paid.amount FROM read_csv(?, types={'amount': 'BIGINT'}) AS"
        " paid JOIN needs USING (need_id) JOIN funds USING (fund_id) ORDER BY 1, 2",
        [str(out)],
    ).fetchnumpy()
    return Payments(*(np.asarray(rows[name], dtype=np.int64) for name in ("fund", "need", "amount")))


def ask_why(needs: NeedColumns, funds: tuple[Fund, ...], payments: Payments) -> tuple[Ints, Ints]:
    """Why a need got no more, asked of random needs that are not full. Returns rials by need and by fund."""
    began = time.process_time()
    answers = Answers(needs, funds, payments)
    ready = time.process_time() - began
    open_needs = np.flatnonzero((answers.given < needs.room) & (needs.rank < 0))
    rows = np.random.default_rng(1).choice(open_needs, min(ASKED, len(open_needs)), replace=False)
    seconds, explained = [], 0
    for row in rows.tolist():
        began = time.process_time()
        told = answers.explain(row)
        seconds.append(time.process_time() - began)
        # the best-off one may be above it by the last rial that it got, and a whole need by its rank
        level = told.level_after + 1 / 100_000
        explained += all(
            one.is_household_limit_reached or (one.left == 0 and one.best_level <= level) for one in told.payable_by
        )
    print(
        f"  why no more: {explained} of {len(rows)} by one look at each fund; {np.mean(seconds) * 1000:.2f} ms, longest"
        f" {max(seconds) * 1000:.2f} ms (indexes made in {ready:.1f} CPU s)"
    )
    return answers.given, np.array([fund.amount for fund in funds]) - answers.left


def ask_where(needs: NeedColumns, funds: tuple[Fund, ...], given: Ints) -> None:
    """Where one more gift of ten million rials would go: under the conditions of random funds, and under none."""
    began = time.process_time()
    suggestions = Suggestions(needs, given)
    ready = time.process_time() - began
    seconds = []
    for row in np.random.default_rng(2).choice(len(funds), min(ASKED, len(funds)), replace=False).tolist():
        began = time.process_time()
        suggestions.suggest(replace(funds[row], amount=GIFT))
        seconds.append(time.process_time() - began)
    began = time.process_time()
    suggestions.suggest(Fund(GIFT))
    free = time.process_time() - began
    print(
        f"  where a gift goes: median {np.median(seconds) * 1000:.1f} ms, longest {max(seconds) * 1000:.0f} ms of"
        f" {len(seconds)}, without conditions {free * 1000:.0f} ms (indexes made in {ready:.1f} CPU s)"
    )


def compare_with_program(needs: NeedColumns, funds: tuple[Fund, ...], paid: int) -> None:
    """Most that one plain linear program pays over the arcs of the network, in the time that it is given."""
    finder = Finder(needs, funds, make_cells(needs, funds), needs.room > 0)
    offered = finder.everything(MOST_PAIRS) or NOTHING_LIMITED
    network = build_network(needs, funds, finder.cells, offered)
    began = time.process_time()
    most = most_by_program(network, needs)
    told = f"no answer in {PROGRAM_SECONDS} s" if most is None else f"{most:,.0f} rials can be paid"
    limits = "" if offered.is_whole else ", limits left out"
    print(f"  plain program (HiGHS{limits}): {told}; {time.process_time() - began:.1f} CPU s; fair shares pay {paid:,}")


def tell(
    needs: NeedColumns, funds: tuple[Fund, ...], name: str, given: Ints, spent: Ints, *, seconds: float | None = None
) -> None:
    """One row of figures; the processor's seconds where the shares were made here."""
    fill, amounts = fill_of(needs, given), np.array([fund.amount for fund in funds])
    last = max(fund.expires_rank for fund in funds)
    expiring = np.array([fund.expires_rank < last for fund in funds])
    left, money = amounts - spent, int(amounts.sum())
    tiers = " ".join(
        f"{fill[needs.tier == tier].mean():.2f}/{fill[needs.tier == tier].min():.2f}" for tier in (1, 2, 3)
    )
    print(
        f"  {name:<12} fill/lowest in tiers 1 2 3: {tiers}; unspent {int(left.sum()) / money:.1%}, of which expire "
        f"{int(left[expiring].sum()) / money:.1%}; Gini of fill {gini(fill):.3f}"
        + ("" if seconds is None else f"; {seconds:.1f} CPU s")
    )


def hand_out(needs: NeedColumns, funds: tuple[Fund, ...], order: Ints) -> tuple[Ints, Ints]:
    """What is done today: each fund pays the first of those that it may pay. By need and by fund."""
    finder = Finder(needs, funds, make_cells(needs, funds), needs.room > 0)
    room, whole, cell = needs.room[order], (needs.rank >= 0)[order], finder.cells.of_need[order]
    given, spent = np.zeros(needs.count, dtype=np.int64), np.zeros(len(funds), dtype=np.int64)
    waiting = bounds = order
    for number, fund in enumerate(funds):
        if number % 500 == 0:  # who is full leaves the queues
            waiting = np.flatnonzero(room > 0)
            waiting = waiting[np.argsort(cell[waiting], kind="stable")]
            bounds = np.searchsorted(cell[waiting], np.arange(len(finder.cells.place) + 1))
        found = waiting[places_in_runs(bounds, finder.cells_of(fund))]
        found = found[room[found] > 0]
        most, few = fund.max_per_household or fund.amount, 1000
        while True:
            rows = np.sort(found if few >= len(found) else np.partition(found, few)[:few])
            limit = np.minimum(room[rows], most)
            if len(rows) == len(found) or int(limit.sum()) >= fund.amount:
                break
            few *= 8
        paid = np.clip(fund.amount - (np.cumsum(limit) - limit), 0, limit)
        paid[whole[rows] & (paid < room[rows])] = 0
        given[rows] += paid
        room[rows] -= paid
        spent[number] = paid.sum()
    back = np.empty_like(given)
    back[order] = given
    return back, spent


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
