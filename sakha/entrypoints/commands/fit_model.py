"""`sakha fit-model`: fits a scoring model from a household survey, writes the document and prints how well it places.

The arithmetic is `scoring.rules`; the same survey and plan always give the same document. Nothing touches the database.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.modelling import fit_document
from sakha.scoring.rules.report import write_report
from sakha.scoring.rules.survey import SurveyUnreadable, parse_plan, parse_survey

if TYPE_CHECKING:
    import argparse

DOCUMENTS: Final = Path(__file__).resolve().parent.parent.parent / "scoring" / "documents"
PLAN: Final = DOCUMENTS / "sakha-1398-plan.toml"
EXIT_REFUSED: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The survey, the plan and where the document goes."""
    parser.add_argument("survey", type=Path, help="household survey with the truth, CSV or CSV.gz")
    parser.add_argument("--out", type=Path, required=True, help="where the model document is written")
    parser.add_argument("--plan", type=Path, default=PLAN, help="variables and thresholds to fit (TOML)")
    parser.add_argument(
        "--registers-only", action="store_true", help="a card for households nobody has visited: what registers know"
    )
    parser.add_argument("--replace", action="store_true", help="write over an existing document")


def run(arguments: argparse.Namespace) -> int:
    """Fit, write, report."""
    if arguments.out.exists() and not arguments.replace:
        _tell(f"{arguments.out} exists. A document in use never changes: name another, or add --replace.")
        return EXIT_REFUSED
    plan = parse_plan(arguments.plan.read_text(encoding="utf-8"))
    if arguments.registers_only:
        plan = plan.registered()
    try:
        with _open_text(arguments.survey) as lines:
            survey = parse_survey(lines, plan)
    except SurveyUnreadable as refusal:
        _tell(refusal.message)
        return EXIT_REFUSED
    _tell(f"{survey.size} households read; fitting")
    text, held_out_scores = fit_document(plan, survey)
    card = parse_card(text)
    arguments.out.write_text(text, encoding="utf-8")
    for line in write_report(card, survey, held_out_scores):
        _tell(line)
    _tell(f"Written: {arguments.out}")
    return 0


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's answer


def _open_text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
