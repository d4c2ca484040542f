"""The economic facts of chosen households, in the words and units of the vocabulary (rial of 1405)."""

import numpy as np

from sakha.vocabulary.fact_names import FACTS, FactName, FactUnit
from simulation.chance import Ints, chance
from simulation.households import Households
from simulation.people import People, ages_on
from simulation.survey_rows import MONEY_FACTS, PRICE_FACTOR, SURVEY_FACTS

# A year's cost of one chronic illness, rial of 1405: an assumption.
ILLNESS_COST = 90_000_000
ROUND_TO = 10_000
# How much single amounts differ between households drawn from one row (spread of logarithms).
OWN_SPREAD = 0.08


def household_facts(seed: int, households: Households, people: People, chosen: Ints) -> dict[FactName, Ints]:
    """Give every fact of the chosen households (positions)."""
    rng = chance(seed, "facts")
    facts: dict[FactName, Ints] = {}
    row = households.row[chosen]
    shift = households.jitter[chosen]
    amounts: dict[str, Ints] = {}
    for name in SURVEY_FACTS:
        values = households.rows.columns[name][row]
        if name in MONEY_FACTS:
            noise = rng.standard_normal(len(chosen), dtype=np.float32) * np.float32(OWN_SPREAD)
            values = np.rint(values * PRICE_FACTOR * np.exp(shift + noise) / ROUND_TO).astype(np.int64) * ROUND_TO
        amounts[name] = values.astype(np.int64)
    lumpy = amounts.pop("health_lumpy_annual")
    facts.update({FactName(name): values for name, values in amounts.items()})
    facts[FactName.HHSIZE] = households.size[chosen].astype(np.int64)
    heads = people.first[chosen]
    facts[FactName.HEAD_AGE] = ages_on(people, heads).astype(np.int64)
    facts[FactName.HEAD_FEMALE] = people.female[heads].astype(np.int64)
    facts[FactName.URBAN] = households.fact("urban")[chosen]
    facts[FactName.DISABLED_COUNT] = households.disabled[chosen].astype(np.int64)
    facts[FactName.CHRONIC_ILLNESS_COUNT] = households.chronic[chosen].astype(np.int64)
    illness = households.chronic[chosen] * rng.random(len(chosen)) * 2 * ILLNESS_COST
    facts[FactName.HEALTH_COST_ANNUAL] = lumpy + np.rint(illness / ROUND_TO).astype(np.int64) * ROUND_TO
    return {name: np.clip(values, FACTS[name].minimum, FACTS[name].maximum) for name, values in facts.items()}


def is_money(name: FactName) -> bool:
    """Tell whether a fact is an amount of money."""
    return FACTS[name].unit in {FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY}
