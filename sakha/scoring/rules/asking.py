"""What one more fact would change: for everything unknown, how far the chance of being poor could move.

Decides in which order to ask; asking is left to people and banks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sakha.scoring.rules.card import Card, Variable, VariableKind
from sakha.scoring.rules.derived import INCOMES, parts_of
from sakha.scoring.rules.evaluation import Row, evaluate
from sakha.scoring.rules.places import Place

# more than any threshold in the prices of any year
VERY_MUCH = 10**13


@dataclass(frozen=True, slots=True)
class TellingFact:
    """One unknown variable, and the places a household would have at its best and at its worst value."""

    variable: Variable
    poorest: Place
    richest: Place

    @property
    def spread(self) -> int:
        """By how much the chance of being in the poorest 40 % can differ, per mille."""
        return self.poorest.poor40_share - self.richest.poor40_share


def telling_facts(card: Card, row: Row, *, year: int) -> tuple[TellingFact, ...]:
    """All unknown variables, the most telling first; a place is not asked for, it is where people live."""
    unknown = [
        variable
        for variable in evaluate(card, row, year=year).unknown
        if variable.kind is not VariableKind.LOOKUP and _can_be_asked(variable, row)
    ]
    found = [_tell(card, row, variable, year=year) for variable in unknown]
    return tuple(sorted(found, key=lambda each: (-each.spread, each.variable.name)))


def _tell(card: Card, row: Row, variable: Variable, *, year: int) -> TellingFact:
    places = []
    for values in _possible_values(variable, row):
        evaluation = evaluate(card, {**row, **values}, year=year)
        place = card.place_of(evaluation.score, evaluation.band, county=row.get("county"), urban=row.get("urban"))
        places.append((evaluation.score, place))
    ordered = sorted(places, key=lambda each: each[0])
    return TellingFact(variable, poorest=ordered[0][1], richest=ordered[-1][1])


def _possible_values(variable: Variable, row: Row) -> Iterator[dict[str, int]]:
    if variable.name in INCOMES:
        parts = [part for part in parts_of(variable.name) if row.get(part) is None]
        yield dict.fromkeys(parts, 0)
        yield dict.fromkeys(parts, VERY_MUCH)
    elif variable.kind is VariableKind.LEVELS:
        yield {variable.name: 0}
        yield from ({variable.name: level.codes[0]} for level in variable.levels)
    else:
        first = variable.steps[0].at
        yield {variable.name: first - 1}
        yield {variable.name: VERY_MUCH if variable.is_price_indexed else variable.steps[-1].at}


def _can_be_asked(variable: Variable, row: Row) -> bool:
    """An income for each adult isn't asked for where only the number of adults is missing."""
    return variable.name not in INCOMES or any(row.get(part) is None for part in parts_of(variable.name))
