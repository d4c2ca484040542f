"""The charities' files: readable, overlapping, flawed as real ones are, and true in what the truth says of them."""

import csv
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from sakha.vocabulary.headings import RecordField, guess_field, heading_is_monthly, heading_money_unit
from sakha.vocabulary.identifiers import IdentifierInvalid, parse_national_id
from simulation.chance import chance
from simulation.coverage import POOR_TO_DECILE
from simulation.facts import is_money
from simulation.pilot import PilotPaths, make_pilot
from simulation.province import Province
from simulation.spelling import slip, wrong_digit
from simulation.styles import ROW_NUMBER, Dates, Digits, Medium, Numbers, make_styles


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_cells(path: Path) -> list[list[str]]:
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        return [[show(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=max(",;", key=text.count)))


def show(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> PilotPaths:
    home = tmp_path_factory.mktemp("pilot")
    return make_pilot(home=home, seed=5, needy_count=1_500, population=30_000)


def test_every_row_of_every_file_is_about_whom_the_truth_says(pilot: PilotPaths):
    by_file: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_csv(pilot.truth_records):
        by_file[row["file"]].append(row)
    assert {f"files/{path.name}" for path in pilot.files.iterdir()} == set(by_file)
    for file, truths in by_file.items():
        cells = read_cells(pilot.home / file)
        headings = cells[int(truths[0]["row_number"]) - 2]
        fields = [guess_field(heading) for heading in headings]
        column = fields.index(RecordField.NATIONAL_ID)
        assert len(cells) == int(truths[-1]["row_number"])
        for truth in truths:
            cell = cells[int(truth["row_number"]) - 1][column]
            if truth["flaw"] in {"", "AGAIN"} and truth["id_kind"] == "NATIONAL":
                assert parse_national_id(cell) == truth["national_id"]
            elif truth["flaw"] == "BAD_ID" and truth["id_kind"] == "NATIONAL":
                with pytest.raises(IdentifierInvalid):
                    parse_national_id(cell)
            elif truth["flaw"] == "NO_ID":
                assert cell == ""


def test_headings_are_understood_and_money_says_its_unit():
    for style in make_styles(9, list(range(60))):
        held = [column.holds for column in style.columns if column.holds]
        assert len(held) == len(set(held))
        for column in style.columns:
            if column.holds is None:
                assert column.heading == ROW_NUMBER
                continue
            assert guess_field(column.heading) is column.holds
            if not isinstance(column.holds, RecordField) and is_money(column.holds):
                assert heading_money_unit(column.heading) is style.money
                if column.holds.value.endswith("annual"):
                    assert heading_is_monthly(column.heading) is style.monthly


def test_charities_keep_their_files_in_every_way():
    styles = make_styles(1405, list(range(180)))
    assert {style.medium for style in styles} == set(Medium)
    assert {style.digits for style in styles} == set(Digits)
    assert {style.dates for style in styles} == set(Dates)
    assert {style.numbers for style in styles} == set(Numbers)
    assert {style.lists_members for style in styles} == {True, False}
    assert {style.arabic_letters for style in styles} == {True, False}
    assert {style.title_rows for style in styles} == {0, 1, 2, 3}
    assert len({tuple(column.heading for column in style.columns) for style in styles}) > 170


def test_the_same_household_stands_in_several_files_spelled_differently(pilot: PilotPaths):
    files: defaultdict[str, set[str]] = defaultdict(set)
    for row in read_csv(pilot.truth_records):
        files[row["household_no"]].add(row["file"])
    counts = Counter(len(found) for found in files.values())
    assert counts[1] > counts[2] > counts[3] > 0
    assert max(counts) <= 5
    assert 0.2 < 1 - counts[1] / len(files) < 0.45


def test_every_kind_of_flaw_occurs_and_most_rows_have_none(pilot: PilotPaths):
    flaws = Counter(row["flaw"] for row in read_csv(pilot.truth_records))
    assert set(flaws) == {"", "NO_ID", "BAD_ID", "BORROWED_ID", "NO_NAME", "AGAIN"}
    assert flaws[""] / flaws.total() > 0.85


def test_a_mistyped_number_never_passes_the_check_and_a_slip_changes_a_name_at_most_a_little():
    rng = chance(1, "slips")
    for _ in range(300):
        with pytest.raises(IdentifierInvalid):
            parse_national_id(wrong_digit(rng, "9991234561"))
    assert all(abs(len(slip(rng, "محمدرضا")) - 7) <= 1 for _ in range(100))
    assert slip(rng, "آب") == "آب"


def test_the_truth_agrees_with_the_lists_of_who_covers_whom(pilot: PilotPaths):
    with duckdb.connect() as connection:
        truth = connection.execute(
            "SELECT household_no, covered_by, poor, uncovered, true_decile, charity_file_count FROM read_parquet(?)",
            [str(pilot.truth)],
        ).fetchall()
        homes = dict(
            connection.execute("SELECT national_id, household_no FROM read_parquet(?)", [str(pilot.welfare)]).fetchall()
        )
    for _, covered_by, poor, uncovered, decile, files in truth:
        assert poor == (decile <= POOR_TO_DECILE)
        assert uncovered == (poor and covered_by == "")
        assert ("CHARITY" in covered_by) == (files > 0)
    assert sum(row[3] for row in truth) > 20
    for path, body in ((pilot.imdad, "IMDAD"), (pilot.behzisti, "BEHZISTI")):
        rows = read_csv(path)
        assert all(row["national_id"].startswith("999") for row in rows)
        current = {homes[row["national_id"]] for row in rows if not row["to"] or row["to"] >= "2026-11-01"}
        truly = {row[0] for row in truth if body in row[1].split("+")}
        assert current <= truly
        assert len(truly - current) <= 0.02 * len(truly) + 1  # households in which nobody has an ID


def test_gifts_are_for_own_clients_and_would_fall_double(pilot: PilotPaths):
    gifts = read_csv(pilot.aid_plan)
    clients = {(row["file"], row["national_id"]) for row in read_csv(pilot.truth_records)}
    file_of = {row["code"]: row["file"] for row in read_csv(pilot.charities)}
    assert all((file_of[gift["charity"]], gift["national_id"]) in clients for gift in gifts)
    assert all(int(gift["quantity"]) > 0 for gift in gifts)
    with duckdb.connect() as connection:
        homes = dict(
            connection.execute("SELECT national_id, household_no FROM read_parquet(?)", [str(pilot.welfare)]).fetchall()
        )
    food = Counter(homes[gift["national_id"]] for gift in gifts if gift["kind"] == "FOOD")
    assert sum(count - 1 for count in food.values()) > 20


def test_the_extract_has_the_columns_that_the_data_bank_promises(pilot: PilotPaths):
    with duckdb.connect() as connection:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(pilot.welfare)]).fetchall()
        heads, households = connection.execute(
            "SELECT count(*) FILTER (is_head), count(DISTINCT household_no) FROM read_parquet(?)", [str(pilot.welfare)]
        ).fetchall()[0]
    assert [row[0] for row in found] == [
        "national_id", "is_head", "household_no", "household_size", "official_decile", "decile_on", "county",
        "province", "urban", "mobile", "given_name", "family_name", "birth_on", "gender",
    ]  # fmt: skip
    assert heads > 0.99 * households


def test_clients_of_agencies_live_in_small_poor_households_headed_by_women_more_often(province: Province):
    households = province.households
    imdad = province.coverage.imdad.current(len(households))
    assert 1.7 < households.size[imdad].mean() < 2.7
    assert 0.35 < households.fact("head_female")[imdad].mean() < 0.7
    behzisti = province.coverage.behzisti.current(len(households))
    assert households.disabled[behzisti].mean() > 3 * households.disabled.mean()
    assert np.mean(households.true_decile[imdad]) < np.mean(households.true_decile) - 2


def test_caseloads_are_sorted_by_charity(province: Province):
    assert all(one <= other for one, other in pairwise(province.coverage.caseload.charity.tolist()))
