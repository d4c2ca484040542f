"""Household rows made from the shipped marginals, for those who do not have the survey file.

Keeps what the needs of the trial depend on: who lives together, and how every fact goes with welfare and with town or
country. Within one class of welfare the facts are drawn apart, so single households look rougher than in the survey.
"""

import numpy as np

from simulation.chance import Floats, Ints, chance, draw_index
from simulation.shipped_tables import read_table
from simulation.survey_rows import (
    COUNT_FACTS,
    FLAG_FACTS,
    MONEY_FACTS,
    PRICE_LEVEL,
    URBAN_SHARE,
    SurveyRows,
    weigh_town,
)

ROW_COUNT = 6_000
# Consumption inside one class is spread in logarithms; these are the ends of the lowest and highest class, and powers
# that crowd these two towards the middle, as households really are.
LOWEST, HIGHEST = 0.55, 2.4
CROWDING = np.array([0.26, 1, 1, 1, 2])


def marginal_rows(seed: int) -> SurveyRows:
    """Make household rows of the province out of the shipped shares."""
    rng = chance(seed, "marginal rows")
    columns, classes = draw_kinds(rng)
    draw_members(rng, columns)
    columns["urban"] = (rng.random(ROW_COUNT) < URBAN_SHARE).astype(np.int64)
    draw_facts(rng, columns, classes)
    fit_facts_to_members(columns)
    bounds = np.array([float(row["consumption_to"]) for row in read_table("decile_bounds.csv")])
    ends = np.concatenate([[bounds[0] * LOWEST], bounds[1::2], [bounds[-1] * HIGHEST]])
    low, high = ends[classes], ends[classes + 1]
    consumption = PRICE_LEVEL * low * (high / low) ** (rng.random(ROW_COUNT) ** CROWDING[classes])
    weights = weigh_town(np.ones(ROW_COUNT), columns["hhsize"].astype(float), columns["urban"].astype(bool))
    return SurveyRows(columns=columns, weights=weights, consumption=consumption, decile_bounds=bounds)


def draw_kinds(rng: np.random.Generator) -> tuple[dict[str, Ints], Ints]:
    """Draw size, head and class of welfare of each row."""
    kinds = read_table("household_kinds.csv")
    chosen = draw_index(rng, np.array([float(kind["share"]) for kind in kinds]), ROW_COUNT)
    by_class = np.array([[float(kind[f"class{number}"]) for number in range(5)] for kind in kinds])
    bounds = np.cumsum(by_class, axis=1)
    draws = rng.random(ROW_COUNT) * bounds[chosen, -1]
    classes = np.minimum((draws[:, None] >= bounds[chosen]).sum(axis=1), 4)
    low = np.array([int(kind["head_age_from"]) for kind in kinds])[chosen]
    married = np.array([float(kind["married"]) for kind in kinds])[chosen]
    columns = {
        "hhsize": np.array([int(kind["size"]) for kind in kinds])[chosen],
        "head_female": np.array([int(kind["head_female"]) for kind in kinds])[chosen],
        "head_age": low + (rng.random(ROW_COUNT) * np.where(low >= 65, 22, 15)).astype(np.int64),
        "head_age_from": low,
        "head_marital": np.where(rng.random(ROW_COUNT) < married, 1, 2),
    }
    return columns, classes


def draw_members(rng: np.random.Generator, columns: dict[str, Ints]) -> None:
    """Draw how many children, young and old people live in each row."""
    names = ("n_age0_5", "n_age6_14", "n_age15_18", "n_age65p")
    table = read_table("household_members.csv")
    for name in names:
        columns[name] = np.zeros(ROW_COUNT, dtype=np.int64)
    for low in (20, 35, 50, 65):
        for size in range(1, 7):
            mixes = [row for row in table if row["head_age_from"] == str(low) and row["size"] == str(size)]
            here = np.flatnonzero((columns["head_age_from"] == low) & (columns["hhsize"] == size))
            if not mixes or not len(here):
                continue
            chosen = draw_index(rng, np.array([float(row["share"]) for row in mixes]), len(here))
            for name in names:
                columns[name][here] = np.array([int(row[name]) for row in mixes])[chosen]
    del columns["head_age_from"]
    columns["n_adult"] = columns["hhsize"] - columns["n_age0_5"] - columns["n_age6_14"]


def draw_facts(rng: np.random.Generator, columns: dict[str, Ints], classes: Ints) -> None:
    """Draw every fact by class of welfare and town or country."""
    cells: dict[str, Floats] = {}
    for row in read_table("household_facts.csv"):
        cell = cells.setdefault(row["fact"], np.zeros((5, 2, 3)))
        cell[int(row["class"]), int(row["urban"])] = [float(row[name]) for name in ("share", "middle", "spread")]
    urban = columns["urban"]
    for fact in (*FLAG_FACTS, *COUNT_FACTS, *MONEY_FACTS, "area_m2"):
        share, middle, spread = np.moveaxis(cells[fact][classes, urban], -1, 0)
        has = rng.random(ROW_COUNT) < share
        noise = rng.standard_normal(ROW_COUNT) * spread
        amount = middle * np.exp(noise) if fact in MONEY_FACTS else np.maximum(1, middle + noise)
        columns[fact] = np.where(has, np.rint(amount), 0).astype(np.int64)
    renters = np.isin(draw_tenure(rng, columns, cells, classes), (3, 4))
    middle, spread = np.moveaxis(cells["rent_paid"][classes, urban, 1:], -1, 0)
    rent = np.rint(middle * np.exp(rng.standard_normal(ROW_COUNT) * spread))
    columns["rent_paid"] = np.where(renters, rent, 0).astype(np.int64)


def draw_tenure(rng: np.random.Generator, columns: dict[str, Ints], cells: dict[str, Floats], classes: Ints) -> Ints:
    """Draw by what right each household lives where it lives."""
    urban = columns["urban"]
    tenure = np.stack([cells[f"tenure={code}"][classes, urban, 0] for code in range(1, 8)], axis=1)
    bounds = np.cumsum(tenure, axis=1)
    draws = rng.random(ROW_COUNT) * bounds[:, -1]
    columns["tenure"] = 1 + np.minimum((draws[:, None] >= bounds).sum(axis=1), 6)
    return columns["tenure"]


def fit_facts_to_members(columns: dict[str, Ints]) -> None:
    """Keep the counted facts possible: nobody works who is not there, children of school age learn."""
    size, adults = columns["hhsize"], columns["n_adult"]
    columns["n_employed"] = np.minimum(columns["n_employed"], adults)
    columns["n_tertiary"] = np.minimum(columns["n_tertiary"], adults)
    columns["n_students"] = columns["n_age6_14"] + columns["n_age15_18"]
    columns["n_health_insured"] = np.minimum(columns["n_health_insured"], size)
    columns["n_pension_insured"] = np.minimum(columns["n_pension_insured"], adults)
    columns["max_edu_years"] = np.maximum(columns["max_edu_years"], columns["head_edu_years"])
    columns["rooms"] = np.maximum(columns["rooms"], 1)
    columns["area_m2"] = np.clip(columns["area_m2"], 25, 400)
