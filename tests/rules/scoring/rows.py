"""Random households for a card: values at every threshold and one beside it, and much that is unknown."""

from __future__ import annotations

from pathlib import Path
from random import Random

import sakha.scoring
from sakha.scoring.rules.card import Card, Variable, VariableKind
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, INCOMES, parts_of
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.evaluation import priced

DOCUMENTS = Path(sakha.scoring.__file__).parent / "documents"
SHIPPED = (DOCUMENTS / "sakha-1398-2.toml").read_text(encoding="utf-8")
YEAR = 1405


def shipped_card() -> Card:
    return parse_card(SHIPPED)


def telling_values(variable: Variable, factor: int) -> list[int]:
    """Values at which something could go wrong."""
    if variable.kind is VariableKind.LEVELS:
        return [0, *(code for level in variable.levels for code in level.codes), 99]
    thresholds = [priced(step.at, factor=factor) for step in variable.steps]
    return sorted({0, -5, 10**12, *(near for at in thresholds for near in (at - 1, at, at + 1))})


def random_row(card: Card, chance: Random, *, unknown_share: float = 0.1) -> dict[str, int | str | None]:
    row: dict[str, int | str | None] = {}
    for variable in card.variables:
        values = telling_values(variable, card.factor_of(variable, YEAR))
        if variable.kind is VariableKind.LOOKUP:
            places = [*(variable.counties or {}), *(variable.provinces or {}), "9901", "0399", ""]
            row["county"] = chance.choice(places)
            row["urban"] = chance.choice([0, 1])
        elif variable.name in INCOMES:
            # so much for each equivalent adult, told by one part or another
            told = -(-chance.choice(values) * int(row[EQUIVALENT_SIZE] or 100) // 100)
            row |= dict.fromkeys(parts_of(variable.name), 0) | {chance.choice(parts_of(variable.name)): told}
        elif variable.name == EQUIVALENT_SIZE:
            row[variable.name] = chance.choice([value for value in values if 100 <= value <= 3000])
        else:
            row[variable.name] = chance.choice(values)
    return {name: None if chance.random() < unknown_share else value for name, value in row.items()}


def random_rows(card: Card, count: int, seed: int) -> list[dict[str, int | str | None]]:
    chance = Random(seed)
    return [random_row(card, chance, unknown_share=chance.choice([0, 0.1, 0.1, 0.5, 0.9])) for _ in range(count)]


def column_types(card: Card) -> dict[str, str]:
    names = [part for variable in card.variables for name in variable.columns for part in parts_of(name)]
    return {name: "text" if name == "county" else "bigint" for name in names}
