"""The lattice network: funds point at groups of needs that they cannot tell apart, groups at smaller groups.

Aggregation is exact: needs that no fund can tell apart are exchangeable (Moulin and Sethuraman 2012), so one node
stands for all of them; reachability is the right to pay. Which rials flow is left to `fair_shares`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.cells import Cells, number_keys, profiles_allowed
from sakha.allocation.rules.offering import Offered
from sakha.allocation.rules.problem import Codes, Conditions, Flags, Fund, Ints, NeedColumns, Numbers, allowed_places
from sakha.allocation.rules.reaching import Level, Reaching

NO_LIMIT = -1
LAYERS = 6


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes from funds to sinks. Node numbers: fund groups first, then everything between, sinks anywhere.

    `sink_of_need` is the node where a need's rials arrive; `capacity` of an arc is NO_LIMIT or the most one household
    may get from a fund. `layer_of_node` rises along every arc; arcs stand in order of their tail's layer, each layer
    begins at its place in `layer_starts`. `is_whole` is false where limited funds are offered only part of the needs.
    """

    node_count: int
    supply: Ints
    group_of_fund: Codes
    tail: Codes
    head: Codes
    capacity: Ints
    sink_of_need: Codes
    layer_of_node: Codes
    layer_starts: Ints
    is_whole: bool


@dataclass(slots=True)
class _Arcs:
    tails: list[Codes]
    heads: list[Codes]
    capacities: list[Ints]

    def add(self, tails: Numbers | int, heads: Numbers, capacity: Ints | int = NO_LIMIT) -> None:
        count = len(heads)
        self.tails.append(np.broadcast_to(np.asarray(tails, dtype=np.int32), (count,)))
        self.heads.append(heads.astype(np.int32, copy=False))
        self.capacities.append(np.broadcast_to(np.asarray(capacity, dtype=np.int64), (count,)))


def build_network(needs: NeedColumns, funds: Sequence[Fund], cells: Cells, offered: Offered) -> Network:
    """Build the network; funds under equal conditions that are not offered single rows share a node."""
    groups, group_of_fund = _group_funds(funds, [number in offered.rows for number in range(len(funds))])
    lattice = _Lattice(needs, cells, first_node=len(groups))
    arcs = lattice.arcs
    single = np.zeros(needs.count, dtype=bool)
    for rows in offered.rows.values():
        single[rows] = True
    sink_of_need, node_count = lattice.place_sinks(single)
    for group, members in enumerate(groups):
        fund = funds[members[0]]
        limit = fund.max_per_household
        if members[0] in offered.rows and limit is not None:
            node_count = _add_limited(needs, arcs, group, offered.rows[members[0]], sink_of_need, limit, node_count)
        else:
            lattice.add_group(group, fund.conditions)
    node_count = lattice.add_leaves(node_count)
    return _finish(funds, group_of_fund, len(groups), node_count, lattice, sink_of_need, is_whole=offered.is_whole)


def _finish(  # noqa: PLR0913 - the parts of a network
    funds: Sequence[Fund],
    group_of_fund: Codes,
    group_count: int,
    node_count: int,
    lattice: _Lattice,
    sinks: Codes,
    *,
    is_whole: bool,
) -> Network:
    arcs = lattice.arcs
    supply = np.zeros(node_count, dtype=np.int64)
    np.add.at(supply, group_of_fund, np.array([fund.amount for fund in funds], dtype=np.int64))
    layer = np.full(node_count, 1, dtype=np.int32)  # leaves, and households under a limited fund
    layer[:group_count] = 0
    layer[lattice.first_node : lattice.first_province] = 2
    layer[lattice.first_province : lattice.first_cell] = 3
    layer[lattice.first_cell : lattice.first_single] = 4
    layer[lattice.first_single : lattice.first_single + lattice.single_count] = 5
    empty = np.zeros(0, dtype=np.int32)
    tail = np.concatenate([empty, *arcs.tails])
    head = np.concatenate([empty, *arcs.heads])
    capacity = np.concatenate([empty.astype(np.int64), *arcs.capacities])
    layer_of_arc = layer[tail]
    order = np.argsort(layer_of_arc.astype(np.int16), kind="stable")
    tail, head, capacity = tail[order], head[order], capacity[order]
    return Network(
        node_count=node_count,
        supply=supply,
        group_of_fund=group_of_fund,
        tail=tail,
        head=head,
        capacity=capacity,
        sink_of_need=sinks,
        layer_of_node=layer,
        layer_starts=np.searchsorted(layer_of_arc[order], np.arange(LAYERS)),
        is_whole=is_whole,
    )


def _group_funds(funds: Sequence[Fund], limited: Sequence[bool]) -> tuple[list[list[int]], Codes]:
    groups: dict[object, list[int]] = {}
    for number, fund in enumerate(funds):
        key: object = number if limited[number] else fund.conditions
        groups.setdefault(key, []).append(number)
    group_of_fund = np.zeros(len(funds), dtype=np.int32)
    for group, members in enumerate(groups.values()):
        group_of_fund[members] = group
    return list(groups.values()), group_of_fund


