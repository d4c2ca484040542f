"""One tiny pilot and one of some thousand families, made once for all tests of the simulation."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from simulation.coverage import Scale
from simulation.pilot import PilotPaths
from simulation.province import Province, make_province
from simulation.small import make_small_pilot
from tests.simulation.asking_banks import Asking


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> PilotPaths:
    return make_small_pilot(tmp_path_factory.mktemp("small_pilot"))


@pytest.fixture(scope="session")
def province() -> Province:
    return make_province(3, Scale(needy=900, population=90_000), None, lambda _step, _done, _total: None)


@pytest.fixture
def asking(tmp_path: Path, small: PilotPaths) -> Asking:
    return Asking(tmp_path / "installation", small)


@pytest.fixture(scope="module")
def people(small: PilotPaths) -> list[dict[str, Any]]:
    """Everybody the banks know, by identifier."""
    with duckdb.connect() as connection:
        cursor = connection.execute("SELECT * FROM read_parquet(?) ORDER BY identifier", [str(small.bank_people)])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def fake_survey(tmp_path: Path) -> Path:
    """A survey of two provinces with the columns that the simulation reads; nobody real is in it."""
    return write_fake_survey(tmp_path / "survey.csv")


def write_fake_survey(path: Path) -> Path:
    from simulation.survey_rows import COMPOSITION, SURVEY_FACTS

    names = ["hh_id", "province", "weight", "t_cons_pae_official", *COMPOSITION, *SURVEY_FACTS]
    lines = [",".join(names)]
    for number in range(120):
        children = number % 3
        facts = {
            "hh_id": 1000 + number, "province": 30 if number % 2 else 7, "weight": 50 + number % 7,
            "t_cons_pae_official": 3_000_000 + number * 200_000, "hhsize": 2 + children, "n_age6_14": children,
            "n_adult": 2, "head_age": 30 + number % 40, "head_female": int(number % 9 == 0), "head_marital": 1,
            "urban": int(number % 5 != 0), "tenure": 3 if number % 4 == 0 else 1, "rooms": 3, "area_m2": 80,
            "rent_paid": 2_000_000 if number % 4 == 0 else 0, "wage_private_annual": 150_000_000, "n_employed": 1,
        }  # fmt: skip
        lines.append(",".join(str(facts.get(name, 0)) for name in names))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
