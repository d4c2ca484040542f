"""Writes the province's tables: the welfare bank's extract, the agencies' lists, the charities, and the truth."""

import csv
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from sakha.vocabulary.fact_names import FactName
from simulation.chance import Flags, Ints
from simulation.charities import simulated_legal_id
from simulation.charity_files import WrittenRow, file_name
from simulation.coverage import (
    BEHZISTI,
    BEHZISTI_KINDS,
    CHARITY,
    IMDAD,
    IMDAD_KINDS,
    POOR_TO_DECILE,
    AgencyCoverage,
)
from simulation.households import welfare_rial
from simulation.identities import ID_KINDS, NATIONAL
from simulation.names import families, given_texts
from simulation.people import EPOCH, HEAD, RELATIONS
from simulation.province import Province
from simulation.shipped_tables import places

PROVINCE_CODE = "30"
AGENCIES = (("IMDAD", "کمیته امداد امام خمینی استان البرز", 501), ("BEHZISTI", "سازمان بهزیستی استان البرز", 502))
# The official decile was worked out in Shahrivar 1405; for a tenth of households it is still that of Dey 1404.
DECILE_DAYS = ("2026-08-23", "2025-12-22")
BODIES = ("IMDAD", "BEHZISTI", "CHARITY")


def write_rows(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a plain CSV file."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


def write_parquet(path: Path, columns: dict[str, Any], select: str) -> None:
    """Write columns of equal length as Parquet, in their order, always the same bytes."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("columns", columns)
        target = str(path).replace("'", "''")
        connection.execute(f"COPY (SELECT {select} FROM columns) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def write_welfare(province: Province, path: Path) -> None:
    """Write the welfare bank's extract: everybody who has a national ID."""
    people, identities, households = province.people, province.identities, province.households
    listed = identities.id_kind == NATIONAL
    household = people.household[listed]
    table = places()
    columns = {
        "number": identities.number[listed],
        "is_head": people.relation[listed] == HEAD,
        "household": household,
        "size": households.size[household],
        "decile": households.official_decile[household],
        "county": np.array([int(code) for code in table.counties], dtype=np.int16)[households.place[household]],
        "urban": table.urban[households.place[household]],
        "mobile": identities.mobile[listed],
        "given": np.array(given_texts(), dtype=object)[province.names.given[listed]],
        "family": np.array(families().names, dtype=object)[province.names.family[listed]],
        "birth": people.birth[listed],
        "female": people.female[listed],
    }
    fresh, stale = DECILE_DAYS
    write_parquet(
        path,
        columns,
        "number::VARCHAR AS national_id, is_head, 'H' || lpad(household::VARCHAR, 7, '0') AS household_no,"
        " size::SMALLINT AS household_size, decile::SMALLINT AS official_decile,"
        f" CASE WHEN household % 10 = 3 THEN DATE '{stale}' ELSE DATE '{fresh}' END AS decile_on,"
        f" lpad(county::VARCHAR, 4, '0') AS county, '{PROVINCE_CODE}' AS province, urban,"
        " CASE WHEN mobile > 0 THEN '+98' || mobile::VARCHAR END AS mobile,"
        " given AS given_name, family AS family_name, DATE '1970-01-01' + birth::INTEGER AS birth_on,"
        " CASE WHEN female THEN 'F' ELSE 'M' END AS gender",
    )


def write_truth(province: Province, path: Path) -> None:
    """Write what is true of every household."""
    households = province.households
    count = len(households)
    bodies = province.coverage.covered_by(count)
    poor = households.true_decile <= POOR_TO_DECILE
    files = np.bincount(province.coverage.caseload.household, minlength=count)
    names = [
        "+".join(name for bit, name in zip((IMDAD, BEHZISTI, CHARITY), BODIES, strict=True) if sum_ & bit)
        for sum_ in range(8)
    ]
    columns = {
        "household": np.arange(count, dtype=np.int32),
        "place": np.array(places().names, dtype=object)[households.place],
        "county": np.array([int(code) for code in places().counties], dtype=np.int16)[households.place],
        "urban": places().urban[households.place],
        "size": households.size,
        "welfare": welfare_rial(households, np.arange(count)),
        "true_decile": households.true_decile,
        "official_decile": households.official_decile,
        "covered_by": np.array(names, dtype=object)[bodies],
        "files": files,
        "poor": poor,
        "uncovered": poor & (bodies == 0),
        "is_foreign": households.foreign,
        "register": province.register,
    }
    write_parquet(
        path,
        columns,
        "'H' || lpad(household::VARCHAR, 7, '0') AS household_no, county::VARCHAR AS county, place, urban,"
        " size::SMALLINT AS household_size, welfare AS welfare_rial, true_decile::SMALLINT AS true_decile,"
        " official_decile::SMALLINT AS official_decile, covered_by, files::SMALLINT AS charity_file_count, poor,"
        " uncovered, is_foreign, register AS may_enter_register",
    )


def write_facts(chosen: Ints, facts: dict[FactName, Ints], path: Path) -> None:
    """Write the true facts of the households that may enter the register, as the other data banks would know them."""
    columns: dict[str, Any] = {"household": chosen} | {name.value: values for name, values in facts.items()}
    names = ", ".join(name.value for name in facts)
    write_parquet(path, columns, f"'H' || lpad(household::VARCHAR, 7, '0') AS household_no, {names}")


def write_coverage(province: Province, folder: Path) -> None:
    """Write the lists of both agencies: every member of a covered household who has a national ID."""
    for agency, name, kinds in (
        (province.coverage.imdad, "imdad", IMDAD_KINDS),
        (province.coverage.behzisti, "behzisti", BEHZISTI_KINDS),
    ):
        rows = coverage_rows(province, agency, kinds)
        write_rows(folder / f"{name}.csv", ("national_id", "from", "to", "kind", "is_head"), rows)


def coverage_rows(province: Province, agency: AgencyCoverage, kinds: Sequence[str]) -> Iterable[Sequence[object]]:
    """Give the rows of one agency's list."""
    first, size = province.people.first[agency.household], province.households.size[agency.household]
    for start, count, since, until, kind in zip(
        first.tolist(),
        size.tolist(),
        agency.from_day.tolist(),
        agency.to_day.tolist(),
        agency.kind.tolist(),
        strict=True,
    ):
        days = (show_day(since), show_day(until) if until else "", kinds[kind])
        for person in range(start, start + count):
            if province.identities.id_kind[person] == NATIONAL:
                yield (province.identities.number[person], *days, int(person == start))


def show_day(day: int) -> str:
    """Write a day counted from 1970."""
    return (EPOCH + timedelta(days=day)).isoformat()


def write_bodies(province: Province, home: Path) -> None:
    """Write the charities and the agencies."""
    heading = (
        "code", "name", "kind", "licence_issuer", "licence_number", "valid_until", "county", "capacity", "legal_id",
        "file",
    )  # fmt: skip
    write_rows(
        home / "charities.csv",
        heading,
        (
            (
                charity.code, charity.name, charity.kind, charity.licence_issuer, charity.licence_number,
                charity.valid_until.isoformat(), charity.county, charity.capacity, charity.legal_id,
                f"files/{file_name(charity, style)}",
            )
            for charity, style in zip(province.charities, province.styles, strict=True)
        ),
    )  # fmt: skip
    capacities = (province.scale.imdad_households, province.scale.behzisti_households)
    write_rows(
        home / "agencies.csv",
        heading,
        (
            (code, name, "AGENCY", "", "", "", "", capacity, simulated_legal_id(number), f"coverage/{code.lower()}.csv")
            for (code, name, number), capacity in zip(AGENCIES, capacities, strict=True)
        ),
    )


def write_truth_records(province: Province, written: Iterable[WrittenRow], path: Path) -> None:
    """Write whom each row of each file is about; the person number tells people without any ID apart."""
    people, identities = province.people, province.identities
    write_rows(
        path,
        ("file", "row_number", "person_no", "household_no", "id_kind", "national_id", "relation", "flaw"),
        (
            (
                row.file, row.row, row.person, f"H{people.household[row.person]:07d}",
                ID_KINDS[identities.id_kind[row.person]].value, identities.number[row.person] or "",
                RELATIONS[people.relation[row.person]], row.flaw,
            )
            for row in written
        ),
    )  # fmt: skip


def uncovered_count(province: Province) -> int:
    """Count the poor households that nobody covers."""
    bodies = province.coverage.covered_by(len(province.households))
    chosen: Flags = (province.households.true_decile <= POOR_TO_DECILE) & (bodies == 0)
    return int(chosen.sum())
