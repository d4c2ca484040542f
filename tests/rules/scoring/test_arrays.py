from __future__ import annotations

import numpy as np

from sakha.scoring.rules.arrays import Column, Households, evaluate_arrays
from sakha.scoring.rules.evaluation import evaluate
from tests.rules.scoring.rows import YEAR, column_types, random_rows, shipped_card

CARD = shipped_card()


def test_columns_are_scored_like_each_of_their_households() -> None:
    rows = random_rows(CARD, 2_000, seed=9)
    facts = {}
    for name in column_types(CARD):
        if name not in {"county", "has_dishwasher"}:
            known = np.array([row[name] is not None for row in rows])
            facts[name] = Column(np.array([row[name] or 0 for row in rows], dtype=np.int64), known)
    county = np.array([row["county"] or "" for row in rows])

    scored = evaluate_arrays(CARD, Households(county, facts), year=YEAR)

    expected = [evaluate(CARD, row | {"has_dishwasher": None}, year=YEAR) for row in rows]
    assert scored.score.tolist() == [one.score for one in expected]
    assert scored.band.tolist() == [one.band for one in expected]
    assert (scored.points.sum(axis=1) + scored.expected_points == scored.score).all()
