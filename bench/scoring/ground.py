"""The survey as the benchmark reads it, and the models that the card is measured beside."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sakha.scoring.rules.accuracy import predict_linear
from sakha.scoring.rules.boosting import boost, predict_boosted
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.modelling import score_points_of
from sakha.scoring.rules.survey import Bools, FitPlan, Floats, Ints, Survey, parse_plan, parse_survey

ROOT = Path(__file__).resolve().parent.parent.parent
PLAN = ROOT / "sakha" / "scoring" / "documents" / "sakha-1398-plan.toml"
CARD = ROOT / "sakha" / "scoring" / "documents" / "sakha-1398-2.toml"
SURVEY = ROOT.parent / "shared" / "data" / "targeting" / "iran_hbs_1398.csv.gz"
Predict = Callable[[Survey, Survey], Floats]


@dataclass(frozen=True, slots=True)
class Ground:
    """The survey, the plan, and what only the benchmark needs of it."""

    plan: FitPlan
    survey: Survey
    season: Ints
    everything: Floats
    """Every indicator of the file (no truth, no names), for the challenger's ceiling."""
    without_housing: Floats
    """Monthly consumption per equivalent adult less housing: imputed rent follows place and floor area."""


def read_shipped() -> Card:
    """The product's own model document."""
    return parse_card(CARD.read_text(encoding="utf-8"))


def read_ground(path: Path) -> Ground:
    """Read the survey once."""
    plan = parse_plan(PLAN.read_text(encoding="utf-8"))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(lines)
    survey = parse_survey(rows, plan)
    reader = csv.reader(rows)
    header = next(reader)
    columns = dict(zip(header, zip(*reader, strict=True), strict=True))
    skipped = {"hh_id", "year", "season", "psu", "weight", "province_name", "province_fa"}
    names = [name for name in header if name not in skipped and not name.startswith("t_")]
    numbers = {name: np.array(columns[name], dtype=np.float64) for name in names}
    total, housing = (np.array(columns[name], dtype=np.float64) for name in ("t_consumption_month", "t_housing_month"))
    return Ground(
        plan=plan,
        survey=survey,
        season=np.array(columns["season"], dtype=np.int64),
        everything=np.column_stack(list(numbers.values())),
        without_housing=np.maximum(total - housing, 1) / numbers["ae_official"],
    )


def card_predictor(plan: FitPlan) -> Predict:
    """The card, fitted anew on each training part; a score of 0 is the training part's mean."""

    def predict(train: Survey, test: Survey) -> Floats:
        mean = float(np.average(train.log_consumption, weights=train.person_weight))
        unit = plan.head["scale"]["unit_per_mille"] / 1000
        prediction: Floats = mean + unit * score_points_of(plan, train, test).astype(np.float64)
        return prediction

    return predict


def boosted(train: Survey, test: Survey) -> Floats:
    """LightGBM on the card's own facts, with county and urban."""
    return predict_boosted(train, test)


def boosted_on_everything(ground: Ground, inside: Bools) -> Floats:
    """LightGBM on all indicators of the survey: the ceiling."""
    return boost(ground.everything[~inside], ground.survey.take(~inside), ground.everything[inside])


def linear(train: Survey, test: Survey) -> Floats:
    """Ordinary least squares on the same facts."""
    return predict_linear(train, test)


def out_of_fold(survey: Survey, fold: Ints, predict: Predict) -> Floats:
    """Predict each fold from the others. Centred, since each fold's model has a mean of its own."""
    prediction = np.zeros(survey.size)
    for number in np.unique(fold):
        inside = fold == number
        prediction[inside] = predict(survey.take(~inside), survey.take(inside))
    return prediction