class _Lattice:
    """Nation → province → place, one node for each profile that occurs there."""

    def __init__(self, needs: NeedColumns, cells: Cells, *, first_node: int) -> None:
        self.needs, self.cells = needs, cells
        self.arcs = _Arcs([], [], [])
        self.first_node = first_node
        self.profile_count, self.cell_count = len(cells.profile_category), len(cells.place)
        names = sorted({place.province for place in needs.places})
        self.province_number = {name: index for index, name in enumerate(names)}
        province_of_place = np.array([self.province_number[place.province] for place in needs.places], dtype=np.int64)
        keys, inverse = number_keys(
            province_of_place[cells.place] * max(self.profile_count, 1) + cells.profile,
            len(names) * max(self.profile_count, 1),
        )
        province, profile = np.divmod(keys, max(self.profile_count, 1))
        self.first_province = first_node + self.profile_count
        self.first_cell = self.first_province + len(keys)
        self.first_single, self.single_count = self.first_cell + self.cell_count, 0
        nation, all_cells = np.arange(self.profile_count), np.arange(self.cell_count)
        self.arcs.add((first_node + profile).astype(np.int32), self.first_province + np.arange(len(keys)))
        self.arcs.add((self.first_province + inverse).astype(np.int32), self.first_cell + all_cells)
        self.nation = Level(
            cells, node=first_node + nation, region=np.zeros_like(nation), profile=nation, region_count=1
        )
        self.provinces = Level(
            cells, node=self.first_province + np.arange(len(keys)), region=province, profile=profile,
            region_count=len(names),
        )  # fmt: skip
        self.places = Level(
            cells, node=self.first_cell + all_cells, region=cells.place, profile=cells.profile,
            region_count=len(needs.places),
        )  # fmt: skip
        self.places_of_county: dict[str, list[int]] = defaultdict(list)
        for index in np.flatnonzero(np.bincount(cells.place)).tolist():
            self.places_of_county[needs.places[index].county].append(index)
        self.reaching = Reaching(needs)

    def place_sinks(self, single: Flags) -> tuple[Codes, int]:
        """Give needs that a limited fund may pay a sink of their own; all others share their cell's."""
        sinks = (self.first_cell + self.cells.of_need).astype(np.int32)
        rows = np.flatnonzero(single)
        self.single_count = len(rows)
        nodes = (self.first_single + np.arange(len(rows))).astype(np.int32)
        self.arcs.add(sinks[rows], nodes)
        sinks[rows] = nodes
        return sinks, self.first_single + len(rows)

    def add_group(self, group: int, conditions: Conditions) -> None:
        """Let a group of funds reach what its conditions allow."""
        if conditions.needs is not None:
            mask = profiles_allowed(self.needs, self.cells, conditions)
            cells = np.unique(self.cells.of_need[list(conditions.needs)])
            by_place = allowed_places(self.needs, conditions)
            cells = cells[mask[self.cells.profile[cells]] & by_place[self.cells.place[cells]]]
            self.arcs.add(group, self.first_cell + cells)
        elif not conditions.provinces and not conditions.counties:
            self.reaching.ask(self.nation, 0, group, conditions)
        else:
            for province in sorted(conditions.provinces & self.province_number.keys()):
                self.reaching.ask(self.provinces, self.province_number[province], group, conditions)
            for county in sorted(conditions.counties):
                for place in self.places_of_county.get(county, []):
                    if self.needs.places[place].province not in conditions.provinces:
                        self.reaching.ask(self.places, place, group, conditions)

    def add_leaves(self, node_count: int) -> int:
        """Add the arcs of all groups; their leaves are numbered from here. Returns the new node count."""
        for level in (self.nation, self.provinces, self.places):
            reached = self.reaching.connect(level, node_count)
            self.arcs.add(reached.tail, reached.head)
            node_count += reached.leaf_count
        return node_count


def _add_limited(  # noqa: PLR0913, PLR0917 - one fund's arcs, all of it is needed
    needs: NeedColumns, arcs: _Arcs, group: int, rows: Ints, sinks: Codes, limit: int, node_count: int
) -> int:
    """Fund → household → its needs; where a household has one need only, one arc does. Returns the new node count."""
    households, inverse, counts = np.unique(needs.household[rows], return_inverse=True, return_counts=True)
    alone = counts[inverse] == 1
    arcs.add(group, sinks[rows[alone]], limit)
    number = np.full(len(households), -1, dtype=np.int64)
    several = np.flatnonzero(counts > 1)
    number[several] = node_count + np.arange(len(several))
    arcs.add(group, number[several], limit)
    together = ~alone
    arcs.add(number[inverse[together]].astype(np.int32), sinks[rows[together]])
    return node_count + len(several)
