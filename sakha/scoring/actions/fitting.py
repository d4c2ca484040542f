"""Fits a model document from the household survey and reports how well it places, fairly and honestly.

Reads and writes files; the arithmetic is in the rules. Nothing here touches the database.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.modelling import fit_document
from sakha.scoring.rules.survey import FitPlan, Ints, Survey, parse_plan

DOCUMENTS = Path(__file__).resolve().parent.parent / "documents"
PLAN = DOCUMENTS / "sakha-1398-plan.toml"
EQUIVALENT_SIZE = "equivalent_size"
TRUTH = "t_cons_pae_official"


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A fitted document, and the out-of-fold scores to judge it by."""

    card: Card
    text: str
    survey: Survey
    held_out_scores: Ints


def fit_model(*, survey_path: Path, target: Path, plan_path: Path = PLAN) -> FittedModel:
    """Fit the plan to the survey and write the model document to `target`."""
    plan = parse_plan(plan_path.read_text(encoding="utf-8"))
    survey = read_survey(survey_path, plan)
    text, scores = fit_document(plan, survey)
    card = parse_card(text)
    target.write_text(text, encoding="utf-8")
    return FittedModel(card, text, survey, scores)


def read_survey(path: Path, plan: FitPlan) -> Survey:
    """Read the survey's CSV, plain or gzip; adult equivalents are kept in hundredths."""
    with _open_text(path) as stream:
        rows = csv.reader(stream)
        header = next(rows)
        columns = dict(zip(header, zip(*rows, strict=True), strict=True))

    def integers(name: str) -> Ints:
        return np.array(columns[name], dtype=np.int64)

    names = [planned.variable.name for planned in plan.valued if planned.variable.name != EQUIVALENT_SIZE]
    facts = {name: integers(name) for name in names}
    facts[EQUIVALENT_SIZE] = np.rint(np.array(columns["ae_official"], dtype=np.float64) * 100).astype(np.int64)
    return Survey(
        facts=facts,
        county=integers("county"),
        urban=integers("urban"),
        cluster=integers("psu"),
        weight=np.array(columns["weight"], dtype=np.float64),
        persons=integers("hhsize"),
        consumption=np.array(columns[TRUTH], dtype=np.float64),
    )


def _open_text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def rows_of(survey: Survey) -> Iterator[dict[str, int | str | None]]:
    """Survey households as rows that a card can evaluate."""
    for number in range(survey.size):
        row: dict[str, int | str | None] = {name: int(column[number]) for name, column in survey.facts.items()}
        yield row | {"county": f"{survey.county[number]:04d}", "urban": int(survey.urban[number])}
