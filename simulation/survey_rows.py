"""The kinds of household that the province is drawn from: rows of the household survey, or of the shipped marginals.

Money here is rial of 1398; consumption is monthly, per adult equivalent (1 for the first adult, 0.7 for each further
one, 0.5 for each child under 15).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from simulation.chance import Floats, Ints

PROVINCE = 30
# Shares of people, census 1395 (Statistical Centre of Iran): 2,512,737 of 2,712,296 in towns.
URBAN_SHARE = 0.926
# Prices of Alborz against the nation's mean. Chosen so that a quarter of the province's people fall into the nation's
# poorest 40 %: 25 % is the headcount of Alborz where the nation's is 40 % (Majlis Research Center's method, 1398).
PRICE_LEVEL = 1.25
# Prices of 1405 against those of 1398: the Statistical Centre's yearly inflation of households, 1404 provisional and
# 1405 assumed; the same factor as in the product's model document of 1398.
PRICE_FACTOR = 10.246

COMPOSITION = (
    "hhsize", "n_age0_5", "n_age6_14", "n_age15_18", "n_age65p", "n_adult",
    "head_age", "head_female", "head_marital", "urban",
)  # fmt: skip
FLAG_FACTS = (
    "has_car", "has_motorcycle", "has_fridge_freezer", "has_fridge", "has_freezer", "has_washing_machine",
    "has_computer", "has_internet", "has_piped_gas", "has_bathroom", "has_kitchen", "has_vacuum", "has_microwave",
    "has_dishwasher", "has_split_ac", "loan_taken",
)  # fmt: skip
COUNT_FACTS = (
    "rooms", "head_edu_years", "max_edu_years", "n_employed", "n_students", "n_tertiary", "n_health_insured",
    "n_pension_insured",
)  # fmt: skip
MONEY_FACTS = (
    "rent_paid", "electricity_bill", "gas_bill", "water_bill", "wage_private_annual", "wage_public_annual",
    "pension_annual", "selfemp_annual", "interest_annual", "rent_income_annual", "health_lumpy_annual",
)  # fmt: skip
OTHER_FACTS = ("tenure", "area_m2")
SURVEY_FACTS = FLAG_FACTS + COUNT_FACTS + MONEY_FACTS + OTHER_FACTS


@dataclass(frozen=True, slots=True)
class SurveyRows:
    """Household rows with weights, and the nine bounds between the nation's tenths of people."""

    columns: dict[str, Ints]
    weights: Floats
    consumption: Floats
    decile_bounds: Floats

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.weights)


def read_survey(survey: Path) -> SurveyRows:
    """Take the province's rows out of the survey file, and the bounds of the deciles from the whole nation."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.execute("CREATE TABLE survey AS SELECT * FROM read_csv(?)", [str(survey)])
        columns = ", ".join(f"{name}::BIGINT AS {name}" for name in (*COMPOSITION, *SURVEY_FACTS))
        rows = connection.execute(
            f"SELECT {columns}, weight::DOUBLE AS weight, t_cons_pae_official::DOUBLE AS consumption"
            " FROM survey WHERE province = ? AND t_cons_pae_official > 0 ORDER BY hh_id",
            [PROVINCE],
        ).fetchnumpy()
        nation = connection.execute(
            "SELECT t_cons_pae_official::DOUBLE AS consumption, (weight * hhsize)::DOUBLE AS people"
            " FROM survey WHERE t_cons_pae_official > 0 ORDER BY consumption, hh_id"
        ).fetchnumpy()
    below = np.cumsum(nation["people"])
    tenths = np.searchsorted(below, below[-1] * np.arange(1, 10) / 10)
    urban = rows["urban"].astype(bool)
    return SurveyRows(
        columns={name: np.asarray(rows[name], dtype=np.int64) for name in (*COMPOSITION, *SURVEY_FACTS)},
        weights=weigh_town(np.asarray(rows["weight"]), np.asarray(rows["hhsize"], dtype=float), urban),
        consumption=np.asarray(rows["consumption"]),
        decile_bounds=np.asarray(nation["consumption"])[tenths],
    )


def weigh_town(weights: Floats, sizes: Floats, urban: Ints) -> Floats:
    """Bring the share of townspeople to the census."""
    people = weights * sizes
    town, country = people[urban].sum(), people[~urban].sum()
    if town == 0 or country == 0:
        return weights
    factor = np.where(urban, URBAN_SHARE / town, (1 - URBAN_SHARE) / country)
    return np.asarray(weights * factor, dtype=np.float64)
