"""Needs and funds to share, made up at any size: a country of unequal provinces and givers with conditions.

Shape after the pilot's study: 31 provinces, 474 counties, 16 kinds of need, 8 types of household, 10 tiers, money for a
quarter of the need, heavy tails, richer provinces give more.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np

HEADER = (
    "fund_id,amount,provinces,counties,categories,types_any,types_all,types_none,max_tier,need_ids,"
    "max_per_household,received_on,expires_on"
)
_PROVINCES, _COUNTIES, _CATEGORIES, _TYPES, _TIERS = 31, 474, 16, 8, 10


def write_instance(
    folder: Path, *, needs: int, funds: int, seed: int = 1, limits: bool = True, whole: bool = True
) -> tuple[Path, Path]:
    """Write needs.csv and funds.csv into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    needs_path, funds_path = folder / "needs.csv", folder / "funds.csv"
    total = _write_needs(needs_path, needs, chance, whole=whole)
    _write_funds(funds_path, funds, needs, total, chance, limits=limits)
    return needs_path, funds_path


def _write_needs(path: Path, count: int, chance: np.random.Generator, *, whole: bool) -> int:
    county = (np.sort(chance.random(count)) ** 1.3 * _COUNTIES).astype(np.int64)
    chance.shuffle(county)
    amount = np.maximum(np.round(np.exp(chance.normal(17.2, 0.9, count)) / 100_000) * 100_000, 500_000).astype(np.int64)
    already = np.where(chance.random(count) < 0.35, (amount * chance.random(count) * 0.7).astype(np.int64), 0)
    mask = np.zeros(count, dtype=np.int64)
    for bit in range(_TYPES):
        mask |= (chance.random(count) < 0.12).astype(np.int64) << bit
    columns = {
        "n": np.arange(count),
        "household": chance.integers(0, max(count * 2 // 3, 1), count),
        "county": county,
        "category": np.minimum(chance.geometric(0.18, count) - 1, _CATEGORIES - 1),
        "mask": mask,
        "tier": chance.integers(1, _TIERS + 1, count),
        "amount": amount,
        "already": already,
        "whole": (chance.random(count) < 0.2) if whole else np.zeros(count, dtype=bool),
        "score": chance.integers(0, 1000, count),
        "waited": chance.integers(0, 700, count),
    }
    types = " || ".join(f"CASE WHEN mask & {1 << bit} > 0 THEN '|t{bit}' ELSE '' END" for bit in range(_TYPES))
    with duckdb.connect() as connection:
        connection.register("made", columns)
        connection.execute(
            f"COPY (SELECT 'n' || n AS need_id, 'h' || household AS household_id, 'p' || (county % {_PROVINCES}) AS"
            f" province, 'c' || county AS county, 'k' || category AS category, ltrim({types}, '|') AS types, tier,"
            " amount, already, CASE WHEN whole THEN 0 ELSE 1 END AS divisible, score,"
            " DATE '2024-11-22' + CAST(waited AS integer) AS registered_on"
            f" FROM made) TO '{path}' (HEADER)"
        )
    return int((amount - already).sum())


def _write_funds(path: Path, count: int, needs: int, total: int, chance: np.random.Generator, *, limits: bool) -> None:
    weight = chance.pareto(1.2, count) + 0.1
    amount = np.maximum(weight / weight.sum() * total * 0.25, 1_000_000).astype(np.int64)
    lines = [HEADER]
    for number in range(count):
        draw = chance.random(8)
        province = int(_PROVINCES * draw[0] ** 2)
        provinces = f"p{province}" if 0.25 <= draw[1] < 0.6 else ""
        counties = f"c{province + _PROVINCES * int(chance.integers(0, 15))}" if draw[1] >= 0.6 else ""
        picked = chance.integers(0, _CATEGORIES, chance.integers(1, 4))
        categories = "|".join(sorted({f"k{one}" for one in picked})) if draw[2] < 0.5 else ""
        any_of = f"t{chance.integers(0, _TYPES)}|t{chance.integers(0, _TYPES)}" if draw[3] < 0.25 else ""
        none_of = f"t{chance.integers(0, _TYPES)}" if draw[4] < 0.05 else ""
        max_tier = str(chance.integers(2, 9)) if draw[5] < 0.15 else ""
        named = "|".join(f"n{one}" for one in chance.integers(0, needs, 3)) if draw[6] < 0.01 else ""
        limit = str(int(chance.choice([5, 10, 20, 50])) * 1_000_000) if limits and draw[7] < 0.2 else ""
        expires = f"2027-{chance.integers(1, 13):02d}-01" if chance.random() < 0.4 else ""
        lines.append(
            f"f{number},{amount[number]},{provinces},{counties},{categories},{any_of},,{none_of},{max_tier},{named},"
            f"{limit},2026-11-22,{expires}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
