"""Most that any lawful result could pay, proved without solving anything: one sum over needs and funds.

Set some needs apart. Whatever the shares: needs set apart take no more than their room, and each fund pays to all other
needs no more than it has, than they have room for, and than its limit allows for each of their households. So every
choice of needs gives a bound; the smallest one, at a minimum cut, is what can be paid (Ford and Fulkerson 1956). Which
needs to set apart is read off a result; a poor choice gives a high bound and never a wrong one.
"""

from __future__ import annotations

import numpy as np

from sakha.allocation.rules.exchanges import Exchanges
from sakha.allocation.rules.network import Network
from sakha.allocation.rules.offering import Finder, sum_by_household
from sakha.allocation.rules.problem import Flags, Fund, Ints

_ROWS_AT_ONCE = 20_000


def find_bound(finder: Finder, network: Network, exchanges: Exchanges, *, paid: int) -> tuple[int, Flags]:
    """A low bound and the needs set apart for it.

    Those that unspent money reaches; where more could be paid by that, also those that a rial could not leave for one
    with room. Funds that reach none of them are not looked at: they pay what they have.
    """
    sinks, groups = network.sink_of_need, network.group_of_fund
    found = []
    for level in (exchanges.highest, exchanges.lowest):
        apart = np.isposinf(level[sinks])
        found.append((most_payable(finder, apart, looked_at=np.isposinf(level[groups])), apart))
        if found[-1][0] == paid:
            break
    return min(found, key=lambda one: one[0])


def most_payable(finder: Finder, apart: Flags, *, looked_at: Flags) -> int:
    """The bound for any needs set apart; funds that are not looked at are taken to pay all they have."""
    room = finder.needs.room
    others = np.where(apart, 0, room)
    room_of_cell = np.zeros(len(finder.cells.place), dtype=np.int64)
    np.add.at(room_of_cell, finder.cells.of_need, others)
    together: dict[object, list[int]] = {}
    limited, total = set(finder.limited), int(room[apart].sum())
    for number, fund in enumerate(finder.funds):
        if looked_at[number]:
            together.setdefault(number if number in limited else fund.conditions, []).append(number)
        else:
            total += fund.amount
    for numbers in together.values():
        fund = finder.funds[numbers[0]]
        money = sum(finder.funds[number].amount for number in numbers)
        cells = finder.cells_of(fund)
        cells = cells[room_of_cell[cells] > 0]
        most = min(money, int(room_of_cell[cells].sum()))
        total += _most_under_limit(finder, fund, others, cells, most) if numbers[0] in limited else most
    return total


def _most_under_limit(finder: Finder, fund: Fund, others: Ints, cells: Ints, most: int) -> int:
    """Sum over households of the limit or their room; it stops where the fund's money ends."""
    limit = fund.max_per_household or 0
    enough = 4 * most // max(limit, 1) + _ROWS_AT_ONCE
    some = cells[: int(np.searchsorted(np.cumsum(finder.bounds[cells + 1] - finder.bounds[cells]), enough)) + 1]

    def sum_up(part: Ints) -> int:
        rows = finder.rows(part)
        rows = rows[others[rows] > 0]
        return int(np.minimum(sum_by_household(finder.needs.household[rows], others[rows]), limit).sum())

    return most if sum_up(some) >= most else min(most, sum_up(cells))
