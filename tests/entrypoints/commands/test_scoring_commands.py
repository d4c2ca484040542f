"""`sakha score` and `sakha fit-model` on files alone, without any database."""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sakha.entrypoints.commands import fit_model, score
from sakha.scoring.rules import file_sums
from sakha.scoring.rules.assessment import USUAL_EQUIVALENT
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, parts_of
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.survey import SurveyUnreadable, parse_plan, parse_survey
from tests.rules.scoring.rows import column_types, random_rows, shipped_card

CARD = shipped_card()
NATION = CARD.placed_by("nation")
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
            found = {int(row["hh_id"]): row for row in csv.DictReader(stream)}
        assert list(found) == list(range(len(ROWS)))  # in the order of the file
        for number, row in enumerate(ROWS):
            expected = evaluate(CARD, row, year=1405)
            place = NATION.place_of(expected.score, expected.band, county=row["county"], urban=row["urban"])
            told = found[number]
            assert (int(told["score"]), int(told["decile"])) == (expected.score, place.decile)
            assert float(told["p_poor20"]) == place.poor20_share / 1000
            assert float(told["p_poor40"]) == place.poor40_share / 1000
            size = row["equivalent_size"] or USUAL_EQUIVALENT
            assert int(told["expected_gap"]) == place.expected_gap_rial * size * CARD.price_factor(1405) // 100_000
            assert int(told["known_count"]) == len(expected.contributions)
    assert target.stat().st_size > 0


def assert_scored_like_python(path: Path) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT hh_id::integer, score, decile, known_count FROM read_parquet(?)", [str(path)]
        ).fetchall()
    assert len(found) == len(ROWS)
    for number, points, decile, known_count in found:
        expected = evaluate(CARD, ROWS[number], year=1405)
        place = NATION.place_of(
            expected.score, expected.band, county=ROWS[number]["county"], urban=ROWS[number]["urban"]
        )
        assert (points, decile, known_count) == (expected.score, place.decile, len(expected.contributions))


def test_narrow_columns_are_scored_like_wide_ones(tmp_path: Path) -> None:
    """Sums of a narrow type would leave it: a nation's export has counties and sizes in a byte or two."""
    write_households(tmp_path / "in.csv")
    types = {"hh_id": "SMALLINT", "county": "SMALLINT", "urban": "TINYINT", "equivalent_size": "SMALLINT"}
    types |= {"has_car": "VARCHAR", "selfemp_annual": "DOUBLE", "rent_paid": "DECIMAL(20, 2)"}
    with duckdb.connect() as connection:
        told = f"read_csv('{tmp_path / 'in.csv'}', types = {types})"
        connection.execute(f"COPY (FROM {told}) TO '{tmp_path / 'in.parquet'}' (FORMAT parquet)")

    target = tmp_path / "out.parquet"
    words = (str(tmp_path / "in.parquet"), "--year", "1405", "--lines-of", "model", "--out", str(target))
    assert score.run(arguments_of(score, *words)) == 0

    assert_scored_like_python(target)


@pytest.mark.parametrize("bits", [62, 50, 37])
def test_a_card_whose_bits_need_more_numbers_scores_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bits: int
) -> None:
    monkeypatch.setattr(file_sums, "NUMBER_BITS", bits)
    write_households(tmp_path / "in.csv")
    target = tmp_path / "out.parquet"

    assert score.run(arguments_of(score, str(tmp_path / "in.csv"), "--year", "1405", "--out", str(target))) == 0

    assert_scored_like_python(target)


def test_a_file_without_the_household_column_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_households(tmp_path / "in.csv")
    words = (str(tmp_path / "in.csv"), "--year", "1405", "--out", str(tmp_path / "out.csv"), "--key", "code")

    assert score.run(arguments_of(score, *words)) == 2
    assert "--key" in capsys.readouterr().out


