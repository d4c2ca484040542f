"""The tables that anybody may read: help of a closed month by place and kind, and what stands, by place.

Decides which sums a reader can make of them and hides by `disclosure`; counting is left to the queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sakha.observatory.rules.disclosure import Cell, Total, choose_hidden, in_steps
from sakha.vocabulary.need_kinds import NeedKind

NATION: Final = ""
ALL_KINDS: Final = 0
_PROVINCE_DIGITS: Final = 2
# Money is told only to a hundred million rials, and only of places all of whose kinds are told: the prices of goods are
# public, so a worth is one more sum of the kinds, and might be solved for hidden ones.
RIAL_STEP: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class HelpCount:
    """Of one place and kind in a month: needs met (a household, a kind, a month), households behind them, worth.

    The place is "" for the nation, two digits for a province, four for a county, or the province's two and a dash for
    those whose county nobody told; kind 0 is all kinds. Counties are counted for all kinds together alone.
    """

    place: str
    kind: int
    needs: int
    households: int
    worth_rial: int


@dataclass(frozen=True, slots=True)
class HelpTable:
    """What is told of a month: needs met by place and kind, None where it is hidden; worth by place.

    Worth is told of those places alone of which no number is hidden.
    """

    month: int
    needs: dict[tuple[str, int], int | None]
    worth_rial: dict[str, int]
    hidden_count: int

    def told(self, place: str, kind: int = ALL_KINDS) -> int | None:
        """Needs met there; None where it is hidden, 0 where there were none."""
        return self.needs.get((place, kind), 0)

    def places(self, province: str = NATION) -> tuple[str, ...]:
        """The provinces, or the counties of one, in which anything was given."""
        return tuple(sorted({place for place, _ in self.needs if place and place_above(place) == province}))


@dataclass(frozen=True, slots=True)
class StandingCount:
    """What stands in one place on a day: a name of what is counted, and its number."""

    name: str
    place: str
    count: int


def make_help_table(month: int, counts: Iterable[HelpCount]) -> HelpTable:
    """Hide what has to be hidden. The same counts are always told in the same way."""
    kept = tuple(sorted(counts, key=lambda one: (one.place, one.kind)))
    hidden = _hidden(kept)
    veiled = {one.place for one in kept if (one.place, one.kind) in hidden}
    return HelpTable(
        month=month,
        needs={(one.place, one.kind): None if (one.place, one.kind) in hidden else one.needs for one in kept},
        worth_rial={
            one.place: one.worth_rial - one.worth_rial % RIAL_STEP
            for one in kept
            if one.kind == ALL_KINDS and len(one.place) <= _PROVINCE_DIGITS and one.place not in veiled
        },
        hidden_count=len(hidden),
    )


def readable_sums(places: Iterable[str]) -> tuple[Total, ...]:
    """Every sum that a reader of the table can make: kinds to all kinds, counties to province, provinces to nation."""
    provinces, counties = [], defaultdict(list)
    for place in sorted(set(places)):
        if len(place) == _PROVINCE_DIGITS:
            provinces.append(place)
        elif place != NATION:
            counties[place_above(place)].append(place)
    kinds = [kind.value for kind in NeedKind]
    by_kind = [Total((place, ALL_KINDS), tuple((place, kind) for kind in kinds)) for place in (NATION, *provinces)]
    by_province = [Total((NATION, kind), tuple((place, kind) for place in provinces)) for kind in (ALL_KINDS, *kinds)]
    by_county = [
        Total((province, ALL_KINDS), tuple((place, ALL_KINDS) for place in found))
        for province, found in counties.items()
    ]
    return (*by_kind, *by_province, *by_county)


def tell_standing(counts: Iterable[StandingCount]) -> dict[tuple[str, str], int]:
    """What is told of each name and place: parts in steps, and places above as sums of what is told of their parts.

    What is counted by province alone has no counties below it, and stands in steps of its own.
    """
    told: dict[tuple[str, str], int] = defaultdict(int)
    for one in counts:
        stepped, place = in_steps(one.count), one.place
        while True:
            told[one.name, place] += stepped
            if place == NATION:
                break
            place = place_above(place)
    return dict(told)


def place_above(place: str) -> str:
    """The province of a county, the nation of a province."""
    return place[:_PROVINCE_DIGITS] if len(place) > _PROVINCE_DIGITS else NATION


@lru_cache(maxsize=8)
def _hidden(counts: tuple[HelpCount, ...]) -> frozenset[object]:
    """A closed month stays as it was counted, so this is solved once for each."""
    cells: dict[object, Cell] = {(one.place, one.kind): Cell(one.needs, one.households) for one in counts}
    totals = readable_sums(one.place for one in counts)
    for total in totals:
        for key in total.keys:
            cells.setdefault(key, Cell(0, 0))
    return choose_hidden(cells, totals)
