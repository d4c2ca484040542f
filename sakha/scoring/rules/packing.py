"""Several whole sums in one 64-bit number, so that SQL looks at each column once for all of them.

Each part has a range of its own, as digits of a number have; parts that don't fit together get a number more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

MOST = 2**62


@dataclass(frozen=True, slots=True)
class Part:
    """A sum: how much one unit of each variable adds to it, and the ends that it never leaves."""

    name: str
    amounts: Mapping[str, int]
    least: int
    most: int

    @property
    def span(self) -> int:
        """How many values it can have."""
        return self.most - self.least + 1


def share_numbers(parts: Sequence[Part]) -> list[list[Part]]:
    """Which parts go into one number together; the first of them stands in its lowest digits."""
    shared: list[list[Part]] = []
    room = 0
    for part in parts:
        if part.span > room:
            shared.append([])
            room = MOST
        shared[-1].append(part)
        room //= part.span
    return shared


def packed_amount(sharing: Sequence[Part], variable: str) -> int:
    """What one unit of a variable adds to the number."""
    return sum(unit * part.amounts[variable] for unit, part in zip(_units(sharing), sharing, strict=True))


def unpacked(column: str, sharing: Sequence[Part]) -> dict[str, exp.Expression]:
    """Each sum read from the number. Shifted, so that only numbers that are not negative are divided."""
    units = _units(sharing)
    shift = sum(unit * part.least for unit, part in zip(units, sharing, strict=True))
    trees: dict[str, exp.Expression] = {}
    for place, (unit, part) in enumerate(zip(units, sharing, strict=True)):
        tree: exp.Expression = exp.paren(exp.column(column) - _whole(shift))
        if unit > 1:
            tree = exp.cast(exp.IntDiv(this=tree, expression=_whole(unit)), "bigint")
        if place + 1 < len(sharing):
            # the function, for a percent sign is a placeholder to drivers
            tree = exp.Anonymous(this="MOD", expressions=[tree, _whole(part.span)])
        trees[part.name] = exp.paren(tree) + _whole(part.least)
    return trees


def _units(sharing: Sequence[Part]) -> list[int]:
    units = [1]
    for part in sharing[:-1]:
        units.append(units[-1] * part.span)
    return units


def _whole(number: int) -> exp.Expression:
    return exp.cast(exp.Literal.number(number), "bigint")
