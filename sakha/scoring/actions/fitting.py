"""Fits the model document from the household survey: reads and writes the files, the arithmetic is in the rules.

Nothing here touches the database. A document already in use is never overwritten: a new fit is a new file.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.modelling import fit_document
from sakha.scoring.rules.report import write_report
from sakha.scoring.rules.survey import parse_plan, parse_survey

DOCUMENTS: Final = Path(__file__).resolve().parent.parent / "documents"
PLAN: Final = DOCUMENTS / "sakha-1398-plan.toml"


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A fitted card, and the report on how well it places, in lines to print."""

    card: Card
    report: tuple[str, ...]


def fit_model(*, survey_path: Path, target: Path, plan_path: Path = PLAN) -> FittedModel:
    """Fit the plan to the survey (CSV, plain or gzip) and write the model document to `target`."""
    plan = parse_plan(plan_path.read_text(encoding="utf-8"))
    with _open_text(survey_path) as lines:
        survey = parse_survey(lines, plan)
    text, held_out_scores = fit_document(plan, survey)
    card = parse_card(text)
    target.write_text(text, encoding="utf-8")
    return FittedModel(card, tuple(write_report(card, survey, held_out_scores)))


def _open_text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
