"""`sakha score` and `sakha fit-model` on files alone, without any database."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import pytest

from sakha.entrypoints.commands import fit_model, score
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.evaluation import evaluate
from tests.rules.scoring.rows import column_types, random_rows, shipped_card

CARD = shipped_card()
ROWS = [
    row | {"county": row["county"] if len(str(row["county"])) == 4 else None} for row in random_rows(CARD, 200, seed=31)
]


def arguments_of(module, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(words)


def write_households(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["hh_id", *column_types(CARD)])
        writer.writerows([number, *(row[name] for name in column_types(CARD))] for number, row in enumerate(ROWS))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_is_scored_like_each_of_its_households(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    write_households(tmp_path / "in.csv")
    target = tmp_path / f"out.{ending}"

    exit_code = score.run(arguments_of(score, str(tmp_path / "in.csv"), "--year", "1405", "--out", str(target)))

    assert exit_code == 0
    assert "households by decile" in capsys.readouterr().out
    if ending == "csv":
        with target.open(encoding="utf-8") as stream:
            found = {int(row["household"]): (int(row["score"]), int(row["decile"])) for row in csv.DictReader(stream)}
        for number, row in enumerate(ROWS):
            expected = evaluate(CARD, row, year=1405)
            place = CARD.table.place_of(expected.score - CARD.region_of(row["county"]).points, expected.band)
            assert found[number] == (expected.score, place.decile)
    assert target.stat().st_size > 0


def test_a_file_without_the_household_column_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_households(tmp_path / "in.csv")
    words = (str(tmp_path / "in.csv"), "--year", "1405", "--out", str(tmp_path / "out.csv"), "--key", "code")

    assert score.run(arguments_of(score, *words)) == 2
    assert "--key" in capsys.readouterr().out


def test_fitting_writes_a_document_and_never_over_one_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey, target = tmp_path / "survey.csv", tmp_path / "model.toml"
    names = [name for name in column_types(CARD) if name not in {"equivalent_size", "county"}]
    with survey.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        header = ["psu", "county", "weight", "hhsize", "head_female", "ae_official", "t_cons_pae_official", *names]
        writer.writerow(header)
        for number in range(400):
            rooms = 1 + number % 5
            facts = [rooms if name == "rooms" else number % 2 if name == "urban" else 0 for name in names]
            size = 1 + number % 7
            cost = 5_000_000 + 1_000_000 * rooms + 9_000 * (number * 37 % 101)
            writer.writerow(
                [number % 40, 1 + number % 3, 100 + number % 9, size, number % 2, size * 0.7 + 0.3, cost, *facts]
            )
    words = (str(survey), "--out", str(target))

    assert fit_model.run(arguments_of(fit_model, *words)) == 0
    first = parse_card(target.read_text(encoding="utf-8"))
    assert fit_model.run(arguments_of(fit_model, *words)) == 2
    assert fit_model.run(arguments_of(fit_model, *words, "--replace")) == 0

    assert parse_card(target.read_text(encoding="utf-8")).sha == first.sha
    assert "calibration" in capsys.readouterr().out
