"""What is told to anybody shows no few: an attacker with every told sum of every table is left in doubt by a crowd.

The attacker here is written apart from the rule: whole numbers, all tables at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from sakha.giving.rules.crowds import CROWD_MIN
from sakha.ledger.rules.terms import UNIT_WORTH_RIAL
from sakha.observatory.rules.disclosure import Cell, Total, choose_hidden, find_doubt, in_steps
from sakha.observatory.rules.public_tables import (
    RIAL_STEP,
    HelpCount,
    HelpTable,
    StandingCount,
    make_help_table,
    readable_sums,
    tell_standing,
)
from sakha.vocabulary.need_kinds import NeedKind

MOST = 10**6
PRICE = 10_000_000


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


def derived(
    key: object, told: dict, hidden: set, totals: Iterable[Total], worth_rial: dict[str, int] | None = None
) -> tuple[int, int]:
    """Solve for one hidden cell by all sums of the whole publication, and by worths at the public prices."""
    equations = []
    for total in totals:
        signs = {total.whole: 1} | dict.fromkeys(total.parts, -1)
        known = sum(-sign * told.get(one, 0) for one, sign in signs.items() if one not in hidden)
        equations.append(({one: sign for one, sign in signs.items() if one in hidden}, known))
    bounds = dict.fromkeys(hidden, (1, MOST))
    for place, rial in (worth_rial or {}).items():
        known = sum(price_of(kind) * told.get((place, kind), 0) for kind in range(1, 14))
        unknown = {(place, kind): price_of(kind) for kind in range(1, 14) if (place, kind) in hidden}
        bounds["rest", place] = (0, RIAL_STEP // PRICE)
        equations.append((unknown | {("rest", place): -1}, rial // PRICE - known))
    return extremes({key: 1}, equations, bounds)


def price_of(kind: int) -> int:
    """In tens of millions of rials: a parcel of food."""
    return UNIT_WORTH_RIAL.get(NeedKind(kind), PRICE) // PRICE


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
    return [HelpCount(place, kind, n, n, worth_of(cells, place)) for (place, kind), n in cells.items() if n]


def worth_of(cells: dict[tuple[str, int], int], place: str) -> int:
    """Of a place, at the public prices."""
    return sum(n * price_of(kind) * PRICE for (one, kind), n in cells.items() if one == place and kind)


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
        least, most = derived(key, told, hidden, totals, table.worth_rial)
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


def a_month_of_dowries() -> tuple[list[HelpCount], HelpTable]:
    cells = {NeedKind.FOOD.value: 500, NeedKind.DOWRY.value: 8, NeedKind.HOME_GOODS.value: 20, 0: 528}
    kinds = {("", kind): n for kind, n in cells.items()}
    counts = [HelpCount(place, kind, n, n, worth_of(kinds, "")) for place in ("", "23") for kind, n in cells.items()]
    return counts, make_help_table(140508, counts)


def test_no_worth_at_public_prices_solves_a_hidden_kind() -> None:
    counts, table = a_month_of_dowries()
    told = {key: number for key, number in table.needs.items() if number is not None}
    hidden, dowry = table.needs.keys() - told.keys(), ("23", NeedKind.DOWRY.value)
    totals = readable_sums(one.place for one in counts)

    assert hidden == {(place, kind.value) for place in ("", "23") for kind in (NeedKind.DOWRY, NeedKind.HOME_GOODS)}
    assert table.worth_rial == {}
    least, most = derived(dowry, told, hidden, totals, table.worth_rial)
    assert most - least >= CROWD_MIN
    # told, the worth leaves eight dowries alone
    assert derived(dowry, told, hidden, totals, {"23": 12_000_000_000}) == (8, 8)
    # where nothing is hidden it is told
    plain = [HelpCount(place, kind, 40, 40, 400_000_000) for place in ("", "23") for kind in (0, 1)]
    assert make_help_table(140508, plain).worth_rial == {"": 400_000_000, "23": 400_000_000}


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


def told_of(month: dict[str, int]) -> dict[tuple[str, str], int]:
    return tell_standing(StandingCount("HOUSEHOLDS", place, count) for place, count in month.items())


def test_no_month_less_another_tells_who_came() -> None:
    """Every change from a month to the next could be any of a crowd of others: all of them are told alike."""
    random = Random(5)
    places = [f"{province}{county:02}" for province in ("23", "30") for county in range(1, 5)]
    before = {place: random.randint(0, 60) for place in places}
    after = {place: count + random.choice((0, 0, 1, 2, 30)) for place, count in before.items()}
    assert any(after[place] - before[place] == 1 for place in places), "a newcomer"

    told = told_of(after)
    for place in places:
        alike = {count - before[place] for count in range(100) if told_of(after | {place: count}) == told}
        assert len(alike) >= CROWD_MIN
    for province in ("23", "30"):
        parts = [number for (_, place), number in told.items() if len(place) == 4 and place[:2] == province]
        assert told["HOUSEHOLDS", province] == sum(parts)
    assert told["HOUSEHOLDS", ""] == told["HOUSEHOLDS", "23"] + told["HOUSEHOLDS", "30"]
    assert [in_steps(number) for number in (0, 10, 11, 32, 33)] == [0, 0, 11, 22, 33]
