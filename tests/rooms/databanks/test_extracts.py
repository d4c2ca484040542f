"""Extracts in three formats: proved by their manifest, joined with the people who matter, kept once."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import ExtractLoaded, ExtractSource, load_extract
from sakha.databanks.queries import evidence_history
from sakha.databanks.rules import subject_indexes
from sakha.databanks.rules.manifest import ManifestInvalid
from tests.bank_cast import GROUND
from tests.ledger_cast import a_national_id

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
HEAD = ("national_id", "official_decile", "decile_on")


def write(folder: Path, kind: str, people: list[tuple[str, Any, str | None]]) -> Path:
    path = folder / {"PARQUET": "people.parquet", "CSV": "people.csv", "XLSX": "people.xlsx"}[kind]
    if kind == "XLSX":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([HEAD, *people]):
                sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
    else:
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE people (national_id VARCHAR, official_decile INT, decile_on VARCHAR)")
            connection.executemany("INSERT INTO people VALUES (?, ?, ?)", people)
            options = "FORMAT PARQUET" if kind == "PARQUET" else "FORMAT CSV, HEADER"
            connection.execute(f"COPY people TO '{path}' ({options})")
    tell(folder, kind, path, len(people))
    return path


def tell(folder: Path, kind: str, path: Path, rows: int, **changes: Any) -> None:
    file = {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": rows}
    manifest = {
        "bank": "welfare_extract", "extract_id": "x", "made_at": "2026-09-01T00:00:00+03:30",
        "observed_on": "2026-08-23", "format": kind, "files": [file | changes.pop("file", {})], **changes,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))


def load(folder: Path, *identifiers: str) -> ExtractLoaded:
    source = ExtractSource("welfare_extract", folder)
    return load_extract(actor=SYSTEM, at=AT, ground=GROUND, source=source, identifiers=identifiers)


def deciles(identifier: str) -> list[int | None]:
    indexes = subject_indexes(key_ring(), [identifier])
    return [line.value for line in evidence_history(actor=SYSTEM, subject_indexes=indexes)]


@pytest.mark.parametrize("kind", ["PARQUET", "CSV", "XLSX"])
def test_only_the_people_who_matter_are_kept_and_only_once(tmp_path: Path, kind: str) -> None:
    known, unknown, stranger = a_national_id(), a_national_id(), a_national_id()
    write(tmp_path, kind, [(known, 3, "2026-08-01"), (unknown, None, "2026-08-01"), (stranger, 1, "2026-08-01")])

    first, again = load(tmp_path, known, unknown), load(tmp_path, known, unknown)

    assert (first.row_count, first.found_count, first.new_count, first.invalid_count) == (3, 2, 2, 0)
    assert again.new_count == 0
    assert (deciles(known), deciles(unknown), deciles(stranger)) == ([3], [None], [])


@pytest.mark.parametrize("kind", ["PARQUET", "CSV", "XLSX"])
def test_a_row_that_says_what_cannot_be_is_no_fact(tmp_path: Path, kind: str) -> None:
    one, other = a_national_id(), a_national_id()
    write(tmp_path, kind, [(one, 11, "2026-08-01"), (other, 4, "2027-08-01")])

    loaded = load(tmp_path, one, other)

    assert (loaded.invalid_count, loaded.new_count) == (2, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"file": {"sha256": "0" * 64}},
        {"file": {"rows": 2}},
        {"file": {"name": "../people.csv"}},
        {"file": {"name": "missing.csv"}},
        {"bank": "vehicles"},
        {"format": "ODS"},
        {"observed_on": "2030-01-01"},
        {"files": []},
    ],
)
def test_what_is_not_as_its_manifest_says_is_not_read(tmp_path: Path, change: dict[str, Any]) -> None:
    known = a_national_id()
    path = write(tmp_path, "CSV", [(known, 3, "2026-08-01")])
    tell(tmp_path, "CSV", path, 1, **change)

    with pytest.raises(ManifestInvalid):
        load(tmp_path, known)
    assert deciles(known) == []


def test_a_file_changed_on_its_way_is_not_read(tmp_path: Path) -> None:
    known = a_national_id()
    path = write(tmp_path, "CSV", [(known, 3, "2026-08-01")])
    path.write_text(path.read_text().replace(",3,", ",1,"))

    with pytest.raises(ManifestInvalid):
        load(tmp_path, known)
