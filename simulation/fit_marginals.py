"""Makes the shipped marginals anew from the household survey: `python -m simulation.fit_marginals SURVEY`.

Only shares, medians and spreads leave the survey, rounded, and small cells are pulled towards the province's mean.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from simulation.chance import Flags, Floats, Ints
from simulation.shipped_tables import TABLES
from simulation.survey_rows import (
    COUNT_FACTS,
    FLAG_FACTS,
    MONEY_FACTS,
    PRICE_LEVEL,
    SurveyRows,
    read_survey,
)

AGE_BANDS = (20, 35, 50, 65)
CLASS_COUNT = 5
# A cell counts as this many households of its wider group besides its own.
PULL = 8


def welfare_class(rows: SurveyRows) -> Ints:
    """Give the nation's fifth (0 poorest) of each row, at the province's prices."""
    return np.searchsorted(rows.decile_bounds, rows.consumption / PRICE_LEVEL) // 2


def head_age_band(rows: SurveyRows) -> Ints:
    """Give the lower end of each head's age band."""
    bands = np.array(AGE_BANDS)
    return bands[np.clip(np.searchsorted(bands, rows.columns["head_age"], side="right") - 1, 0, None)]


def fit_kinds(rows: SurveyRows) -> Iterable[Sequence[object]]:
    """Count households by size, sex and age of the head, with the welfare of each kind."""
    size = np.minimum(rows.columns["hhsize"], 6)
    female = rows.columns["head_female"]
    band = head_age_band(rows)
    classes = welfare_class(rows)
    overall = class_shares(classes, rows.weights, np.ones(len(rows), dtype=bool))
    for kind in sorted(set(zip(size.tolist(), female.tolist(), band.tolist(), strict=True))):
        chosen = (size == kind[0]) & (female == kind[1]) & (band == kind[2])
        if chosen.sum() < 3:
            continue
        own = class_shares(classes, rows.weights, chosen)
        pulled = (own * chosen.sum() + overall * PULL) / (chosen.sum() + PULL)
        married = np.average(rows.columns["head_marital"][chosen] == 1, weights=rows.weights[chosen])
        share = 1000 * rows.weights[chosen].sum() / rows.weights.sum()
        yield [*kind, round(share, 1), round(married, 2), *(round(100 * part) for part in pulled)]


def class_shares(classes: Ints, weights: Floats, chosen: Flags) -> Floats:
    """Give the share of each welfare class among the chosen rows."""
    counts = np.bincount(classes[chosen], weights=weights[chosen], minlength=CLASS_COUNT)
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def fit_members(rows: SurveyRows) -> Iterable[Sequence[object]]:
    """Count the children, the young and the old by household size and age of the head; the commonest mixes only."""
    size = np.minimum(rows.columns["hhsize"], 6)
    band = head_age_band(rows)
    names = ("n_age0_5", "n_age6_14", "n_age15_18", "n_age65p")
    mixes = np.stack([np.minimum(rows.columns[name], 3) for name in names], axis=1)
    for low in AGE_BANDS:
        for people in range(1, 7):
            chosen = (size == people) & (band == low)
            found, inverse = np.unique(mixes[chosen], axis=0, return_inverse=True)
            weights = np.bincount(inverse.ravel(), weights=rows.weights[chosen], minlength=len(found))
            for index in np.argsort(-weights, kind="stable")[:6]:
                share = round(100 * weights[index] / weights.sum())
                if share >= 2:
                    yield [low, people, *found[index].tolist(), share]


def fit_facts(rows: SurveyRows) -> Iterable[Sequence[object]]:
    """Describe each fact by welfare class and town or country: how many have it, its middle and its spread."""
    classes = welfare_class(rows)
    urban = rows.columns["urban"].astype(bool)
    for town in (0, 1):
        for number in range(CLASS_COUNT):
            chosen = (urban == bool(town)) & (classes == number)
            near = (urban == bool(town)) & (np.abs(classes - number) <= 1)
            weights = rows.weights * chosen / max(rows.weights[chosen].sum(), 1e-9) * chosen.sum()
            weights += rows.weights * near / rows.weights[near].sum() * PULL
            for fact in (*FLAG_FACTS, *COUNT_FACTS, *MONEY_FACTS, "area_m2"):
                yield [fact, number, town, *describe(rows.columns[fact], weights, fact)]
            for code in range(1, 8):
                share = np.average(rows.columns["tenure"] == code, weights=weights)
                yield [f"tenure={code}", number, town, round(share, 2), 1, 0]


def describe(values: Ints, weights: Floats, fact: str) -> tuple[float, float, float]:
    """Give the share above zero, and middle and spread of what is above zero (of logarithms for money)."""
    above = (values > 0) & (weights > 0)
    share = round(float(weights[above].sum() / weights.sum()), 2)
    if not above.any() or fact in FLAG_FACTS:
        return share, 1, 0
    if fact in MONEY_FACTS:
        logs = np.log(values[above])
        middle = np.average(logs, weights=weights[above])
        spread = np.sqrt(np.average((logs - middle) ** 2, weights=weights[above]))
        return share, float(f"{np.exp(middle):.2g}"), round(float(spread), 1)
    middle = np.average(values[above], weights=weights[above])
    spread = np.sqrt(np.average((values[above] - middle) ** 2, weights=weights[above]))
    return share, round(float(middle), 1), round(float(spread), 1)


def write_table(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one shipped table."""
    with (TABLES / name).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


def fit_marginals(survey: Path) -> None:
    """Write the four tables of marginals."""
    rows = read_survey(survey)
    classes = [f"class{number}" for number in range(CLASS_COUNT)]
    write_table(
        "household_kinds.csv",
        ["size", "head_female", "head_age_from", "share", "married", *classes],
        fit_kinds(rows),
    )
    write_table(
        "household_members.csv",
        ["head_age_from", "size", "n_age0_5", "n_age6_14", "n_age15_18", "n_age65p", "share"],
        fit_members(rows),
    )
    write_table("household_facts.csv", ["fact", "class", "urban", "share", "middle", "spread"], fit_facts(rows))
    bounds = ([index + 1, round(float(bound) / 10_000) * 10_000] for index, bound in enumerate(rows.decile_bounds))
    write_table("decile_bounds.csv", ["decile", "consumption_to"], bounds)


if __name__ == "__main__":
    fit_marginals(Path(sys.argv[1]))
