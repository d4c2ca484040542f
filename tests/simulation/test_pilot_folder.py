"""The pilot's folder: the same bytes for the same parameters, used again when finished, complete."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from simulation.coverage import PILOT_NEEDY, Scale
from simulation.identities import ProvinceTooLargeError, give_identities
from simulation.pilot import PilotPaths, make_pilot
from simulation.province import Province
from simulation.small import SMALL_NEEDY, SMALL_SEED, make_small_pilot

ROOT = Path(__file__).resolve().parents[2]


def digests(paths: PilotPaths) -> dict[str, str]:
    return json.loads(paths.manifest.read_text(encoding="utf-8"))["sha256"]


def test_the_same_seed_makes_the_same_bytes_and_another_seed_makes_others(small: PilotPaths, tmp_path: Path):
    assert digests(make_small_pilot(tmp_path / "again")) == digests(small)
    other = digests(make_small_pilot(tmp_path / "other", seed=SMALL_SEED + 1))
    assert other["welfare.parquet"] != digests(small)["welfare.parquet"]


def test_a_finished_folder_is_used_again_and_an_incomplete_one_is_made_anew(tmp_path: Path):
    told: list[str] = []

    def make(needy: int) -> PilotPaths:
        told.clear()
        return make_pilot(
            home=tmp_path,
            seed=1,
            needy_count=needy,
            population=900,
            progress=lambda step, _done, _total: told.append(step),
        )

    paths = make(40)
    assert set(told) == {"province", "files", "tables"}
    make(40)
    assert told == []
    make(50)
    assert told
    next(paths.files.iterdir()).unlink()
    make(50)
    assert told
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    make(40)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "kept"


def test_the_manifest_tells_parameters_figures_and_a_digest_of_every_file(small: PilotPaths):
    manifest = json.loads(small.manifest.read_text(encoding="utf-8"))
    there = {path.relative_to(small.home).as_posix() for path in small.home.rglob("*") if path.is_file()}
    assert set(manifest["sha256"]) == there - {"manifest.json"}
    assert manifest["parameters"]["seed"] == SMALL_SEED
    assert manifest["figures"]["needy_listed"] in range(SMALL_NEEDY, SMALL_NEEDY + 12)


def test_everybody_wanted_is_listed_and_sizes_follow_the_pilot():
    scale = Scale(PILOT_NEEDY, 2_700_000)
    assert (scale.imdad_households, scale.behzisti_households, scale.charities) == (27_000, 13_000, 180)


def test_the_survey_s_rows_are_used_when_the_file_is_given(tmp_path: Path, fake_survey: Path):
    paths = make_pilot(home=tmp_path / "pilot", seed=1, needy_count=40, population=900, survey=fake_survey)
    with duckdb.connect() as connection:
        sizes, rooms, areas = connection.execute(
            "SELECT list_sort(list(DISTINCT hhsize)), list(DISTINCT rooms), list(DISTINCT area_m2)"
            " FROM read_parquet(?)",
            [str(paths.facts)],
        ).fetchall()[0]
    assert (sizes, rooms, areas) == ([2, 3, 4], [3], [80])


def test_the_command_makes_a_pilot_and_prints_its_figures(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "simulation",
        "--home",
        str(tmp_path / "it"),
        "--needy",
        "40",
        "--population",
        "900",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "needy_listed" in done.stdout
    assert (tmp_path / "it" / "aid_plan.csv").is_file()


def test_a_province_whose_clients_outnumber_the_prefix_is_refused(province: Province, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("simulation.identities.PREFIX_ROOM", 500)
    with pytest.raises(ProvinceTooLargeError):
        give_identities(1, province.households, province.people, province.register)


def test_charities_differ_widely_in_size_and_carry_a_licence(province: Province, small: PilotPaths):
    capacities = sorted(charity.capacity for charity in province.charities)
    assert capacities[-1] > 5 * capacities[0]
    with small.charities.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 5
    assert all(row["licence_issuer"] and row["licence_number"] and row["county"].startswith("30") for row in rows)
