"""Reads the small tables that the simulation ships (`tables/`, their sources in `tables/NOTICE.md`)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from simulation.chance import Flags, Floats

TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class WeightedNames:
    """Names and how common each is."""

    names: tuple[str, ...]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Places:
    """Neighbourhoods and villages of the province: county code, name, share of people, hardship against the mean."""

    counties: tuple[str, ...]
    names: tuple[str, ...]
    shares: Floats
    urban: Flags
    hardship: Floats


def read_table(name: str) -> list[dict[str, str]]:
    """Read one shipped table as rows."""
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def given_name_rows() -> tuple[tuple[str, str, float, str], ...]:
    """Give (name, gender, weight, cohort) of every given name."""
    return tuple(
        (row["name"], row["gender"], float(row["weight"]), row["cohort"]) for row in read_table("given_names.csv")
    )


@cache
def family_names() -> WeightedNames:
    """Give the most common family names; together about 28 % of people."""
    rows = read_table("family_names.csv")
    return WeightedNames(tuple(row["name"] for row in rows), np.array([float(row["weight"]) for row in rows]))


@cache
def places() -> Places:
    """Give the neighbourhoods of the province."""
    rows = read_table("places.csv")
    return Places(
        counties=tuple(row["county"] for row in rows),
        names=tuple(row["place"] for row in rows),
        shares=np.array([float(row["share"]) for row in rows]),
        urban=np.array([row["urban"] == "1" for row in rows]),
        hardship=np.array([float(row["hardship"]) for row in rows]),
    )
