"""The lattice network: funds point at groups of needs that they cannot tell apart, groups at smaller groups.

Aggregation is exact: needs that no fund can tell apart are exchangeable (Moulin and Sethuraman 2012), so one node
stands for all of them; reachability is the right to pay. Which rials flow is left to `fair_shares`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sakha.allocation.rules.problem import Codes, Conditions, Flags, Fund, Ints, NeedColumns, Numbers, payable_needs

NO_LIMIT = -1


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes from funds to sinks. Node numbers: fund groups first, then everything between, sinks anywhere.

    `sink_of_need` is the node where a need's rials arrive; `capacity` of an arc is NO_LIMIT or the most one household
    may get from a fund. `layer_of_node` rises along every arc.
    """

    node_count: int
    supply: Ints
    group_of_fund: Codes
    tail: Codes
    head: Codes
    capacity: Ints
    sink_of_need: Codes
    layer_of_node: Codes


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


@dataclass(frozen=True, slots=True)
class _Cells:
    """Groups of needs: by place, by profile (category, types, class of tier), and each named need on its own."""

    of_need: Codes
    place: Codes
    profile: Codes
    named: Codes
    profile_category: Codes
    profile_types: Codes
    profile_tier: Codes


def build_network(needs: NeedColumns, funds: Sequence[Fund], *, open_needs: Flags) -> Network:
    """Build the network of the open needs; funds under equal conditions without household limits share a node."""
    limited = [_limit_that_binds(needs, fund, open_needs) for fund in funds]
    groups, group_of_fund = _group_funds(funds, limited)
    cells = _make_cells(needs, funds)
    lattice = _Lattice(needs, cells, first_node=len(groups))
    arcs = lattice.arcs
    single = np.zeros(needs.count, dtype=bool)
    payable = {}
    for group, members in enumerate(groups):
        if limited[members[0]]:
            flags = payable_needs(needs, funds[members[0]].conditions) & open_needs
            payable[group] = np.flatnonzero(flags)
            single |= flags
    sink_of_need, node_count = lattice.place_sinks(single)
    for group, members in enumerate(groups):
        fund = funds[members[0]]
        if group in payable and fund.max_per_household is not None:
            node_count = _add_limited(
                needs, arcs, group, payable[group], sink_of_need, fund.max_per_household, node_count
            )
        else:
            lattice.add_group(group, fund.conditions)
    return _finish(funds, group_of_fund, len(groups), node_count, lattice, sink_of_need)


def _finish(
    funds: Sequence[Fund], group_of_fund: Codes, group_count: int, node_count: int, lattice: _Lattice, sinks: Codes
) -> Network:
    arcs = lattice.arcs
    supply = np.zeros(node_count, dtype=np.int64)
    np.add.at(supply, group_of_fund, np.array([fund.amount for fund in funds], dtype=np.int64))
    layer = np.full(node_count, 1, dtype=np.int32)  # between a limited fund and its needs
    layer[:group_count] = 0
    layer[lattice.first_node : lattice.first_node + lattice.profile_count] = 1
    layer[lattice.first_province : lattice.first_cell] = 2
    layer[lattice.first_cell : lattice.first_cell + lattice.cell_count] = 3
    layer[lattice.first_single : lattice.first_single + lattice.single_count] = 4
    empty = np.zeros(0, dtype=np.int32)
    return Network(
        node_count=node_count,
        supply=supply,
        group_of_fund=group_of_fund,
        tail=np.concatenate([empty, *arcs.tails]),
        head=np.concatenate([empty, *arcs.heads]),
        capacity=np.concatenate([empty.astype(np.int64), *arcs.capacities]),
        sink_of_need=sinks,
        layer_of_node=layer,
    )


def _limit_that_binds(needs: NeedColumns, fund: Fund, open_needs: Flags) -> bool:
    """Whether some household could take more from this fund than its limit allows."""
    if fund.max_per_household is None or fund.max_per_household >= fund.amount:
        return False
    rows = np.flatnonzero(payable_needs(needs, fund.conditions) & open_needs)
    if not len(rows):
        return False
    most = np.bincount(needs.household[rows], weights=needs.room[rows]).max()
    return bool(most > fund.max_per_household)


def _group_funds(funds: Sequence[Fund], limited: Sequence[bool]) -> tuple[list[list[int]], Codes]:
    groups: dict[object, list[int]] = {}
    for number, fund in enumerate(funds):
        key: object = number if limited[number] else fund.conditions
        groups.setdefault(key, []).append(number)
    group_of_fund = np.zeros(len(funds), dtype=np.int32)
    for group, members in enumerate(groups.values()):
        group_of_fund[members] = group
    return list(groups.values()), group_of_fund


