from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from sakha.scoring.rules.accuracy import measure_accuracy, select_poorest
from sakha.scoring.rules.derived import parts_of
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.fitting import solve_signed
from sakha.scoring.rules.modelling import fit_document, write_toml
from sakha.scoring.rules.survey import Survey, parse_plan, parse_survey
from tests.rules.scoring.rows import DOCUMENTS, SHIPPED, shipped_card

SURVEY = Path(__file__).resolve().parents[4] / "shared" / "data" / "targeting" / "iran_hbs_1398.csv.gz"
PLAN = parse_plan((DOCUMENTS / "sakha-1398-plan.toml").read_text(encoding="utf-8"))


def made_up_survey(size: int = 900) -> Survey:
    """Households whose consumption follows rooms and car, so that a right fit is known beforehand."""
    chance = np.random.default_rng(5)
    facts = {planned.variable.name: np.zeros(size, dtype=np.int64) for planned in PLAN.valued}
    facts |= {part: np.zeros(size, dtype=np.int64) for name in list(facts) for part in parts_of(name)}
    facts["rooms"] = chance.integers(1, 7, size)
    facts["has_car"] = chance.integers(0, 2, size)
    facts["equivalent_size"] = chance.choice([100, 170, 220, 270, 340], size)
    noise = chance.normal(0, 0.2, size)
    log_consumption = 15 + 0.1 * facts["rooms"] + 0.3 * facts["has_car"] - facts["equivalent_size"] / 500 + noise
    return Survey(
        facts=facts,
        county=chance.choice([1, 2, 101, 3001], size),
        urban=chance.integers(0, 2, size),
        cluster=chance.integers(1, 100, size),
        weight=chance.uniform(100, 900, size),
        persons=chance.integers(1, 8, size),
        head_female=chance.integers(0, 2, size),
        consumption=np.exp(log_consumption),
    )


@pytest.fixture(scope="module")
def made_up() -> tuple[Survey, str]:
    survey = made_up_survey()
    return survey, fit_document(PLAN, survey)[0]


def test_the_fit_finds_what_the_survey_was_made_of(made_up: tuple[Survey, str]) -> None:
    card = parse_card(made_up[1])
    by_name = {variable.name: variable for variable in card.variables}
    car = by_name["has_car"]

    assert 12 <= car.steps[-1].points - car.below <= 16  # 0.3 is 15 points of 2 %
    assert by_name["rooms"].steps[-1].points - by_name["rooms"].below > 15
    assert by_name["has_microwave"].steps[-1].points == by_name["has_microwave"].below == 0


def test_the_same_survey_gives_the_same_bytes(made_up: tuple[Survey, str]) -> None:
    survey, text = made_up

    assert fit_document(PLAN, survey)[0] == text


def test_the_document_written_is_the_document_read(made_up: tuple[Survey, str]) -> None:
    card = parse_card(made_up[1])
    survey = made_up[0]
    scores = [evaluate(card, row, year=1398).score for row in survey.rows()]

    assert np.corrcoef(scores, survey.log_consumption)[0, 1] > 0.7
    assert (
        write_toml({"a": 'say "no"', "b": True, "c": {"d": [1, 2]}})
        == 'a = "say \\"no\\""\nb = true\n\n[c]\nd = [1, 2]\n'
    )


def test_signed_least_squares_finds_what_scipy_finds() -> None:
    chance = np.random.default_rng(8)
    for _ in range(40):
        design = chance.normal(size=(60, 12)) + chance.normal(size=(60, 1))
        target, signs = chance.normal(size=60), chance.choice([-1.0, 0.0, 1.0], 12)
        bounds = np.where(signs > 0, 0, -np.inf), np.where(signs < 0, 0, np.inf)

        effects, _ = solve_signed(design.T @ design, design.T @ target, signs, np.ones(12, bool))

        assert np.allclose(effects, lsq_linear(design, target, bounds=bounds, method="bvls").x, atol=1e-7)


def test_errors_at_fixed_coverage_are_those_of_the_definition() -> None:
    survey = replace(made_up_survey(10), consumption=np.arange(1.0, 11.0), weight=np.ones(10), persons=np.ones(10, int))
    perfect, inverse = survey.consumption, -survey.consumption

    assert measure_accuracy(perfect, survey, is_log=False).errors == {0.1: 0.0, 0.2: 0.0, 0.4: 0.0}
    assert measure_accuracy(inverse, survey, is_log=False).errors == {0.1: 1.0, 0.2: 1.0, 0.4: 1.0}
    assert measure_accuracy(perfect, survey, is_log=False).spearman == pytest.approx(1)
    assert select_poorest(survey.consumption, survey.person_weight, 0.4).tolist() == [True] * 4 + [False] * 6


@pytest.mark.slow
@pytest.mark.skipif(not SURVEY.exists(), reason="the household survey is not beside this repository")
def test_the_shipped_document_is_the_fit_of_the_real_survey() -> None:
    with gzip.open(SURVEY, "rt", encoding="utf-8", newline="") as lines:
        survey = parse_survey(lines, PLAN)
    text, held_out_scores = fit_document(PLAN, survey)
    found = measure_accuracy(held_out_scores.astype(np.float64), survey, is_log=False)

    assert parse_card(text).sha == shipped_card().sha
    assert text == SHIPPED
    assert found.errors[0.2] <= 0.37
    assert found.errors[0.4] <= 0.25
    assert found.spearman >= 0.79
