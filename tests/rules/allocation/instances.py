"""Small random needs and funds, and slow exact answers that share no idea with the solver."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction

import numpy as np
from ortools.graph.python import max_flow

from sakha.allocation.rules.problem import Conditions, Fund, NeedColumns, Place, payable_needs

PLACES = (Place("p1", "c1"), Place("p1", "c2"), Place("p2", "c3"))
TYPES = (frozenset[str](), frozenset({"x"}), frozenset({"x", "y"}))
PLENTY = 10**9


def _some(chance: random.Random, names: str, empty: float) -> frozenset[str]:
    parts = names.split()
    if chance.random() < empty:
        return frozenset()
    return frozenset(chance.sample(parts, chance.randint(1, len(parts))))


def make_needs(chance: random.Random, *, whole: bool) -> NeedColumns:
    count = chance.randint(1, 6)

    def pick(choices: int) -> np.ndarray:
        return np.array([chance.randrange(choices) for _ in range(count)], dtype=np.int32)

    needs = NeedColumns(
        place=pick(3), category=pick(2), types=pick(3), tier=pick(3) + np.int32(1),
        amount=np.array([chance.randint(1, 6) for _ in range(count)]),
        already=np.array([chance.choice([0, 0, chance.randint(0, 6)]) for _ in range(count)]),
        rank=np.full(count, -1), household=pick(3), places=PLACES, categories=("a", "b"), type_sets=TYPES,
    )  # fmt: skip
    if not whole:
        return needs
    order = sorted(range(count), key=lambda row: (needs.tier[row], chance.random()))
    chosen = [row for row in order if chance.random() < 0.5]
    rank = np.full(count, -1)
    rank[chosen] = np.arange(len(chosen))
    return dataclasses.replace(needs, rank=rank)


def make_funds(chance: random.Random, count_of_needs: int, *, limits: bool) -> list[Fund]:
    funds = []
    for _ in range(chance.randint(1, 4)):
        named = None
        if chance.random() > 0.8:
            named = tuple(sorted(chance.sample(range(count_of_needs), chance.randint(1, count_of_needs))))
        conditions = Conditions(
            provinces=_some(chance, "p1 p2", 0.7), counties=_some(chance, "c1 c2 c3", 0.7),
            categories=_some(chance, "a b", 0.6), types_any=_some(chance, "x y", 0.8),
            types_all=_some(chance, "x y", 0.85), types_none=_some(chance, "x y", 0.85),
            max_tier=None if chance.random() < 0.7 else chance.randint(1, 3), needs=named,
        )  # fmt: skip
        limit = chance.randint(1, 5) if limits and chance.random() < 0.5 else None
        funds.append(Fund(chance.randint(0, 10), conditions, limit, chance.randint(0, 2)))
    return funds


def make_instance(seed: int, *, whole: bool = False) -> tuple[NeedColumns, list[Fund]]:
    chance = random.Random(seed)
    needs = make_needs(chance, whole=whole)
    return needs, make_funds(chance, needs.count, limits=seed % 2 == 0)


def most_that_arrives(needs: NeedColumns, funds: list[Fund], wanted: list[int]) -> int:
    """How many of the wanted rials the funds can pay, need by need and household by household."""
    solver, nodes = max_flow.SimpleMaxFlow(), {}

    def node(*key: object) -> int:
        return nodes.setdefault(key, len(nodes) + 2)

    for number, fund in enumerate(funds):
        solver.add_arc_with_capacity(0, node("fund", number), fund.amount)
        for row in np.flatnonzero(payable_needs(needs, fund.conditions)).tolist():
            giver = ("fund", number)
            if fund.max_per_household is not None:
                giver = ("home", number, int(needs.household[row]))
                if giver not in nodes:
                    solver.add_arc_with_capacity(node("fund", number), node(*giver), fund.max_per_household)
            solver.add_arc_with_capacity(node(*giver), node("need", row), PLENTY)
    for row, rials in enumerate(wanted):
        solver.add_arc_with_capacity(node("need", row), 1, int(rials))
    assert solver.solve(0, 1) == solver.OPTIMAL
    return solver.optimal_flow()


def can_be_paid(needs: NeedColumns, funds: list[Fund], wanted: list[int]) -> bool:
    return most_that_arrives(needs, funds, wanted) == sum(wanted)


def level(needs: NeedColumns, row: int, given: int) -> Fraction:
    return int(needs.tier[row]) + min(Fraction(int(needs.already[row]) + given, int(needs.amount[row])), Fraction(1))


def sorted_levels(needs: NeedColumns, given: list[int]) -> list[Fraction]:
    return sorted(level(needs, row, int(given[row])) for row in range(needs.count))


def add_rial_by_rial(needs: NeedColumns, funds: list[Fund], start: list[int], rows: list[int]) -> list[int]:
    """Greedy on single rials, lowest level first: on a matroid this is the lexicographic optimum."""
    units = sorted(
        (level(needs, row, rial), int(needs.amount[row]), row)
        for row in rows
        for rial in range(start[row], int(needs.room[row]))
    )
    given, closed = list(start), set()
    for _, _, row in units:
        if row not in closed:
            given[row] += 1
            if not can_be_paid(needs, funds, given):
                given[row] -= 1
                closed.add(row)
    return given


def solve_slowly(needs: NeedColumns, funds: list[Fund]) -> list[int]:
    """Shares as if all were divisible; whole needs by rank, each tried alone; the rest rial by rial on top."""
    everyone = list(range(needs.count))
    relaxed = add_rial_by_rial(needs, funds, [0] * needs.count, everyone)
    whole = [row for row in everyone if needs.rank[row] >= 0]
    if not whole:
        return relaxed
    given = [0 if row in whole else relaxed[row] for row in everyone]
    for row in sorted(whole, key=lambda one: int(needs.rank[one])):
        tried = list(given)
        tried[row] = int(needs.room[row])
        if can_be_paid(needs, funds, tried):
            given = tried
    return add_rial_by_rial(needs, funds, given, [row for row in everyone if row not in whole])
