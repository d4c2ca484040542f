"""Boosted trees on the same facts: the challenger that a fit's report sets beside the card. Nobody is scored by it.

LightGBM is loaded where the system has what it needs (libgomp); the report says so where it has not.
"""

import numpy as np

from sakha.scoring.rules.survey import Floats, Survey

try:
    import lightgbm
except (ImportError, OSError):  # a system without libgomp
    IS_LOADED = False
else:
    IS_LOADED = True

ROUNDS = 200
SEED = 1398
PARAMETERS = {
    "objective": "regression",
    "learning_rate": 0.08,
    "num_leaves": 31,
    "min_child_samples": 40,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.6,
    "reg_lambda": 5.0,
    "seed": SEED,
    "num_threads": 1,  # several wait for each other by spinning, which on a busy machine takes ten times the time
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def is_boosting_available() -> bool:
    """Whether LightGBM could be loaded here."""
    return IS_LOADED


def predict_boosted(train: Survey, test: Survey) -> Floats:
    """Log consumption of `test` by boosted trees on the card's facts with county, province and urban."""
    return boost(_matrix(train), train, _matrix(test))


def boost(left: Floats, train: Survey, right: Floats) -> Floats:
    """Fit on the rows of `left` (those of `train`), weighted by persons, and predict the rows of `right`."""
    rows = lightgbm.Dataset(left, label=train.log_consumption, weight=train.person_weight)
    model = lightgbm.train(PARAMETERS, rows, num_boost_round=ROUNDS)
    prediction: Floats = np.asarray(model.predict(right), dtype=np.float64)
    return prediction


def _matrix(survey: Survey) -> Floats:
    columns = [survey.facts[name] for name in sorted(survey.facts)]
    return np.column_stack([*columns, survey.county, survey.county // 100, survey.urban]).astype(np.float64)