def scored(tmp_path: Path, text: str, *words: str) -> dict[str, dict[str, str]]:
    source, target = tmp_path / "told.csv", tmp_path / "scores.csv"
    source.write_text(text, encoding="utf-8")
    assert score.run(arguments_of(score, str(source), "--out", str(target), *words)) == 0
    with target.open(encoding="utf-8") as stream:
        return {row["hh_id"]: row for row in csv.DictReader(stream)}


def test_a_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    plain = "hh_id,county,urban,rooms,hhsize,wage_private_annual\na,0301,1,3,4,250000000\n"
    odd = '\ufeffHH_ID , County,urban,Rooms,hhsize,wage_private_annual\na,301,۱,3.0,۴,"250,000,000"\n'

    assert scored(tmp_path, odd, "--year", "1399") == scored(tmp_path, plain, "--year", "1399")


def test_what_is_no_number_and_what_is_missing_is_unknown_and_not_zero(tmp_path: Path) -> None:
    text = "hh_id,year,rooms,has_car\na,1399,NA,1\nb,1399,,1\nc,1399,many,1\nd,1399,0,1\n"

    found = scored(tmp_path, text)

    assert found["a"] | {"hh_id": ""} == found["b"] | {"hh_id": ""} == found["c"] | {"hh_id": ""}
    assert (found["a"]["known_count"], found["d"]["known_count"]) == ("1", "2")
    assert int(found["d"]["score"]) < int(found["a"]["score"])


def test_a_row_too_short_or_too_long_stops_no_other(tmp_path: Path) -> None:
    text = "hh_id,year,rooms,has_car\na,1399,2,1\nb,1399\nc,1399,2,1,9,9\nd,1399,2,1\n"

    found = scored(tmp_path, text)

    assert found["a"] | {"hh_id": ""} == found["c"] | {"hh_id": ""} == found["d"] | {"hh_id": ""}
    assert found["b"]["known_count"] == "0"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, ()), (b"", ()), (b"\xff\xfe\x00h", ()), (b"hh_id,rooms\na,2\n", ("--model", "no.toml"))],
    ids=["no file", "an empty file", "no text", "no model"],
)
def test_what_can_not_be_read_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, words: tuple[str, ...]
) -> None:
    source = tmp_path / "told.csv"
    if content is not None:
        source.write_bytes(content)

    assert score.run(arguments_of(score, str(source), "--year", "1399", "--out", str(tmp_path / "o.csv"), *words)) == 2

    assert len(capsys.readouterr().out.splitlines()[-1]) > 20
    assert not (tmp_path / "o.csv").exists()


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.csv").write_text("hh_id,rooms\na,2\n", encoding="utf-8")

    nowhere = str(tmp_path / "no" / "out.csv")
    assert score.run(arguments_of(score, str(tmp_path / "in.csv"), "--year", "1399", "--out", nowhere)) == 2

    assert "was not scored" in capsys.readouterr().out


def test_prices_are_of_the_year_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "hh_id,year,electricity_bill\na,{year},900000\n"

    then, now = (scored(tmp_path, text.format(year=year))["a"]["score"] for year in (1398, 1405))

    assert int(now) < int(then)
    assert "prices of 1405" in capsys.readouterr().out


def test_a_weighted_sample_is_placed_by_its_own_lines(tmp_path: Path) -> None:
    write_households(tmp_path / "in.csv")
    rows = list(csv.DictReader((tmp_path / "in.csv").read_text(encoding="utf-8").splitlines()))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*rows[0], "weight", "hhsize"])
    writer.writeheader()
    writer.writerows(row | {"weight": "2", "hhsize": "3"} for row in rows)

    own = scored(tmp_path, text.getvalue(), "--year", "1405").values()
    told = scored(tmp_path, text.getvalue(), "--year", "1405", "--lines-of", "model").values()

    assert sum(float(row["p_poor40"]) for row in own) / len(own) == pytest.approx(0.4, abs=0.002)
    assert sum(float(row["p_poor20"]) for row in own) / len(own) == pytest.approx(0.2, abs=0.002)
    assert abs(sum(float(row["p_poor40"]) for row in told) / len(told) - 0.4) > 0.02
    assert all(float(row["p_poor20"]) <= float(row["p_poor40"]) for row in own)


