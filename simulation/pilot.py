"""Makes the pilot's folder: one call, all files, the same bytes for the same parameters.

A finished folder with the same parameters (and the same simulation code) is used again as it is.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from simulation.aid_plans import plan_gifts
from simulation.bank_people import write_bank_people
from simulation.charity_files import WrittenRow, write_files
from simulation.coverage import PILOT_NEEDY, Scale
from simulation.facts import household_facts
from simulation.people import PILOT_ON
from simulation.province import Progress, Province, make_province, register_households
from simulation.survey_rows import PRICE_FACTOR, PRICE_LEVEL
from simulation.tables_out import (
    uncovered_count,
    write_bodies,
    write_coverage,
    write_facts,
    write_rows,
    write_truth,
    write_truth_records,
    write_welfare,
)

PILOT_POPULATION = 2_700_000
TABLE_STEPS = 7


@dataclass(frozen=True, slots=True)
class PilotPaths:
    """Where everything is."""

    home: Path

    @property
    def charities(self) -> Path:
        """The charities, one a row."""
        return self.home / "charities.csv"

    @property
    def agencies(self) -> Path:
        """The two agencies."""
        return self.home / "agencies.csv"

    @property
    def files(self) -> Path:
        """The folder of the charities' files."""
        return self.home / "files"

    @property
    def imdad(self) -> Path:
        """Imdad's coverage."""
        return self.home / "coverage" / "imdad.csv"

    @property
    def behzisti(self) -> Path:
        """Behzisti's coverage."""
        return self.home / "coverage" / "behzisti.csv"

    @property
    def welfare(self) -> Path:
        """The welfare bank's extract."""
        return self.home / "welfare.parquet"

    @property
    def facts(self) -> Path:
        """The true facts of the households that may enter the register."""
        return self.home / "facts.parquet"

    @property
    def bank_people(self) -> Path:
        """What the national data banks know of everybody who may enter the register."""
        return self.home / "bank_people.parquet"

    @property
    def truth(self) -> Path:
        """What is true of every household."""
        return self.home / "truth.parquet"

    @property
    def truth_records(self) -> Path:
        """Whom each row of each file is about."""
        return self.home / "truth_records.csv"

    @property
    def aid_plan(self) -> Path:
        """What the charities want to give this month."""
        return self.home / "aid_plan.csv"

    @property
    def manifest(self) -> Path:
        """Parameters, figures and checksums; written last."""
        return self.home / "manifest.json"


def make_pilot(
    *,
    home: Path,
    seed: int,
    needy_count: int = PILOT_NEEDY,
    population: int = PILOT_POPULATION,
    survey: Path | None = None,
    progress: Progress | None = None,
) -> PilotPaths:
    """Make the pilot below `home`, or take it as it is when it is there already."""
    paths = PilotPaths(home)
    parameters = describe_parameters(seed, Scale(needy_count, population), survey)
    if is_finished(paths, parameters):
        return paths
    tell = progress or (lambda _step, _done, _total: None)
    clear(paths)
    province = make_province(seed, Scale(needy_count, population), survey, tell)
    figures = write_pilot(province, paths, tell)
    manifest = {"parameters": parameters, "figures": figures, "sha256": checksums(paths)}
    paths.manifest.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return paths


def write_pilot(province: Province, paths: PilotPaths, tell: Progress) -> dict[str, int]:
    """Write all files and give the figures of the manifest."""
    caseload = province.coverage.caseload
    homes, line = np.unique(caseload.household, return_inverse=True)
    register = register_households(province)
    facts = household_facts(province.seed, province.households, province.people, register)
    at = np.searchsorted(register, homes)[line]
    of_lines = {name: values[at] for name, values in facts.items()}
    written = [row for rows in write_files(province, of_lines, paths.files, tell) for row in rows]
    gifts = plan_gifts(province, of_lines, written)
    steps: tuple[Callable[[], None], ...] = (
        lambda: write_bodies(province, paths.home),
        lambda: write_coverage(province, paths.home / "coverage"),
        lambda: write_truth_records(province, written, paths.truth_records),
        lambda: write_rows(paths.aid_plan, ("charity", "kind", "quantity", "national_id"), gifts),
        lambda: write_facts(register, facts, paths.facts),
        lambda: write_bank_people(province, register, facts, paths.bank_people),
        lambda: write_truth(province, paths.truth),
        lambda: write_welfare(province, paths.welfare),
    )
    for number, step in enumerate(steps, start=1):
        step()
        tell("tables", number, len(steps))
    return {
        "people": len(province.people),
        "households": len(province.households),
        "needy_listed": listed_count(written),
        "client_households": len(homes),
        "records": len(written),
        "charities": len(province.charities),
        "gifts": len(gifts),
        "uncovered_poor_households": uncovered_count(province),
    }


def listed_count(written: Iterable[WrittenRow]) -> int:
    """Count the different people who stand in any file."""
    return len({row.person for row in written})


def describe_parameters(seed: int, scale: Scale, survey: Path | None) -> dict[str, Any]:
    """Name everything on which the bytes depend."""
    return {
        "seed": seed,
        "needy_count": scale.needy,
        "population": scale.population,
        "survey": file_digest(survey) if survey else "shipped marginals",
        "price_factor": PRICE_FACTOR,
        "price_level": PRICE_LEVEL,
        "pilot_on": PILOT_ON.isoformat(),
        "simulation": code_digest(),
    }


@cache
def code_digest() -> str:
    """Digest the simulation's own code and tables, so that a change of them makes the pilot anew."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("tables/*.csv")]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def file_digest(path: Path) -> str:
    """Digest a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def is_finished(paths: PilotPaths, parameters: dict[str, Any]) -> bool:
    """Tell whether the folder holds the whole pilot of these parameters."""
    if not paths.manifest.is_file():
        return False
    manifest = json.loads(paths.manifest.read_text(encoding="utf-8"))
    return bool(manifest["parameters"] == parameters) and all(
        (paths.home / name).is_file() for name in manifest["sha256"]
    )


def clear(paths: PilotPaths) -> None:
    """Remove what an earlier pilot left, and nothing else."""
    paths.manifest.unlink(missing_ok=True)
    for folder in (paths.files, paths.home / "coverage"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


def checksums(paths: PilotPaths) -> dict[str, str]:
    """Digest every file of the pilot."""
    single = (
        paths.charities, paths.agencies, paths.imdad, paths.behzisti, paths.welfare, paths.facts, paths.truth,
        paths.bank_people, paths.truth_records, paths.aid_plan,
    )  # fmt: skip
    files = [*single, *sorted(paths.files.iterdir())]
    return {path.relative_to(paths.home).as_posix(): file_digest(path) for path in files}