def _make_cells(needs: NeedColumns, funds: Sequence[Fund]) -> _Cells:
    limits = sorted({fund.conditions.max_tier for fund in funds if fund.conditions.max_tier is not None})
    tier_class = np.searchsorted(np.array(limits, dtype=np.int64), needs.tier, side="left").astype(np.int64)
    named = np.zeros(needs.count, dtype=np.int64)
    rows = sorted({row for fund in funds for row in fund.conditions.needs or ()})
    named[rows] = np.arange(1, len(rows) + 1)
    types = len(needs.type_sets)
    profile_key = (needs.category.astype(np.int64) * types + needs.types) * (len(limits) + 1) + tier_class
    profiles, profile_of_need = np.unique(profile_key, return_inverse=True)
    cell_key = (named * len(needs.places) + needs.place) * max(len(profiles), 1) + profile_of_need
    keys, of_need = np.unique(cell_key, return_inverse=True)
    rest, profile = np.divmod(keys, max(len(profiles), 1))
    name, place = np.divmod(rest, max(len(needs.places), 1))
    category, rest = np.divmod(profiles, types * (len(limits) + 1))
    type_set, level = np.divmod(rest, len(limits) + 1)
    # the class stands for any tier in it: the largest limit that still covers it, or one above all
    highest = np.array([*limits, (limits[-1] + 1) if limits else 1], dtype=np.int64)[level]
    return _Cells(
        of_need=of_need.astype(np.int32),
        place=place.astype(np.int32),
        profile=profile.astype(np.int32),
        named=name.astype(np.int32),
        profile_category=category.astype(np.int32),
        profile_types=type_set.astype(np.int32),
        profile_tier=highest.astype(np.int32),
    )


class _Lattice:
    """Nation → province → place, one node for each profile that occurs there."""

    def __init__(self, needs: NeedColumns, cells: _Cells, *, first_node: int) -> None:
        self.needs, self.cells = needs, cells
        self.arcs = _Arcs([], [], [])
        self.first_node = first_node
        self.profile_count, self.cell_count = len(cells.profile_category), len(cells.place)
        names = sorted({place.province for place in needs.places})
        number = {name: index for index, name in enumerate(names)}
        province_of_place = np.array([number[place.province] for place in needs.places], dtype=np.int64)
        self.province_of_cell = province_of_place[cells.place]
        keys, inverse = np.unique(
            self.province_of_cell * max(self.profile_count, 1) + cells.profile, return_inverse=True
        )
        province, self.profile_of_province_node = np.divmod(keys, max(self.profile_count, 1))
        self.first_province = first_node + self.profile_count
        self.first_cell = self.first_province + len(keys)
        self.first_single, self.single_count = self.first_cell + self.cell_count, 0
        self.province_nodes = _rows_by_code(province, len(names))
        self.province_number = number
        self.arcs.add(
            (first_node + self.profile_of_province_node).astype(np.int32), self.first_province + np.arange(len(keys))
        )
        self.arcs.add((self.first_province + inverse).astype(np.int32), self.first_cell + np.arange(self.cell_count))
        self.cells_of_place = _rows_by_code(cells.place.astype(np.int64), len(needs.places))
        self.places_of_county: dict[str, list[int]] = defaultdict(list)
        for index, place in enumerate(needs.places):
            self.places_of_county[place.county].append(index)
        self._masks: dict[object, Flags] = {}

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
        mask = self._profiles(conditions)
        if conditions.needs is not None:
            cells = np.unique(self.cells.of_need[list(conditions.needs)])
            by_place = np.array([conditions.holds_for_place(place) for place in self.needs.places], dtype=bool)
            cells = cells[mask[self.cells.profile[cells]] & by_place[self.cells.place[cells]]]
            self.arcs.add(group, self.first_cell + cells)
        elif not conditions.provinces and not conditions.counties:
            self.arcs.add(group, self.first_node + np.flatnonzero(mask))
        else:
            self._add_by_place(group, conditions, mask)

    def _add_by_place(self, group: int, conditions: Conditions, mask: Flags) -> None:
        for province in sorted(conditions.provinces):
            if province in self.province_number:
                nodes = self.province_nodes[self.province_number[province]]
                self.arcs.add(group, self.first_province + nodes[mask[self.profile_of_province_node[nodes]]])
        for county in sorted(conditions.counties):
            for place in self.places_of_county.get(county, []):
                if self.needs.places[place].province not in conditions.provinces:
                    cells = self.cells_of_place[place]
                    self.arcs.add(group, self.first_cell + cells[mask[self.cells.profile[cells]]])

    def _profiles(self, conditions: Conditions) -> Flags:
        key = (
            conditions.categories, conditions.types_any, conditions.types_all, conditions.types_none,
            conditions.max_tier,
        )  # fmt: skip
        if key not in self._masks:
            needs, cells = self.needs, self.cells
            categories = np.array(
                [not conditions.categories or one in conditions.categories for one in needs.categories], dtype=bool
            )
            types = np.array([conditions.holds_for_types(one) for one in needs.type_sets], dtype=bool)
            mask: Flags = categories[cells.profile_category] & types[cells.profile_types]
            if conditions.max_tier is not None:
                mask &= cells.profile_tier <= conditions.max_tier
            self._masks[key] = mask
        return self._masks[key]


def _rows_by_code(codes: Ints, count: int) -> list[Ints]:
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[bounds[code] : bounds[code + 1]] for code in range(count)]


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
