"""What is told to anybody shows no few: an attacker with every told sum of every table is left in doubt by a crowd.

The attacker here is written apart from the rule: whole numbers, all tables at once, all months at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from sakha.giving.rules.crowds import CROWD_MIN
from sakha.observatory.rules.disclosure import Cell, Total, choose_hidden, find_doubt, in_steps
from sakha.observatory.rules.public_tables import (
    RIAL_STEP,
    HelpCount,
    Standing,
    make_help_table,
    readable_sums,
    tell_standing,
)

MOST = 10**6


def extremes(aim: dict, equations: list[tuple[dict, int]], bounds: dict) -> tuple[int, int]:
    """The least and the most of a sum of unknown whole numbers under equations: what can be derived of it."""
    names = list(bounds)
    factors = np.array([[equation.get(name, 0) for name in names] for equation, _ in equations])
    sums = np.array([known for _, known in equations])
    limits = [LinearConstraint(factors, sums, sums)] if len(equations) else []
    lows, highs = (np.array([bounds[name][side] for name in names]) for side in (0, 1))
    wanted = np.array([aim.get(name, 0) for name in names])
    found = [
        milp(sign * wanted, constraints=limits, bounds=(lows, highs), integrality=np.ones(len(names)))
        for sign in (1, -1)
    ]
    assert all(one.success for one in found)
    return round(found[0].fun), round(-found[1].fun)


def derived(key: object, told: dict, hidden: set, totals: Iterable[Total]) -> tuple[int, int]:
    """Solve for one hidden cell by all sums of the whole publication."""
    equations = []
    for total in totals:
        signs = {total.whole: 1} | dict.fromkeys(total.parts, -1)
        known = sum(-sign * told.get(one, 0) for one, sign in signs.items() if one not in hidden)
        equations.append(({one: sign for one, sign in signs.items() if one in hidden}, known))
    return extremes({key: 1}, equations, dict.fromkeys(hidden, (1, MOST)))


def a_month(random: Random) -> list[HelpCount]:
    """A few provinces, kinds and counties with many small numbers and some empty ones, as the query counts them."""
    cells: dict[tuple[str, int], int] = {}
    for place in ("03", "11", "23", "30"):
        for kind in random.sample(range(1, 14), 6):
            cells[place, kind] = int(random.paretovariate(0.6))
        counties = [f"{place}{number:02}" for number in range(1, 6)] + [f"{place}-"]
        rest = cells[place, 0] = sum(count for (one, _), count in cells.items() if one == place)
        for county in counties[1:]:
            cells[county, 0] = min(rest, int(random.paretovariate(0.6)))
            rest -= cells[county, 0]
        cells[counties[0], 0] = rest
    for kind in range(14):
        cells["", kind] = sum(count for (place, one), count in cells.items() if one == kind and len(place) == 2)
    return [HelpCount(place, kind, n, n, n * 7_000_001) for (place, kind), n in cells.items() if n]


@pytest.mark.parametrize("seed", range(2))
def test_no_small_cell_can_be_solved_from_all_that_is_told(seed: int) -> None:
    counts = a_month(Random(seed))
    table = make_help_table(140508, counts)
    told = {key: number for key, number in table.needs.items() if number is not None}
    hidden = table.needs.keys() - told.keys()
    small = {(one.place, one.kind): one.needs for one in counts if one.households < CROWD_MIN}
    totals = readable_sums(one.place for one in counts)

    assert small.keys() <= hidden
    assert len(told) > len(counts) / 4, "a table that tells nothing is safe and useless"
    for key, number in small.items():
        least, most = derived(key, told, hidden, totals)
        assert least <= number <= most
        assert most - least >= CROWD_MIN, key
    assert all((place, 0) in told for place in table.worth_rial)
    assert all(rial % RIAL_STEP == 0 for rial in table.worth_rial.values())


def test_without_the_other_hidden_cells_the_attacker_solves_one() -> None:
    counts = a_month(Random(0))
    totals = readable_sums(one.place for one in counts)
    truth = {(one.place, one.kind): one.needs for one in counts}
    small = {key for key, number in truth.items() if number < CROWD_MIN}
    told = {key: number for key, number in truth.items() if key not in small}

    bounds = {key: derived(key, told, small, totals) for key in small}

    assert [truth[key] for key, (least, most) in bounds.items() if least == most], "one is found to the last household"
    assert any(find_doubt(key, {one: Cell(n, n) for one, n in truth.items()} | _empty(totals, truth), small, totals)
               .is_enough is False for key in small)  # fmt: skip


def _empty(totals: Iterable[Total], truth: dict) -> dict:
    return {key: Cell(0, 0) for total in totals for key in total.keys if key not in truth}


def test_a_lonely_small_cell_takes_another_with_it_and_a_large_table_is_told_whole() -> None:
    total = Total("all", ("a", "b", "c"))
    cells = {"a": Cell(4, 4), "b": Cell(60, 60), "c": Cell(30, 30), "all": Cell(94, 94)}

    assert choose_hidden(cells, [total]) == {"a", "c"}
    assert choose_hidden(cells | {"a": Cell(14, 14)}, [total]) == frozenset()
    # many needs of few households are few households
    assert "b" in choose_hidden(cells | {"b": Cell(60, 3)}, [total])


def test_two_small_cells_whose_sum_is_told_are_still_few() -> None:
    cells = {"a": Cell(2, 2), "b": Cell(3, 3), "c": Cell(60, 60), "all": Cell(65, 65)}

    assert choose_hidden(cells, [Total("all", ("a", "b", "c"))]) == {"a", "b", "c"}


def test_no_month_less_another_tells_who_came() -> None:
    """Every told number of what stands, of two months and all places, as equations: each change stays in doubt."""
    random = Random(5)
    places = [f"{province}{county:02}" for province in ("23", "30") for county in range(1, 5)]
    before = {place: random.randint(0, 60) for place in places}
    after = {place: count + random.choice((0, 0, 1, 2, 30)) for place, count in before.items()}
    told = [tell_standing(Standing("HOUSEHOLDS", place, n) for place, n in month.items()) for month in (before, after)]

    # what is told of a county leaves it in its step; what is told of places above are sums of what is told
    bounds = {
        (month, place): (one["HOUSEHOLDS", place], one["HOUSEHOLDS", place] + CROWD_MIN - 1)
        for month, one in enumerate(told)
        for place in places
    }
    for one in told:
        for province in ("23", "30"):
            parts = [number for (_, place), number in one.items() if len(place) == 4 and place[:2] == province]
            assert one["HOUSEHOLDS", province] == sum(parts)
        assert one["HOUSEHOLDS", ""] == one["HOUSEHOLDS", "23"] + one["HOUSEHOLDS", "30"]
    for place in places:
        least, most = extremes({(1, place): 1, (0, place): -1}, [], bounds)
        assert least <= after[place] - before[place] <= most
        assert most - least >= CROWD_MIN
    # told exactly instead, the newcomer is seen
    assert any(after[place] - before[place] == 1 for place in places)
    assert [in_steps(number) for number in (0, 10, 11, 32, 33)] == [0, 0, 11, 22, 33]
