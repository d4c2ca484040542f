"""All sums of a card for a file of a nation in one number: points, signal, and a bit for each variable that is unknown.

What is lost with the unknown is then looked up by a dozen bits at a time, so each column is read once. DuckDB only; the
integers are those of `evaluation`.
"""

from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from sakha.scoring.rules.card import SIGNAL_UNIT, Card, Variable, VariableKind
from sakha.scoring.rules.sql import POINTS_SUFFIX, points_tree, unknown_tree

LOSTS: Final = "losts"
CREATE_LOSTS: Final = (
    f"CREATE TEMP TABLE {LOSTS} (lost_key integer, lost_weight bigint, lost_loading bigint, lost_noise bigint,"
    " lost_count integer)"
)
UNKNOWN_PLACE: Final = "unknown_place"
GROUP_BITS: Final = 12
MASKS: Final = 1 << GROUP_BITS
NUMBER_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class FileSums:
    """Where points, signal and bits stand: bits of unknown variables lowest, then points, then the signal."""

    card: Card
    least_points: int
    points_bits: int
    least_signal: int
    signal_bits: int

    @property
    def groups(self) -> list[tuple[Variable, ...]]:
        """The variables by the dozen."""
        variables = self.card.variables
        return [variables[start : start + GROUP_BITS] for start in range(0, len(variables), GROUP_BITS)]

    @property
    def carried(self) -> int:
        """How many groups have their bits in the first number; those of the rest have numbers of their own."""
        return min((NUMBER_BITS - self.points_bits - self.signal_bits) // GROUP_BITS, len(self.groups))

    def numbers(self, *, year: int) -> dict[str, str]:
        """The numbers as SQL over the facts; that of the place stands in a column already."""
        first = " + ".join(self._points_text(variable, year=year) for variable in self.card.variables)
        numbers = {"number_0": f"{first} + {self._offset}"}
        for group in range(self.carried, len(self.groups)):
            texts = [_unknown_text(variable, 1 << bit) for bit, variable in enumerate(self.groups[group])]
            numbers[f"unknown_{group}"] = " + ".join(texts)
        return numbers

    def joins(self) -> str:
        """What is lost with each group, one join a group."""
        texts = []
        for group in range(len(self.groups)):
            number = f"(number_0 >> {group * GROUP_BITS})" if group < self.carried else f"unknown_{group}"
            key = f"CAST({number} & {MASKS - 1} AS integer) + {group * MASKS}"
            texts.append(f"JOIN {LOSTS} AS lost_{group} ON lost_{group}.lost_key = {key}")
        return " ".join(texts)

    def sums(self) -> dict[str, str]:
        """The sums that score and band are made of, over the numbers and what is lost."""
        lost = {
            name: " + ".join(f"lost_{group}.lost_{name}" for group in range(len(self.groups)))
            for name in ("weight", "loading", "noise", "count")
        }
        whole = SIGNAL_UNIT + sum(variable.expectation.information for variable in self.card.variables)
        above = self.carried * GROUP_BITS
        points_mask = (1 << self.points_bits) - 1
        return {
            "known_points": f"((number_0 >> {above}) & {points_mask}) + ({self.least_points})",
            "known_signal": f"(number_0 >> {above + self.points_bits}) + ({self.least_signal})",
            "known_weight": f"{whole}::bigint - ({lost['weight']})",
            "unknown_loading": lost["loading"],
            "unknown_noise": lost["noise"],
            "unknown_count": lost["count"],
        }

    def amount(self, variable: Variable) -> int:
        """What one point of a variable adds to the first number."""
        above = self.carried * GROUP_BITS
        return (1 << above) + (variable.expectation.signal << (above + self.points_bits))

    def unknown_amount(self, variable: Variable) -> int:
        """What an unknown variable adds to the first number: its bit."""
        place = self.card.variables.index(variable)
        return 1 << place if place < self.carried * GROUP_BITS else 0

    def place_amount(self, points: int | None) -> int:
        """What these points of a place add to the first number, or its being unknown."""
        place = next((variable for variable in self.card.variables if variable.kind is VariableKind.LOOKUP), None)
        if place is None:
            return 0
        return self.unknown_amount(place) if points is None else points * self.amount(place)

    @property
    def _offset(self) -> int:
        above = self.carried * GROUP_BITS
        return -(self.least_points << above) - (self.least_signal << (above + self.points_bits))

    def _points_text(self, variable: Variable, *, year: int) -> str:
        if variable.kind is VariableKind.LOOKUP:
            return f"{variable.name}{POINTS_SUFFIX}"
        factor = self.card.factor_of(variable, year)
        tree = points_tree(variable, factor=factor, times=self.amount(variable), unknown=self.unknown_amount(variable))
        return exp.paren(tree).sql("duckdb")


def _unknown_text(variable: Variable, amount: int) -> str:
    if variable.kind is VariableKind.LOOKUP:
        return f"{UNKNOWN_PLACE} * {amount}"
    return exp.paren(unknown_tree(variable, amount)).sql("duckdb")


def file_sums(card: Card) -> FileSums:
    """The places of the parts, wide enough for whatever the card can add up to."""
    most = {variable.name: max(abs(points) for points in variable.all_points()) for variable in card.variables}
    points = sum(most.values())
    signal = sum(most[variable.name] * abs(variable.expectation.signal) for variable in card.variables)
    return FileSums(card, -points, (2 * points).bit_length(), -signal, (2 * signal).bit_length())


def lost_rows(sums: FileSums) -> list[tuple[int, ...]]:
    """For each group and each set of unknown variables in it: key, weight, loading, noise and how many they are."""
    rows: list[tuple[int, ...]] = []
    for number, group in enumerate(sums.groups):
        lost = [(0, 0, 0, 0)]
        for variable in group:
            told = variable.expectation
            own = (told.information, told.loading, told.noise, 1)
            lost += [(one[0] + own[0], one[1] + own[1], one[2] + own[2], one[3] + own[3]) for one in lost]
        rows += [(number * MASKS + mask, *one) for mask, one in enumerate(lost)]
    return rows