@pytest.mark.parametrize("words", [("--placing", "prices"), ("--placing", "urban_rural"), ("--registers-only",)])
def test_other_lines_and_other_cards_answer_in_the_same_columns(tmp_path: Path, words: tuple[str, ...]) -> None:
    text = "hh_id,county,urban,hhsize,has_car,rooms\na,2301,1,4,1,2\nb,1101,0,6,0,2\n"

    found = scored(tmp_path, text, "--year", "1405", *words)

    assert list(found["a"]) == ["hh_id", "score", "decile", "p_poor20", "p_poor40", "expected_gap", "known_count"]
    assert int(found["a"]["decile"]) > int(found["b"]["decile"])
    assert int(found["a"]["expected_gap"]) >= 0


def test_a_visit_changes_nothing_for_the_card_of_registers(tmp_path: Path) -> None:
    seen = "hh_id,county,urban,hhsize,has_car,rooms,head_edu_years\na,2301,1,4,1,9,20\n"
    unseen = "hh_id,county,urban,hhsize,has_car\na,2301,1,4,1\n"
    words = ("--year", "1405", "--registers-only")

    assert scored(tmp_path, seen, *words) == scored(tmp_path, unseen, *words)


def test_a_placing_that_no_model_knows_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_households(tmp_path / "in.csv")
    words = (str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--placing", "moon")

    assert score.run(arguments_of(score, *words)) == 2
    assert "urban_rural" in capsys.readouterr().out


def test_a_survey_without_a_column_that_the_plan_reads_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text("psu,county,weight\n1,2,3\n", encoding="utf-8")

    assert fit_model.run(arguments_of(fit_model, str(survey), "--out", str(tmp_path / "model.toml"))) == 2
    assert "rooms" in capsys.readouterr().out


def test_fitting_writes_a_document_and_never_over_one_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey, target = tmp_path / "survey.csv", tmp_path / "model.toml"
    with survey.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        names = [name for name in column_types(CARD) if name not in {"equivalent_size", "county"}]
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
    report = capsys.readouterr().out
    assert "calibration" in report
    boosted = next(line for line in report.splitlines() if line.startswith("LightGBM on the same facts"))
    assert float(boosted.split()[-6]) > 0.5, "the challenger ranks no better than chance"


def test_the_command_says_in_which_row_and_column_no_number_stands_and_needs_no_settings(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("hh_id,rooms,area_m2\n1,3,50\n2,three,50\n3,two,\n", encoding="utf-8")
    command = [sys.executable, "-m", "sakha.entrypoints.commands", "score", "in.csv", "--out", "out.csv"]
    environment = {name: word for name, word in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(Path(score.__file__).parents[3])

    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert "row 3, column rooms: no number, so unknown (and 1 more)" in ended.stdout
    assert "column area_m2" not in ended.stdout
    assert "three" not in ended.stdout
    assert "hh_id,score" in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hh_id,rooms\n1,2,3\n", "ردیف 2، 3 خانه دارد"),
        ("", "را ندارد"),
        ("rooms\n", "را ندارد"),
    ],
)
def test_a_survey_that_can_not_be_read_says_where(text: str, told: str) -> None:
    with pytest.raises(SurveyUnreadable) as refusal:
        parse_survey(io.StringIO(text), parse_plan(fit_model.PLAN.read_text(encoding="utf-8")))

    assert told in refusal.value.message


def test_a_survey_with_a_word_for_a_number_names_row_and_column() -> None:
    plan = parse_plan(fit_model.PLAN.read_text(encoding="utf-8"))
    names = [name for variable in plan.valued for name in parts_of(variable.variable.name) if name != EQUIVALENT_SIZE]
    lines = [",".join(names), ",".join("1" for _ in names), ",".join("x" for _ in names)]

    with pytest.raises(SurveyUnreadable) as refusal:
        parse_survey(lines, plan)

    assert "ردیف 3، ستون" in refusal.value.message
