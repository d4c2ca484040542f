"""Draws the province's households: how each lives, where, how well, and what the welfare bank thinks of it.

True welfare is consumption per adult equivalent at the province's prices; its decile is the nation's. The official
decile is the same ladder seen through noise. Money of single households is worked out later, for those who need it.
"""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Floats, Ints, chance, draw_index
from simulation.shipped_tables import places
from simulation.survey_rows import PRICE_FACTOR, PRICE_LEVEL, SurveyRows

# Spread (of logarithms) of welfare and money around the drawn row.
JITTER = 0.15
# Correlation of the official ladder with the true one. An assumption: the published idea of the official decile, built
# from the survey's own columns, reaches 0.45; the real one knows bank turnover and purchases besides.
OFFICIAL_CORRELATION = 0.75
# Shares of households: not Iranian (half the share that the census gives to Alborz's neighbours), an assumption.
FOREIGN_SHARE = 0.018


@dataclass(frozen=True, slots=True)
class Households:
    """One entry a household; places are positions in the table of places."""

    rows: SurveyRows
    row: Ints
    size: Ints
    place: Ints
    jitter: Floats
    true_decile: Ints
    official_decile: Ints
    foreign: Flags
    disabled: Ints
    chronic: Ints

    def __len__(self) -> int:
        """Count the households."""
        return len(self.row)

    def fact(self, name: str) -> Ints:
        """Give one column of the drawn rows, as it is in the row."""
        return self.rows.columns[name][self.row]


def draw_households(seed: int, rows: SurveyRows, population: int) -> Households:
    """Draw households until they hold the wanted number of people."""
    rng = chance(seed, "households")
    sizes = rows.columns["hhsize"]
    mean = float(np.average(sizes, weights=rows.weights))
    row = draw_index(rng, rows.weights, int(population / mean * 1.05) + 50).astype(np.int32)
    people = np.cumsum(sizes[row])
    row = row[: int(np.searchsorted(people, population)) + 1]
    count = len(row)
    jitter = rng.standard_normal(count, dtype=np.float32) * np.float32(JITTER)
    logs = np.log(rows.consumption)[row] + jitter - np.log(PRICE_LEVEL)
    true_decile = (1 + np.searchsorted(np.log(rows.decile_bounds), logs)).astype(np.int8)
    foreign = rng.random(count) < FOREIGN_SHARE
    disabled, chronic = draw_illness(rng, rows, row, true_decile)
    return Households(
        rows=rows,
        row=row,
        size=sizes[row].astype(np.int16),
        place=draw_places(rng, rows.columns["urban"][row].astype(bool), true_decile),
        jitter=jitter,
        true_decile=true_decile,
        official_decile=see_through_noise(rng, logs, true_decile),
        foreign=foreign,
        disabled=disabled,
        chronic=chronic,
    )


def see_through_noise(rng: np.random.Generator, logs: Floats, true_decile: Ints) -> Ints:
    """Give the official deciles: as many households in each as in truth, but in a noisy order."""
    standard = (logs - logs.mean()) / max(float(logs.std()), 1e-9)
    noise = rng.standard_normal(len(logs))
    seen = OFFICIAL_CORRELATION * standard + np.sqrt(1 - OFFICIAL_CORRELATION**2) * noise
    official = np.empty(len(logs), dtype=np.int8)
    official[np.argsort(seen, kind="stable")] = np.sort(true_decile)
    return official


def draw_places(rng: np.random.Generator, urban: Flags, true_decile: Ints) -> Ints:
    """Draw where each household lives: poor households more often in places of hardship."""
    table = places()
    chosen = np.zeros(len(urban), dtype=np.int16)
    for town in (True, False):
        for decile in range(1, 11):
            here = np.flatnonzero((urban == town) & (true_decile == decile))
            weights = table.shares * table.hardship ** ((5.5 - decile) / 3) * (table.urban == town)
            chosen[here] = draw_index(rng, weights, len(here))
    return chosen


def draw_illness(rng: np.random.Generator, rows: SurveyRows, row: Ints, true_decile: Ints) -> tuple[Ints, Ints]:
    """Draw how many members are disabled or chronically ill (not in the survey: shares are assumptions)."""
    old = rows.columns["n_age65p"][row]
    poor = true_decile <= 3
    size = rows.columns["hhsize"][row]
    disabled = rng.random(len(row)) < 0.035 + 0.03 * poor + 0.02 * old
    chronic = rng.poisson(0.05 + 0.05 * poor + 0.18 * old)
    return disabled.astype(np.int8), np.minimum(chronic, size).astype(np.int8)


def welfare_rial(households: Households, chosen: Ints) -> Ints:
    """Give true consumption per adult equivalent a month, in rial of 1405."""
    rows = households.rows
    consumption = rows.consumption[households.row[chosen]] * np.exp(households.jitter[chosen])
    return np.rint(consumption * PRICE_FACTOR / 10_000).astype(np.int64) * 10_000
